//! A list of findings that are there already, so that only others count.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use source::{Diagnostic, FileId, Sources};

use crate::file_report::{FileReport, Old};
use crate::files::{Asked, Folders, Kind, was_read};
use crate::fingerprint::Places;
use crate::{Error, Result, loader, paths, writing};

/// Another number when the findings are told apart in another way.
const VERSION: u32 = 1;

/// Larger baselines are not read: 32 MiB are 100,000 findings.
const MAX: u64 = 32 << 20;

/// The file, sorted.
#[derive(Serialize)]
struct Document {
    schema_version: u32,
    findings: BTreeSet<Entry>,
}

/// A finding. The message is for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Entry {
    file: String,
    rule: String,
    fingerprint: String,
    message: String,
}

/// What is read of the file.
#[derive(Deserialize)]
struct Known {
    schema_version: u32,
    findings: Vec<KnownEntry>,
}

/// What is read of a finding.
#[derive(Deserialize)]
struct KnownEntry {
    file: String,
    #[serde(rename = "rule")]
    _rule: IgnoredAny,
    fingerprint: String,
    #[serde(rename = "message")]
    _message: IgnoredAny,
}

/// By which a file is known as a baseline of any version.
#[derive(Deserialize)]
struct Keys {
    #[serde(rename = "schema_version")]
    _schema_version: IgnoredAny,
    #[serde(rename = "findings")]
    _findings: IgnoredAny,
}

/// Findings that do not count.
pub(super) struct Baseline {
    path: Utf8PathBuf,
    names: Names,
    /// The file of each, by fingerprint.
    entries: BTreeMap<String, String>,
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
        let file = loader::read_within(folders.files(), path, Asked::ByName, MAX)?;
        let document: Known = serde_json::from_str(file.text())
            .map_err(|error| Error::about(format!("{path}: is no baseline"), &error))?;
        if document.schema_version != VERSION {
            return Err(Error::new(format!(
                "{path}: is a baseline of another version of env-doctor; `--write-baseline` writes it anew"
            )));
        }
        let entries = document.findings.into_iter();
        Ok(Self {
            names: Names::of(folders, path),
            path: path.to_owned(),
            entries: entries
                .map(|entry| (entry.fingerprint, entry.file))
                .collect(),
        })
    }

    /// Hides what it has.
    pub(super) fn apply(&self, report: &mut FileReport) {
        let fingerprints = self.names.fingerprints(report);
        let all = std::mem::take(&mut report.checked.diagnostics);
        let mut old = Old::default();
        for (finding, fingerprint) in all.into_iter().zip(fingerprints) {
            if self.entries.contains_key(&fingerprint) {
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
        // Asked once for each file.
        let mut gone: HashMap<&str, bool> = HashMap::new();
        let mut is_gone = |file| {
            *gone.entry(file).or_insert_with(|| {
                let path = self.names.base.join(file);
                self.names.folders.files().kind(&path).is_err()
            })
        };
        let unknown = self.entries.iter();
        let unknown = unknown.filter(|(fingerprint, _)| !known.contains(fingerprint));
        let count = unknown
            .filter(|(_, file)| looked_at.contains(*file) || is_gone(file.as_str()))
            .count();
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
        file.text().trim().is_empty() || serde_json::from_str::<Keys>(file.text()).is_ok()
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
    if text.len() as u64 > MAX {
        return Err(Error::new(format!(
            "--write-baseline {path}: the findings come to more than {} MiB; leave rules or paths out first",
            MAX >> 20
        )));
    }
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
