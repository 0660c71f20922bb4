//! The one road of every check: inputs side by side, repairs, and the report of all.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use camino::Utf8PathBuf;
use linter::Settings;
use linter::fix::Texts;

use super::dockerfile::Dockerfile;
use super::input::{Found, Input, Job, listed};
use super::projects::projects_of;
use super::workspace::Workspace;
use crate::config::{Flags, Policies, Whence};
use crate::discovery::{self, Sort};
use crate::failure::Failure;
use crate::file_report::FileReport;
use crate::files::Folders;
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
        let failed = self.add(&mut checked, found.inputs, watch);
        self.close(&mut checked);
        checked.failures.extend(failed);
        checked
    }

    /// Checks everything below the paths: Compose projects, and the Dockerfiles that none of them builds.
    pub fn check_all(&self, paths: &[Utf8PathBuf], watch: &dyn Watch) -> Checked {
        let (compose, others): (Vec<_>, Vec<_>) = paths
            .iter()
            .cloned()
            .partition(|path| discovery::is_compose_path(path) && !self.folders.is_folder(path));
        let found = discovery::everything(&others, &self.policies);
        let projects = projects_of(&found, &compose, self);
        let mut checked = Checked {
            failures: projects.failures,
            ..Checked::default()
        };
        let failed = self.add(&mut checked, projects.inputs, watch);
        checked.failures.extend(failed);

        let built = self.built(&checked.files);
        checked
            .failures
            .extend(found.own_failures(Sort::Dockerfile));
        let places = found.dockerfiles.into_iter();
        let alone = places.filter(|place| !built.contains(&place.full));
        let alone = alone.map(|place| Input::Dockerfile(Dockerfile::new(place.at)));
        let failed = self.add(&mut checked, alone.collect(), watch);
        checked.failures.extend(failed);
        self.close(&mut checked);
        if checked.files.is_empty() && !Failure::any(&checked.failures) {
            let message = "no input found: no Dockerfile and no Compose file below";
            let failure = Failure::new(listed(paths), message);
            checked.failures.push(failure);
        }
        checked
    }

    /// The Dockerfiles that projects build, without links: what a service gets is checked there, with its arguments.
    fn built(&self, reports: &[FileReport]) -> HashSet<PathBuf> {
        let names = reports.iter().flat_map(|report| {
            let also = report.also.iter();
            also.map(|&file| report.sources.get(file).name())
        });
        names
            .filter_map(|name| self.folders.real(Path::new(name)).ok())
            .collect()
    }

    /// Checks inputs side by side, and says which could not be checked; those whose configuration cannot be used are
    /// left out, which is a failure of its own.
    fn add(
        &self,
        checked: &mut Checked,
        mut inputs: Vec<Input>,
        watch: &dyn Watch,
    ) -> Vec<Failure> {
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
        let mut failed = Vec::new();
        for result in results {
            match result {
                Ok((job, report)) => {
                    checked.jobs.push(job);
                    checked.files.push(report);
                }
                Err(failure) => failed.push(failure),
            }
        }
        failed
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
    let folders = Folders::of_disk();
    let policies = Policies::new(folders, flags, &Whence::default(), News::default())?;
    let workspace = Workspace::new(policies, paths);
    let mut checked = workspace.check_all(paths, &());
    outside::withhold(&mut checked.files, &workspace.scope(paths, None));
    Ok((checked.files, checked.failures))
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
