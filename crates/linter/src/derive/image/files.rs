//! Which file of the build context stands at a path of the image: COPY, ADD and bind mounts read backwards.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use packages::{DependencyFiles, glob};
use source::{FileId, SourceFile, Sources};

use super::stage::CopyFrom;
use crate::derive::loader::Loader;
use crate::derive::shell::{self, Command};

/// One COPY, ADD or bind mount.
#[derive(Clone, Debug)]
pub(super) struct CopyRecord {
    /// Where the sources are.
    pub from: CopyFrom,
    /// Paths in the context or the other stage, globs included; unknown ones are left out.
    pub sources: Vec<String>,
    /// Absolute path in the image.
    pub destination: String,
    /// The destination is surely a directory.
    pub into_directory: bool,
    /// Sources are files, not here-documents.
    pub literal: bool,
}

/// Copies and changes of one stage.
#[derive(Debug, Default)]
struct StageFiles {
    parent: Option<usize>,
    copies: Vec<CopyRecord>,
    /// Paths that commands wrote or changed.
    changed: HashSet<String>,
    /// An unreadable shell may have changed anything.
    opaque: bool,
}

/// The files of one build, found through what the Dockerfile copies.
pub(super) struct BuildFiles<'a> {
    sources: RefCell<&'a mut Sources>,
    loader: &'a dyn Loader,
    contexts: &'a [Utf8PathBuf],
    done: Vec<StageFiles>,
    current: StageFiles,
    mounts: Vec<CopyRecord>,
    directory: Option<String>,
}

/// COPY --from chains are followed this deep.
const MAX_STAGES: u32 = 16;
/// How many stages are searched for one file: ways through COPY --from may multiply with each stage.
const MAX_VISITS: u32 = 256;
/// Only so many copies of a stage are searched for one path; nobody writes more.
const MAX_COPIES: usize = 256;

impl<'a> BuildFiles<'a> {
    /// No stage begun.
    pub(super) fn new(
        sources: RefCell<&'a mut Sources>,
        loader: &'a dyn Loader,
        contexts: &'a [Utf8PathBuf],
    ) -> Self {
        Self {
            sources,
            loader,
            contexts,
            done: Vec::new(),
            current: StageFiles::default(),
            mounts: Vec::new(),
            directory: None,
        }
    }

    /// Begins a stage on top of an earlier one.
    pub(super) fn start_stage(&mut self, parent: Option<usize>) {
        self.current = StageFiles {
            parent,
            ..StageFiles::default()
        };
    }

    /// Ends the stage begun last.
    pub(super) fn finish_stage(&mut self) {
        self.done.push(std::mem::take(&mut self.current));
    }

    /// Notes a COPY or ADD.
    pub(super) fn record(&mut self, copy: CopyRecord) {
        let prefix = format!("{}/", copy.destination);
        self.current
            .changed
            .retain(|path| *path != copy.destination && !path.starts_with(&prefix));
        self.current.copies.push(copy);
    }

    /// Notes a bind mount of the RUN being read.
    pub(super) fn mount(&mut self, mount: CopyRecord) {
        self.mounts.push(mount);
    }

    /// Ends the RUN being read.
    pub(super) fn unmount(&mut self) {
        self.mounts.clear();
    }

    /// A command in a language we do not read may have changed any file.
    pub(super) fn forget_everything(&mut self) {
        self.current.opaque = true;
    }

    /// Sets the directory that relative paths start from.
    pub(super) fn enter(&mut self, directory: Option<String>) {
        self.directory = directory;
    }

    /// Notes which files a command may have changed: its outputs, and the files it names when it edits.
    pub(super) fn notice(&mut self, command: &Command) {
        let directory = command.directory.as_deref();
        let edits = matches!(
            command.program(),
            "sed"
                | "perl"
                | "awk"
                | "mv"
                | "cp"
                | "tee"
                | "wget"
                | "curl"
                | "ln"
                | "rm"
                | "patch"
                | "install"
                | "dos2unix"
                | "poetry"
                | "pip-compile"
                | "uv"
                | "touch"
        ) || command.is_python();
        let outputs = command.output.iter().filter_map(|text| text.known());
        let named = command
            .args()
            .iter()
            .filter(|_| edits)
            .filter_map(|text| text.known());
        for word in outputs.chain(named) {
            let word = word.rsplit_once('=').map_or(word, |(_, value)| value);
            if let Some(path) = shell::join(directory, word) {
                self.current.changed.insert(path);
            }
        }
    }

    /// Whether a command of the stage, or of one it starts from, may have changed the file.
    fn is_changed(files: &StageFiles, path: &str) -> bool {
        files.opaque || files.changed.contains(path)
    }

    fn find(
        &self,
        files: &StageFiles,
        path: &str,
        depth: u32,
        visits: &mut u32,
    ) -> Option<(FileId, Arc<SourceFile>)> {
        *visits += 1;
        if depth > MAX_STAGES || *visits > MAX_VISITS || Self::is_changed(files, path) {
            return None;
        }
        let mounts = if depth == 0 {
            self.mounts.as_slice()
        } else {
            &[]
        };
        for copy in mounts
            .iter()
            .chain(files.copies.iter().rev().take(MAX_COPIES))
        {
            for candidate in candidates(copy, path) {
                let found = match copy.from {
                    CopyFrom::Context if copy.literal => self.open_in_context(&candidate),
                    CopyFrom::Stage(stage) => {
                        let candidate = shell::join(Some("/"), &candidate)?;
                        self.done
                            .get(stage)
                            .and_then(|files| self.find(files, &candidate, depth + 1, visits))
                    }
                    _ => None,
                };
                if found.is_some() {
                    return found;
                }
            }
        }
        let parent = files.parent.and_then(|parent| self.done.get(parent))?;
        self.find(parent, path, depth + 1, visits)
    }

    fn open_in_context(&self, candidate: &str) -> Option<(FileId, Arc<SourceFile>)> {
        let relative = candidate.trim_start_matches('/');
        for context in self.contexts {
            let path = clean(&context.join(relative));
            let mut sources = self.sources.borrow_mut();
            if let Some(id) = sources.find(path.as_str()) {
                return Some((id, Arc::clone(sources.get(id))));
            }
            if let Some(file) = self.loader.read(&path) {
                let id = sources.add(Arc::clone(&file));
                return Some((id, file));
            }
        }
        None
    }
}

impl DependencyFiles for BuildFiles<'_> {
    fn open(&self, path: &str) -> Option<(FileId, Arc<SourceFile>)> {
        let path = shell::join(self.directory.as_deref(), path)?;
        self.find(&self.current, &path, 0, &mut 0)
    }
}

/// The paths in the source of `copy` that may have become `path`.
fn candidates(copy: &CopyRecord, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let destination = copy.destination.trim_end_matches('/');
    let below = path
        .strip_prefix(destination)
        .and_then(|rest| rest.strip_prefix('/'));
    for source in &copy.sources {
        let source = source.trim_end_matches('/');
        let (folder, name) = source.rsplit_once('/').unwrap_or(("", source));
        if path == destination && !copy.into_directory {
            found.push(source.to_owned());
        }
        let Some(rest) = below else { continue };
        let is_glob = name.contains(['*', '?', '[']);
        if !rest.contains('/') && (name == rest || (is_glob && glob::matches(name, rest))) {
            found.push(if folder.is_empty() {
                rest.to_owned()
            } else {
                format!("{folder}/{rest}")
            });
        }
        if !is_glob {
            found.push(if source == "." || source.is_empty() {
                rest.to_owned()
            } else {
                format!("{source}/{rest}")
            });
        }
    }
    found
}

/// `./a/../b` as `b`, so that one file has one name.
fn clean(path: &Utf8Path) -> Utf8PathBuf {
    let mut out = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            camino::Utf8Component::CurDir => {}
            camino::Utf8Component::ParentDir
                if out.file_name().is_some_and(|name| name != "..") =>
            {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
