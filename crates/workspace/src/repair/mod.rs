//! `--fix` and `--diff`: repairs of what a command checked, written or shown.

mod diff;
mod scope;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use linter::fix::{self, Change, Dropped, Examined, Project, Texts};
use source::{Applicability, FileId, SourceFile, mask};

use crate::failure::Failure;
use crate::file_report::FileReport;
use crate::{config, loader, threads, writing};

pub use scope::Scope;

/// What becomes of fixes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing.
    #[default]
    Nothing,
    /// Those of at least this applicability are shown as a diff.
    Shown(Applicability),
    /// They are written.
    Written(Applicability),
}

/// What a command that repairs can do: check one of its inputs again.
pub(crate) trait Recheck: Sync {
    /// Checks the input with this number, reading `texts` in place of the files of those names.
    fn recheck(&self, input: usize, texts: &Texts) -> FileReport;
}

/// What was repaired.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The changes, when they are to be shown and not written.
    pub diff: Option<String>,
    /// Files that could not be written.
    pub failures: Vec<Failure>,
    /// Fixes that were not kept.
    pub dropped: Vec<Dropped>,
    /// Files that fixes would change and must not.
    pub untouched: Vec<Untouched>,
}

/// A file that is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untouched {
    /// Its name.
    pub file: String,
    /// How many findings are left for it.
    pub findings: usize,
    /// Why: a clause without full stop.
    pub reason: &'static str,
}

/// Repairs `reports`, which become what they are afterwards; those that failed to be written, and all when only a
/// diff is wanted, stay as they are.
pub(crate) fn run(
    wanted: Wanted,
    scope: &Scope,
    reports: &mut [FileReport],
    command: &dyn Recheck,
) -> Outcome {
    let (level, is_shown) = match wanted {
        Wanted::Nothing => return Outcome::default(),
        Wanted::Shown(level) => (level, true),
        Wanted::Written(level) => (level, false),
    };
    let groups = groups(reports);
    let one = |inputs| repair_group(inputs, reports, level, scope, command);
    let results: Vec<Group> = threads::each(groups, one);
    let mut outcome = Outcome::default();
    let mut texts = Texts::new();
    let mut changes = BTreeMap::new();
    for group in results {
        outcome.dropped.extend(group.dropped);
        texts.extend(group.texts);
        changes.extend(group.changes);
    }
    let old = originals(reports, &texts);
    if is_shown {
        let private: HashSet<&str> = reports
            .iter()
            .flat_map(|report| {
                report
                    .sources
                    .iter()
                    .map(move |(id, file)| (report, id, file))
            })
            .filter(|(report, id, _)| report.sources.is_private(*id))
            .map(|(_, _, file)| file.name())
            .collect();
        let show = |name: &str, text| {
            if private.contains(name) {
                mask::values(text)
            } else {
                mask::shown(text)
            }
        };
        let diffs = texts.iter().map(|(name, new)| {
            let (old, new) = (show(name, old[name].text()), show(name, new.text()));
            diff::unified(name, &old, &new, &changes[name])
        });
        outcome.diff = Some(diffs.collect());
        outcome.untouched = untouched(reports, level, scope);
        return outcome;
    }
    sweep(reports, scope);
    write_all(&mut texts, &old, &mut outcome.failures);
    for (input, report) in reports.iter_mut().enumerate() {
        if report
            .sources
            .iter()
            .any(|(_, file)| texts.contains_key(file.name()))
        {
            *report = command.recheck(input, &texts);
        }
    }
    outcome.untouched = untouched(reports, level, scope);
    outcome
}

/// The files that fixes of `level` speak of and that are not written.
fn untouched(reports: &[FileReport], level: Applicability, scope: &Scope) -> Vec<Untouched> {
    let mut found: BTreeMap<&str, Untouched> = BTreeMap::new();
    for report in reports {
        for finding in &report.checked.diagnostics {
            let fix = finding.fixes.first();
            let Some(fix) = fix.filter(|fix| fix.applicability >= level) else {
                continue;
            };
            let files = fix.edits.iter().map(|edit| edit.location.file);
            let files: BTreeSet<FileId> = files.collect();
            for file in files.into_iter().map(|id| report.sources.get(id)) {
                let reason = if file.is_lossy() {
                    "it is not UTF-8"
                } else if scope.contains(file.name()) {
                    continue;
                } else {
                    "it is outside the given paths; name it or its directory to repair it"
                };
                let entry = found.entry(file.name()).or_insert_with(|| Untouched {
                    file: file.name().to_owned(),
                    findings: 0,
                    reason,
                });
                entry.findings += 1;
            }
        }
    }
    found.into_values().collect()
}

/// Removes what killed runs left beside the files that may be written.
fn sweep(reports: &[FileReport], scope: &Scope) {
    let files = reports.iter().flat_map(|report| report.sources.iter());
    let names = files.map(|(_, file)| file.name());
    let folders: BTreeSet<&Path> = names
        .filter(|name| scope.contains(name))
        .filter_map(|name| Path::new(name).parent())
        .collect();
    for folder in folders {
        writing::sweep(folder);
    }
}

struct Group {
    texts: Texts,
    changes: BTreeMap<String, Vec<Change>>,
    dropped: Vec<Dropped>,
}

fn repair_group(
    inputs: Vec<usize>,
    reports: &[FileReport],
    level: Applicability,
    scope: &Scope,
    command: &dyn Recheck,
) -> Group {
    let examined = inputs
        .iter()
        .map(|&input| examined(&reports[input]))
        .collect();
    let project = Part {
        inputs,
        scope,
        command,
    };
    let repaired = fix::repair(&project, examined, level);
    let mut dropped = repaired.dropped;
    if repaired.unfinished
        && let Some(report) = project.inputs.first().map(|&input| &reports[input])
    {
        dropped.push(Dropped {
            rule: "",
            file: report.source().name().to_owned(),
            line: 1,
            title: String::new(),
            reason: "fixes bring about more fixes without end".to_owned(),
        });
    }
    Group {
        texts: repaired.texts,
        changes: repaired.changes,
        dropped,
    }
}

/// Inputs that share files, as one project.
struct Part<'a> {
    inputs: Vec<usize>,
    scope: &'a Scope,
    command: &'a dyn Recheck,
}

impl Project for Part<'_> {
    fn check(&self, input: usize, texts: &Texts) -> Examined {
        examined(&self.command.recheck(self.inputs[input], texts))
    }

    fn may_change(&self, file: &SourceFile) -> bool {
        self.scope.contains(file.name())
    }
}

fn examined(report: &FileReport) -> Examined {
    Examined {
        sources: report.sources.clone(),
        grammars: report.grammars.clone(),
        reported: report.checked.diagnostics.clone(),
        hidden: report.hidden.clone(),
    }
}

/// Inputs that read a file in common must be repaired together, in the order of the inputs.
fn groups(reports: &[FileReport]) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..reports.len()).collect();
    let mut reader: HashMap<&str, usize> = HashMap::new();
    // A configuration is never repaired.
    let is_shared = |name: &str| Path::new(name).file_name() != Some(config::FILE.as_ref());
    for (input, report) in reports.iter().enumerate() {
        for (_, file) in report
            .sources
            .iter()
            .filter(|(_, file)| is_shared(file.name()))
        {
            let other = *reader.entry(file.name()).or_insert(input);
            let (a, b) = (root(&mut parent, input), root(&mut parent, other));
            parent[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for input in 0..reports.len() {
        groups
            .entry(root(&mut parent, input))
            .or_default()
            .push(input);
    }
    groups.into_values().collect()
}

fn root(parent: &mut [usize], mut of: usize) -> usize {
    while parent[of] != of {
        parent[of] = parent[parent[of]];
        of = parent[of];
    }
    of
}

/// What stands on disk for each of `texts`.
fn originals(reports: &[FileReport], texts: &Texts) -> Texts {
    let files = reports.iter().flat_map(|report| report.sources.iter());
    files
        .filter(|(_, file)| texts.contains_key(file.name()))
        .map(|(_, file)| (file.name().to_owned(), Arc::clone(file)))
        .collect()
}

/// Writes what can be written and takes the rest out of `texts`.
fn write_all(texts: &mut Texts, old: &Texts, failures: &mut Vec<Failure>) {
    let mut written: HashMap<PathBuf, Arc<SourceFile>> = HashMap::new();
    texts.retain(|name, new| {
        let path = Path::new(name);
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        // The same file under another name.
        if let Some(before) = written.get(&target)
            && before.text() == new.text()
        {
            return true;
        }
        match writing::replace(path, old[name].text(), new.text()) {
            Ok(()) => {
                written.insert(target, Arc::clone(new));
                true
            }
            Err(error) => {
                let reason = loader::reason(&error);
                failures.push(Failure::new(
                    name.as_str(),
                    format!("cannot write: {reason}"),
                ));
                false
            }
        }
    });
}
