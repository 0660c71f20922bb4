//! Findings on lines that were changed since a revision.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use camino::Utf8Path;
use source::{Diagnostic, FileId, SourceFile};

use super::lines;
use crate::Result;
use crate::file_report::FileReport;
use crate::files::{Asked, Commit, Files as _, Folders};
use crate::git::Git;

/// What a repository held at a revision.
pub(super) struct Changes {
    folders: Arc<Folders>,
    before: Commit,
    /// The old name of a file by its new one.
    renamed: HashMap<String, String>,
    /// By name from the root; `None` for files that were not there.
    texts: Mutex<HashMap<String, Option<Arc<str>>>>,
}

impl Changes {
    /// Everything since this branch left `revision`: commits, what is staged, and what stands in the files.
    pub(super) fn since(folders: &Arc<Folders>, revision: &str) -> Result<Self> {
        let git = Git::new(Utf8Path::new("."))?;
        let root = git.root()?;
        let base = git.fork_point(revision)?;
        Ok(Self {
            folders: Arc::clone(folders),
            renamed: git.renamed(&base)?,
            before: Commit::new(git, base, root)?,
            texts: Mutex::default(),
        })
    }

    /// Hides what stands on unchanged lines.
    pub(super) fn apply(&self, report: &mut FileReport) {
        let mut changed: HashMap<FileId, Option<Vec<bool>>> = HashMap::new();
        let all = std::mem::take(&mut report.checked.diagnostics);
        for finding in all {
            let id = finding.primary.location.file;
            let file = report.sources.get(id);
            let lines = changed.entry(id).or_insert_with(|| self.lines(file));
            if lines
                .as_deref()
                .is_none_or(|lines| holds(lines, file, &finding))
            {
                report.checked.diagnostics.push(finding);
            } else {
                report.hidden.push(finding);
                report.old.unchanged += 1;
            }
        }
    }

    /// Which lines were changed; `None` where all are new.
    fn lines(&self, file: &SourceFile) -> Option<Vec<bool>> {
        let path = self.folders.real(Path::new(file.name())).ok()?;
        let name = path.strip_prefix(self.before.root()).ok()?.to_str()?;
        let name = name.replace('\\', "/");
        let old = self.text(self.renamed.get(&name).unwrap_or(&name))?;
        Some(lines::changed(&old, file.text()))
    }

    fn text(&self, name: &str) -> Option<Arc<str>> {
        let mut texts = self.texts.lock().ok()?;
        if let Some(known) = texts.get(name) {
            return known.clone();
        }
        let bytes = self.before.read(Path::new(name), Asked::ByOthers, u64::MAX);
        let text = bytes
            .ok()
            .map(|bytes| String::from_utf8_lossy(&bytes).into());
        texts.insert(name.to_owned(), text.clone());
        text
    }
}

/// Whether a line that the finding marks was changed.
fn holds(lines: &[bool], file: &SourceFile, finding: &Diagnostic) -> bool {
    let span = finding.primary.location.span;
    let index = |offset: u32| file.position(offset).line as usize - 1;
    let (first, last) = (index(span.start), index(span.end.max(span.start + 1) - 1));
    let marked = lines.iter().skip(first).take(last + 1 - first);
    marked.copied().any(|changed| changed)
}
