//! Compose projects.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use compose::Inputs;
use linter::Settings;
use linter::fix::Texts;
use source::{SourceFile, Sources};

use super::workspace::Workspace;
use crate::failure::Failure;
use crate::file_report::FileReport;
use crate::loader::{Replaced, STDIN};
use crate::paths::nonempty;

/// One project to check.
#[derive(Clone)]
pub struct Project {
    /// Its files, and what Compose is told.
    pub inputs: Inputs,
    /// What standard input holds, if it is one of the files.
    pub stdin: Option<Arc<SourceFile>>,
}

impl Project {
    /// The file that its configuration is looked for above.
    pub(super) fn path(&self) -> &Utf8Path {
        let first = self.inputs.files.first();
        first.map_or(Utf8Path::new("compose.yaml"), |path| path.as_path())
    }

    /// The directory that its first file is in.
    pub(crate) fn directory(&self) -> Option<Utf8PathBuf> {
        let parent = self.path().parent()?;
        Some(nonempty(parent).to_owned())
    }

    /// Checks it, reading `texts` in place of the files of those names.
    pub(super) fn check(
        &self,
        texts: &Texts,
        workspace: &Workspace,
    ) -> Result<FileReport, Failure> {
        let Workspace {
            loader, policies, ..
        } = workspace;
        let mut all = texts.clone();
        if let Some(stdin) = &self.stdin {
            all.entry(STDIN.to_owned())
                .or_insert_with(|| Arc::clone(stdin));
        }
        let overlay = Replaced {
            loader,
            texts: &all,
        };
        let mut sources = Sources::new();
        let policy = policies.of(self.path());
        let default = Settings::default();
        let settings = policy.as_ref().map_or(&default, |policy| policy.settings());
        let checked = linter::check_compose(&mut sources, &self.inputs, &overlay, settings)
            .map_err(|error| failure(&error))?;
        let [file, rest @ ..] = checked.files.as_slice() else {
            return Err(Failure::new(".", "no Compose file"));
        };
        let grammars = checked.grammars();
        let also = rest.iter().chain(&checked.dockerfiles).copied().collect();
        let mut report = FileReport::new(
            sources,
            *file,
            linter::Checked {
                diagnostics: checked.diagnostics,
                suppressed: checked.suppressed,
                notes: checked.notes,
                overview: checked.overview,
            },
        );
        report.also = also;
        report.grammars = grammars;
        policies.apply(&mut report);
        Ok(report)
    }
}

impl Project {
    /// Checks it again after a repair.
    pub(super) fn recheck(&self, texts: &Texts, workspace: &Workspace) -> FileReport {
        self.check(texts, workspace)
            .unwrap_or_else(|_| empty(self, texts))
    }
}

fn failure(error: &compose::Error) -> Failure {
    match error {
        compose::Error::File { path, error } | compose::Error::EnvFile { path, error } => {
            Failure::new(path.as_str(), error.to_string())
        }
        compose::Error::TooMuch { path } => Failure::new(path.as_str(), error.to_string()),
        compose::Error::NotFound => Failure::new(".", error.to_string()),
    }
}

/// What stands for a project that a repair made unreadable: nothing that was found can be found again.
fn empty(project: &Project, texts: &Texts) -> FileReport {
    let mut sources = Sources::new();
    let name = project
        .inputs
        .files
        .first()
        .map_or(".", |file| file.as_str());
    let file = texts
        .get(name)
        .map_or_else(|| Arc::new(SourceFile::new(name, "")), Arc::clone);
    let file = sources.add(file);
    FileReport::new(sources, file, linter::Checked::default())
}
