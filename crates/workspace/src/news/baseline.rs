//! A list of findings that are there already, so that only others count.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use source::{Diagnostic, FileId, Sources};

use crate::file_report::{FileReport, Old};
use crate::files::{Asked, Folders, Kind, was_read};
use crate::fingerprint::Places;
use crate::{Error, Result, loader, paths, writing};

/// Another number when the findings are told apart in another way.
const VERSION: u32 = 1;

/// The file, sorted.
#[derive(Deserialize, Serialize)]
struct Document {
    schema_version: u32,
    findings: BTreeSet<Entry>,
}

/// A finding. The message is for people.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Entry {
    file: String,
    rule: String,
    fingerprint: String,
    message: String,
}

/// Findings that do not count.
pub(super) struct Baseline {
    path: Utf8PathBuf,
    names: Names,
    entries: BTreeSet<Entry>,
    fingerprints: HashSet<String>,
}

/// Entries that nothing matches any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The baseline.
    pub file: Utf8PathBuf,
    /// How many.
    pub count: usize,
}

impl Baseline {
    /// Reads one.
    pub(super) fn read(folders: &Arc<Folders>, path: &Utf8Path) -> Result<Self> {
        let file = loader::read(folders.files(), path, Asked::ByName)?;
        let document: Document = serde_json::from_str(file.text())
            .map_err(|error| Error::about(format!("{path}: is no baseline"), &error))?;
        if document.schema_version != VERSION {
            return Err(Error::new(format!(
                "{path}: is a baseline of another version of env-doctor; `--write-baseline` writes it anew"
            )));
        }
        let entries = document.findings;
        let fingerprints = entries.iter().map(|entry| entry.fingerprint.clone());
        Ok(Self {
            names: Names::of(folders, path),
            path: path.to_owned(),
            fingerprints: fingerprints.collect(),
            entries,
        })
    }

    /// Hides what it has.
    pub(super) fn apply(&self, report: &mut FileReport) {
        let fingerprints = self.names.fingerprints(report);
        let all = std::mem::take(&mut report.checked.diagnostics);
        let mut old = Old::default();
        for (finding, fingerprint) in all.into_iter().zip(fingerprints) {
            if self.fingerprints.contains(&fingerprint) {
                report.hidden.push(finding);
                old.baseline += 1;
                old.known.push(fingerprint);
            } else {
                report.checked.diagnostics.push(finding);
            }
        }
        report.old = old;
    }

    pub(super) fn stale(&self, reports: &[FileReport]) -> Option<Stale> {
        let known = reports.iter().flat_map(|report| &report.old.known);
        let known: HashSet<&String> = known.collect();
        let files = reports.iter().flat_map(|report| report.sources.iter());
        let looked_at: HashSet<String> = files
            .map(|(_, file)| self.names.of_file(file.name()))
            .collect();
        let is_stale = |entry: &&Entry| {
            let gone = || {
                let path = self.names.base.join(&entry.file);
                self.names.folders.files().kind(&path).is_err()
            };
            !known.contains(&entry.fingerprint) && (looked_at.contains(&entry.file) || gone())
        };
        let count = self.entries.iter().filter(is_stale).count();
        (count > 0).then(|| Stale {
            file: self.path.clone(),
            count,
        })
    }
}

/// Fails where something else is at `path` than a baseline of any version, or nothing.
pub(super) fn may_write(folders: &Folders, path: &Utf8Path) -> Result<()> {
    if was_read(path.as_std_path()) {
        return Err(Error::new(format!(
            "--write-baseline {path}: this run has read that file; give the baseline another name"
        )));
    }
    let files = folders.files();
    let kind = files.kind(path.as_std_path());
    if !kind.is_ok_and(|kind| kind == Kind::File) {
        return Ok(());
    }
    let file = loader::read(files, path, Asked::ByOthers);
    let is_baseline = file.is_ok_and(|file| {
        let keys = serde_json::from_str::<serde_json::Value>(file.text());
        let has = |key: &str| keys.as_ref().is_ok_and(|keys| keys.get(key).is_some());
        file.text().trim().is_empty() || (has("schema_version") && has("findings"))
    });
    if is_baseline {
        return Ok(());
    }
    Err(Error::new(format!(
        "--write-baseline {path}: that file exists and is not a baseline; remove it, or give the baseline another name"
    )))
}

/// Writes a baseline of everything that is reported, and hides it.
pub(super) fn write(
    folders: &Arc<Folders>,
    path: &Utf8Path,
    reports: &mut [FileReport],
) -> Result<()> {
    let names = Names::of(folders, path);
    let mut findings = BTreeSet::new();
    for report in &mut *reports {
        let fingerprints = names.fingerprints(report);
        let all = std::mem::take(&mut report.checked.diagnostics);
        for (finding, fingerprint) in all.into_iter().zip(fingerprints) {
            findings.insert(entry(&names, &report.sources, &finding, fingerprint));
            report.hidden.push(finding);
            report.old.baseline += 1;
        }
    }
    let document = Document {
        schema_version: VERSION,
        findings,
    };
    let failed =
        |error: &dyn std::error::Error| Error::about(format!("cannot write {path}"), error);
    let text = serde_json::to_string_pretty(&document).map_err(|error| failed(&error))? + "\n";
    writing::text(path, &text).map_err(|error| failed(&error))
}

fn entry(names: &Names, sources: &Sources, finding: &Diagnostic, fingerprint: String) -> Entry {
    Entry {
        file: names.of_file(sources.get(finding.primary.location.file).name()),
        rule: finding.rule.to_owned(),
        fingerprint,
        message: finding.message.clone(),
    }
}

/// Names files from the directory of a baseline, so that it does not matter where the program runs.
struct Names {
    folders: Arc<Folders>,
    base: PathBuf,
}

impl Names {
    fn of(folders: &Arc<Folders>, baseline: &Utf8Path) -> Self {
        let base = folders.absolute(baseline.as_str());
        let base = base.and_then(|path| path.parent().map(Path::to_owned));
        Self {
            folders: Arc::clone(folders),
            base: base.unwrap_or_default(),
        }
    }

    fn of_file(&self, name: &str) -> String {
        let Some(path) = self.folders.absolute(name) else {
            return name.to_owned();
        };
        let relative = paths::relative(&self.base, &path);
        relative.to_string_lossy().replace('\\', "/")
    }

    /// Of each finding, in the order of the report.
    fn fingerprints(&self, report: &FileReport) -> Vec<String> {
        let mut names: HashMap<FileId, String> = HashMap::new();
        let mut places = Places::default();
        let findings = report.checked.diagnostics.iter();
        findings
            .map(|finding| {
                let file = finding.primary.location.file;
                let sources = &report.sources;
                let name = names
                    .entry(file)
                    .or_insert_with(|| self.of_file(sources.get(file).name()));
                places.next(name, sources, finding)
            })
            .collect()
    }
}
