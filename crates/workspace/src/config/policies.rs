//! Which configuration holds for a file: the one of the nearest directory above it.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use source::{FileId, SourceFile, Span};

use super::document::Config;
use super::names::{FILE, PYPROJECT, TABLE};
use super::policy::{Flags, Policy};
use super::read;
use crate::Result;
use crate::failure::{Excerpt, Failure};
use crate::file_report::FileReport;
use crate::files::{Asked, Folders, Mark};
use crate::loader;
use crate::news::{News, Stale};

/// Larger configurations are none that somebody wrote.
const MAX: u64 = 1 << 20;

/// Where the configuration of files is.
#[derive(Clone, Debug, Default)]
pub enum Whence {
    /// In the nearest directory above each file.
    #[default]
    Nearest,
    /// In one file for all.
    File(Utf8PathBuf),
    /// Nowhere.
    Nowhere,
}

/// Every configuration of a run, each read once.
pub struct Policies {
    folders: Arc<Folders>,
    flags: Arc<Flags>,
    found: Found,
    /// What could not be read.
    failures: Mutex<Vec<Failure>>,
    /// What of the rest is reported.
    news: News,
}

enum Found {
    /// One for all files; `None` where it cannot be used.
    One(Option<Arc<Policy>>),
    /// By directory, as it is spelt and without links.
    Nearest(Mutex<HashMap<Utf8PathBuf, Option<Arc<Policy>>>>),
}

/// What a directory has.
enum Own {
    /// No configuration.
    None,
    /// One; `None` where it cannot be used.
    Some(Option<Arc<Policy>>),
}

impl Policies {
    /// Fails where a file that was named is not there.
    pub fn new(folders: Arc<Folders>, flags: Flags, whence: &Whence, news: News) -> Result<Self> {
        let mut policies = Self {
            folders,
            flags: Arc::new(flags),
            found: Found::Nearest(Mutex::default()),
            failures: Mutex::default(),
            news,
        };
        match whence {
            Whence::Nearest => {}
            Whence::Nowhere => {
                let default = policies.default_policy(&policies.folders.here());
                policies.found = Found::One(Some(default));
            }
            Whence::File(path) => {
                let files = policies.folders.files();
                let file = loader::read_within(files, path, Asked::ByName, MAX)?;
                let top = top(path.file_name().unwrap_or_default());
                // Patterns could not name what lies beside the directory of the file.
                let policy = policies.read(&Arc::new(file), top, policies.folders.here());
                policies.found = Found::One(policy);
            }
        }
        Ok(policies)
    }

    /// The files that they speak of.
    pub(crate) fn folders(&self) -> &Arc<Folders> {
        &self.folders
    }

    /// What holds for a file; `None` where its configuration cannot be used, which is among the failures then.
    pub(crate) fn of(&self, file: &Utf8Path) -> Option<Arc<Policy>> {
        let parent = file.parent().unwrap_or_else(|| Utf8Path::new(""));
        self.of_directory(parent)
    }

    /// What holds for the files of a directory.
    pub(crate) fn of_directory(&self, directory: &Utf8Path) -> Option<Arc<Policy>> {
        let by_directory = match &self.found {
            Found::One(policy) => return policy.clone(),
            Found::Nearest(by_directory) => by_directory,
        };
        let Ok(mut by_directory) = by_directory.lock() else {
            return None;
        };
        if let Some(known) = by_directory.get(directory) {
            return known.clone();
        }
        let full = self.folders.full(directory.as_std_path());
        let policy = match full.as_deref().and_then(Utf8Path::from_path) {
            Some(full) => self.nearest(full, &mut by_directory),
            // What is wrong with the path is said where it is read.
            None => Some(self.default_policy(&self.folders.here())),
        };
        by_directory.insert(directory.to_owned(), policy.clone());
        policy
    }

    fn nearest(
        &self,
        full: &Utf8Path,
        known: &mut HashMap<Utf8PathBuf, Option<Arc<Policy>>>,
    ) -> Option<Arc<Policy>> {
        let mut passed = Vec::new();
        let mut found = None;
        for directory in full.ancestors() {
            if let Some(policy) = known.get(directory) {
                found = Some(policy.clone());
                break;
            }
            passed.push(directory);
            if let Own::Some(policy) = self.in_directory(directory) {
                found = Some(policy);
                break;
            }
            // What lies above a repository is somebody else's.
            if self.folders.has(directory.as_std_path(), Mark::Git) {
                break;
            }
        }
        let policy = found.unwrap_or_else(|| Some(self.default_policy(full.as_std_path())));
        for directory in passed {
            known.insert(directory.to_owned(), policy.clone());
        }
        policy
    }

    /// The configuration in a directory, if there is one.
    fn in_directory(&self, directory: &Utf8Path) -> Own {
        let has = |mark| self.folders.has(directory.as_std_path(), mark);
        if has(Mark::Configuration) {
            let path = directory.join(FILE);
            match loader::read_small(self.folders.files(), path.as_std_path(), MAX) {
                Ok(bytes) => return Own::Some(self.decode(&path, bytes)),
                Err(error) if is_absent(&error) => {}
                Err(error) => {
                    let name = self.folders.short(path);
                    self.fail(Failure::new(name, loader::reason(&error)));
                    return Own::Some(None);
                }
            }
        }
        let project = has(Mark::PythonProject).then(|| self.python_project(directory));
        match project.flatten() {
            Some(file) => {
                let directory = directory.as_std_path().to_owned();
                Own::Some(self.read(&Arc::new(file), TABLE, directory))
            }
            None => Own::None,
        }
    }

    /// The `pyproject.toml` of a directory that has a configuration.
    fn python_project(&self, directory: &Utf8Path) -> Option<SourceFile> {
        let path = directory.join(PYPROJECT);
        let bytes = loader::read_small(self.folders.files(), path.as_std_path(), MAX).ok()?;
        // Most have nothing to say, and need not be read for it.
        memchr::memmem::find(&bytes, b"env-doctor")?;
        let file = SourceFile::decode(self.folders.short(path), bytes).ok()?;
        has_table(file.text()).then_some(file)
    }

    fn decode(&self, path: &Utf8Path, bytes: Vec<u8>) -> Option<Arc<Policy>> {
        let directory = path.parent().unwrap_or_else(|| Utf8Path::new("/"));
        match SourceFile::decode(self.folders.short(path.to_owned()), bytes) {
            Ok(file) => self.read(&Arc::new(file), &[], directory.as_std_path().to_owned()),
            Err(error) => {
                let name = self.folders.short(path.to_owned());
                self.fail(Failure::new(name, error.to_string()));
                None
            }
        }
    }

    fn read(
        &self,
        file: &Arc<SourceFile>,
        top: &[&str],
        directory: PathBuf,
    ) -> Option<Arc<Policy>> {
        match read::config(file, top) {
            Ok(config) => {
                let policy = Policy::new(Arc::clone(&self.flags), config, directory);
                Some(Arc::new(policy))
            }
            Err(problems) => {
                for problem in problems {
                    let span = Span::from_usize(problem.span);
                    let excerpt = Excerpt::new(file, span, problem.help);
                    self.fail(Failure {
                        excerpt: Some(excerpt),
                        ..Failure::new(file.name(), problem.message)
                    });
                }
                None
            }
        }
    }

    fn default_policy(&self, directory: &Path) -> Arc<Policy> {
        let flags = Arc::clone(&self.flags);
        Arc::new(Policy::new(flags, Config::default(), directory.to_owned()))
    }

    fn fail(&self, failure: Failure) {
        if let Ok(mut failures) = self.failures.lock() {
            failures.push(failure);
        }
    }

    /// The configurations that cannot be used, by name.
    pub fn failures(&self) -> Vec<Failure> {
        let failures = self.failures.lock();
        let mut failures = failures
            .map(|failures| failures.clone())
            .unwrap_or_default();
        failures.sort_by(|a, b| a.file.cmp(&b.file));
        failures
    }

    /// Whether a search leaves out what it meets at `path`, which has no links in its directory.
    pub(crate) fn excludes(&self, path: &Path, is_directory: bool) -> bool {
        let parent = path.parent().and_then(Utf8Path::from_path);
        let policy = parent.and_then(|parent| self.of_directory(parent));
        policy.is_some_and(|policy| policy.excludes(path, is_directory))
    }

    /// Hides what is not to be reported, gives the rest its severity, and hides of that what is old.
    pub(crate) fn apply(&self, report: &mut FileReport) {
        let Some(own) = self.of(Utf8Path::new(report.source().name())) else {
            return;
        };
        report.threshold = own.threshold();
        for mut finding in std::mem::take(&mut report.checked.diagnostics) {
            let inputs = inputs(report, &finding);
            let policy = inputs.first().and_then(|&file| {
                let name = report.sources.get(file).name();
                self.of(Utf8Path::new(name))
            });
            let policy = policy.as_ref().unwrap_or(&own);
            let mut paths = Vec::new();
            if policy.asks_for_paths() {
                let primary = finding.primary.location.file;
                let files = inputs.into_iter().chain([primary]);
                paths.extend(
                    files.filter_map(|file| self.folders.absolute(report.sources.get(file).name())),
                );
            }
            match policy.judge(finding.rule, finding.severity, &paths) {
                Some(severity) => {
                    finding.severity = severity;
                    report.checked.diagnostics.push(finding);
                }
                None => report.hidden.push(finding),
            }
        }
        self.news.apply(report);
    }

    /// Fails where a baseline is wanted in the place of something else.
    pub(crate) fn may_write_baseline(&self) -> Result<()> {
        self.news.may_write_baseline(&self.folders)
    }

    /// Writes a baseline of `reports`, where one is wanted and nothing is missing from it.
    pub(crate) fn write_baseline(
        &self,
        reports: &mut [FileReport],
        failures: &mut Vec<Failure>,
    ) -> Result<()> {
        self.news.write_baseline(&self.folders, reports, failures)
    }

    /// What is left in the baseline of findings that are gone. Rules that were not asked for say nothing.
    pub(crate) fn stale(&self, reports: &[FileReport]) -> Option<Stale> {
        let narrowed = self.flags.is_narrowed();
        self.news.stale(reports).filter(|_| !narrowed)
    }
}

/// The inputs that a finding counts as found in: its own file, or those that read it.
fn inputs(report: &FileReport, finding: &source::Diagnostic) -> Vec<FileId> {
    let is_input = |file: &FileId| *file == report.file || report.also.contains(file);
    let primary = finding.primary.location.file;
    if is_input(&primary) {
        return vec![primary];
    }
    let related = finding.related.iter().map(|label| label.location.file);
    let mut files: Vec<FileId> = related.filter(is_input).collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// Where the configuration stands in a file of this name.
fn top(name: &str) -> &'static [&'static str] {
    if name == PYPROJECT { TABLE } else { &[] }
}

/// Whether there is a configuration; a file that is no TOML has one where a line says so.
fn has_table(text: &str) -> bool {
    match toml::de::DeTable::parse(text) {
        Ok(document) => {
            let tool = document.get_ref().get(TABLE[0]);
            let tool = tool.and_then(|tool| tool.get_ref().as_table());
            tool.is_some_and(|tool| tool.contains_key(TABLE[1]))
        }
        Err(_) => text
            .lines()
            .any(|line| line.trim_start().starts_with("[tool.env-doctor")),
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
    )
}
