//! The one road of every check: inputs side by side, repairs, and the report of all.

use std::collections::HashSet;
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use linter::Settings;
use linter::fix::Texts;

use super::dockerfile::Dockerfile;
use super::input::{Found, Input, Job, listed};
use super::projects::projects_in;
use super::workspace::Workspace;
use crate::config::{Flags, Policies, Whence};
use crate::discovery::{self, At};
use crate::failure::Failure;
use crate::file_report::FileReport;
use crate::news::News;
use crate::repair::{self, Recheck, Scope, Untouched, Wanted};
use crate::report::{self, HostReport, Report};
use crate::{Result, outside, threads};

/// Sees how far a check is, from several threads.
pub trait Watch: Sync {
    /// So many inputs are going to be checked.
    fn begin(&self, total: usize);
    /// One more is done.
    fn step(&self);
    /// That was all.
    fn end(&self);
}

/// Nobody watches.
impl Watch for () {
    fn begin(&self, _: usize) {}
    fn step(&self) {}
    fn end(&self) {}
}

/// The results of a check, before anything is repaired.
#[derive(Default)]
pub struct Checked {
    jobs: Vec<Job>,
    /// In the order of the inputs.
    files: Vec<FileReport>,
    /// What could not be looked at or checked.
    failures: Vec<Failure>,
}

/// A report, and what became of the fixes.
pub struct Finished {
    /// What is left to say.
    pub report: Report,
    /// The changes, where they are to be shown and not written.
    pub diff: Option<String>,
    /// Files that fixes would change and must not.
    pub untouched: Vec<Untouched>,
}

impl Checked {
    /// The directories that projects are in; they may be above what was named.
    pub fn project_directories(&self) -> Vec<Utf8PathBuf> {
        let projects = self.jobs.iter().filter_map(|job| match job {
            Job::Project(project) => project.directory(),
            Job::Dockerfile(_) => None,
        });
        projects.collect()
    }
}

impl Workspace {
    /// Checks what was found.
    pub fn check(&self, found: Found, watch: &dyn Watch) -> Checked {
        let mut checked = Checked {
            failures: found.failures,
            ..Checked::default()
        };
        self.add(&mut checked, found.inputs, watch);
        self.close(&mut checked);
        checked
    }

    /// Checks everything below the paths: Compose projects, and the Dockerfiles that none of them builds.
    pub fn check_all(&self, paths: &[Utf8PathBuf], watch: &dyn Watch) -> Checked {
        let (compose, others): (Vec<_>, Vec<_>) = paths
            .iter()
            .cloned()
            .partition(|path| !path.is_dir() && discovery::is_compose_path(path));
        let folders = others.iter().filter(|path| path.is_dir());
        let compose: Vec<Utf8PathBuf> = folders.chain(&compose).cloned().collect();
        let projects = projects_in(&compose, self);
        let mut checked = Checked {
            failures: projects.failures,
            ..Checked::default()
        };
        self.add(&mut checked, projects.inputs, watch);

        let built = built(&checked.files);
        let found = discovery::dockerfiles_in(&others, &self.policies);
        // What both searches met is said once.
        for failure in found.failures {
            let same = |other: &Failure| {
                (&other.file, &other.message) == (&failure.file, &failure.message)
            };
            if !checked.failures.iter().any(same) {
                checked.failures.push(failure);
            }
        }
        let alone = found.places.into_iter().filter(|at| !is_among(at, &built));
        let alone = alone.map(|at| Input::Dockerfile(Dockerfile::new(at)));
        self.add(&mut checked, alone.collect(), watch);
        self.close(&mut checked);
        if checked.files.is_empty() && !Failure::any(&checked.failures) {
            let message = "no input found: no Dockerfile and no Compose file below";
            let failure = Failure::new(listed(paths), message);
            checked.failures.push(failure);
        }
        checked
    }

    /// Checks inputs side by side; not those whose configuration cannot be used, which is a failure of its own.
    fn add(&self, checked: &mut Checked, mut inputs: Vec<Input>, watch: &dyn Watch) {
        inputs.retain(|input| self.policies.of(input.path()).is_some());
        watch.begin(inputs.len());
        let results = threads::each(inputs, |input| {
            let result = input.open(self).and_then(|job| {
                let report = job.check(&Texts::new(), self)?;
                Ok((job, report))
            });
            watch.step();
            result
        });
        watch.end();
        for result in results {
            match result {
                Ok((job, report)) => {
                    checked.jobs.push(job);
                    checked.files.push(report);
                }
                Err(failure) => checked.failures.push(failure),
            }
        }
    }

    /// Adds what could not be used beside the inputs.
    fn close(&self, checked: &mut Checked) {
        let failures = &mut checked.failures;
        failures.extend(self.policies.failures());
        // What a project builds may have been named as a file too.
        let named: HashSet<String> = failures.iter().map(|it| it.file.clone()).collect();
        let refused = self.loader.failures().into_iter();
        failures.extend(refused.filter(|failure| !named.contains(&failure.file)));
    }

    /// Repairs what is to be repaired and brings the rest together with what was found about the machine. `scope` is
    /// what may be written and shown.
    pub fn finish(
        &self,
        checked: Checked,
        host: Option<HostReport>,
        wanted: Wanted,
        scope: &Scope,
    ) -> Result<Finished> {
        let Checked {
            jobs,
            mut files,
            mut failures,
        } = checked;
        // Before anything is written.
        self.policies.may_write_baseline()?;
        let mut repaired = repair::Outcome::default();
        let mut fixed = 0;
        if wanted != Wanted::Nothing {
            let before = report::distinct(&files);
            let again = Again {
                jobs,
                workspace: self,
            };
            repaired = repair::run(wanted, scope, &mut files, &again);
            fixed = before.saturating_sub(report::distinct(&files));
            failures.append(&mut repaired.failures);
        }
        outside::withhold(&mut files, scope);
        let stale = self.policies.stale(&files);
        self.policies.write_baseline(&mut files, &mut failures)?;
        let mut report = Report::new(files, failures);
        report.stale = stale;
        report.host = host;
        report.fixed = fixed;
        report.dropped = repaired.dropped;
        report.conceal();
        Ok(Finished {
            report,
            diff: repaired.diff,
            untouched: repaired.untouched,
        })
    }
}

/// The reports on everything below the paths, without a word about it.
pub fn found_below(
    paths: &[Utf8PathBuf],
    settings: Settings,
) -> Result<(Vec<FileReport>, Vec<Failure>)> {
    let flags = Flags::of_settings(settings);
    let policies = Policies::new(flags, &Whence::default(), News::default())?;
    let workspace = Workspace::new(policies, paths);
    let mut checked = workspace.check_all(paths, &());
    outside::withhold(&mut checked.files, &Scope::new(paths, None));
    Ok((checked.files, checked.failures))
}

/// The Dockerfiles that projects build: what a service gets is checked there, with its arguments.
fn built(reports: &[FileReport]) -> HashSet<PathBuf> {
    let names = reports.iter().flat_map(|report| {
        let also = report.also.iter();
        also.map(|&file| report.sources.get(file).name())
    });
    names
        .filter_map(|name| Utf8Path::new(name).canonicalize().ok())
        .collect()
}

fn is_among(at: &At, built: &HashSet<PathBuf>) -> bool {
    match at {
        At::Named(path) | At::Found(path) => {
            path.canonicalize().is_ok_and(|path| built.contains(&path))
        }
        At::Stdin => false,
    }
}

/// What checking again needs.
struct Again<'w> {
    jobs: Vec<Job>,
    workspace: &'w Workspace,
}

impl Recheck for Again<'_> {
    fn recheck(&self, input: usize, texts: &Texts) -> FileReport {
        self.jobs[input].recheck(texts, self.workspace)
    }
}
