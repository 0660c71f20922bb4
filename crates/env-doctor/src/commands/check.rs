use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use host::HostFacts;
use linter::Settings;
use linter::fix::Texts;

use super::{Found, docker_compose, dockerfile};
use crate::cli::{CheckOptions, ConfigOptions, TargetOptions};
use crate::config::{Flags, Policies};
use crate::discovery::{self, Input};
use crate::loader::FileLoader;
use crate::news::News;
use crate::progress::Progress;
use crate::repair::{Recheck, Scope};
use crate::report::{Failure, FileReport};
use crate::{Outcome, machine, outside, threads};

/// Checks Compose projects, the Dockerfiles that none of them builds, and the machine.
pub(crate) fn run(options: &CheckOptions) -> anyhow::Result<Outcome> {
    let here = [Utf8PathBuf::from(".")];
    let paths: &[Utf8PathBuf] = match options.paths.as_slice() {
        [] => &here,
        paths => paths,
    };
    if paths.iter().any(|path| path == "-") {
        anyhow::bail!(
            "`check` reads files; `dockerfile -` and `docker-compose -` read standard input"
        );
    }
    let facts = machine_of(options)?;
    // What will run elsewhere is not compared with a machine that has no GPU, unless that is asked for.
    let is_target = |facts: &Arc<HostFacts>| {
        options.machine.host.is_some() || linter::derive::machine::is_target(facts)
    };
    let machine = facts.clone().filter(is_target);
    let (named, seen) = match options.machine.host {
        Some(_) => (machine, None),
        None => (None, machine),
    };
    let settings = Settings {
        stage: options.target.clone(),
        build_args: options.build_args.clone(),
        ..machine::settings_of(&options.machine, named)
    };
    let seen = machine::settings_of(&TargetOptions::default(), seen);
    let flags = Flags::new(&options.report, settings)?.seeing(seen);
    let policies = Arc::new(Policies::new(
        flags,
        &options.config,
        News::new(&options.news)?,
    )?);
    let host = facts.map(|facts| super::host::check(facts, &policies, false));
    let loader = FileLoader::new(paths);
    let run = Run {
        loader: &loader,
        policies: &policies,
        quiet: options.report.quiet,
    };

    let results = run.look(paths);
    let again = Again {
        run: &run,
        jobs: results.jobs,
    };
    let scope = Scope::new(paths, None).showing(&options.config.config);
    super::finish(
        Found {
            host,
            files: results.files,
            failures: results.failures,
        },
        &policies,
        &options.report,
        options.fix,
        &scope,
        &again,
    )
}

/// The facts of the machine: of this one, unless the options name another or none.
fn machine_of(options: &CheckOptions) -> anyhow::Result<Option<Arc<HostFacts>>> {
    if options.machine.no_host {
        return Ok(None);
    }
    let audience = options.report.format.audience();
    let facts = match &options.machine.host {
        Some(argument) => machine::facts(argument, audience)?,
        None => machine::here(audience),
    };
    Ok(Some(Arc::new(facts)))
}

/// One input.
enum Job {
    Project(docker_compose::Job),
    Dockerfile(dockerfile::Job),
}

/// What every check needs.
struct Run<'a> {
    loader: &'a FileLoader,
    policies: &'a Arc<Policies>,
    /// Whether the progress of a long scan is not shown.
    quiet: bool,
}

impl Run<'_> {
    fn check(&self, job: &Job) -> Result<FileReport, Failure> {
        let none = Texts::new();
        match job {
            Job::Project(job) => job.check(&none, self.loader, self.policies),
            Job::Dockerfile(job) => Ok(job.check(&none, self.loader, self.policies)),
        }
    }

    fn all(&self, jobs: Vec<Job>) -> Vec<Result<(Job, FileReport), Failure>> {
        let progress = Progress::new(jobs.len(), self.quiet);
        threads::each(jobs, |job| {
            let report = self.check(&job);
            progress.step();
            Ok((job, report?))
        })
    }

    /// Checks everything below the paths.
    fn look(&self, paths: &[Utf8PathBuf]) -> Results {
        let (compose, others): (Vec<_>, Vec<_>) = paths
            .iter()
            .cloned()
            .partition(|path| !path.is_dir() && discovery::is_compose_path(path));
        let folders = others.iter().filter(|path| path.is_dir());
        let compose: Vec<Utf8PathBuf> = folders.chain(&compose).cloned().collect();
        let mut projects = docker_compose::Projects::found_in(&compose, self.loader, self.policies);
        let usable = |path: &Utf8Path| self.policies.of(path).is_some();
        projects.jobs.retain(|job| usable(job.path()));
        let mut results = Results {
            failures: projects.failures,
            ..Results::default()
        };
        let jobs = projects.jobs.into_iter().map(Job::Project).collect();
        results.add(self.all(jobs));

        let built = built(&results.files);
        let mut found = discovery::dockerfiles_in(&others, self.policies);
        found.inputs.retain(|input| usable(input.path()));
        // What both searches met is said once.
        for failure in found.failures {
            let same = |other: &Failure| {
                (&other.file, &other.message) == (&failure.file, &failure.message)
            };
            if !results.failures.iter().any(same) {
                results.failures.push(failure);
            }
        }
        let alone = found.inputs.iter().filter(|input| !is_among(input, &built));
        let jobs: Vec<Job> = alone
            .filter_map(
                |input| match dockerfile::Job::new(input, None, self.policies) {
                    Ok(job) => Some(Job::Dockerfile(job)),
                    Err(failure) => {
                        results.failures.push(failure);
                        None
                    }
                },
            )
            .collect();
        results.add(self.all(jobs));
        results.failures.extend(self.policies.failures());
        // What a project builds may have been named as a file too.
        let named: HashSet<String> = results.failures.iter().map(|it| it.file.clone()).collect();
        let refused = self.loader.failures().into_iter();
        results
            .failures
            .extend(refused.filter(|failure| !named.contains(&failure.file)));
        if results.files.is_empty() && !Failure::any(&results.failures) {
            let searched: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
            let message = "no input found: no Dockerfile and no Compose file below";
            results
                .failures
                .push(Failure::new(searched.join(", "), message));
        }
        results
    }
}

/// The reports on everything below the paths, without a word about it.
pub(super) fn reports(
    paths: &[Utf8PathBuf],
    settings: Settings,
) -> anyhow::Result<(Vec<FileReport>, Vec<Failure>)> {
    let flags = Flags::of_settings(settings);
    let run = Run {
        loader: &FileLoader::new(paths),
        policies: &Arc::new(Policies::new(
            flags,
            &ConfigOptions::default(),
            News::default(),
        )?),
        quiet: true,
    };
    let mut results = run.look(paths);
    outside::withhold(&mut results.files, &Scope::new(paths, None));
    Ok((results.files, results.failures))
}

#[derive(Default)]
struct Results {
    jobs: Vec<Job>,
    files: Vec<FileReport>,
    failures: Vec<Failure>,
}

impl Results {
    fn add(&mut self, results: Vec<Result<(Job, FileReport), Failure>>) {
        for result in results {
            match result {
                Ok((job, report)) => {
                    self.jobs.push(job);
                    self.files.push(report);
                }
                Err(failure) => self.failures.push(failure),
            }
        }
    }
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

fn is_among(input: &Input, built: &HashSet<PathBuf>) -> bool {
    match input {
        Input::Named(path) | Input::Found(path) => {
            path.canonicalize().is_ok_and(|path| built.contains(&path))
        }
        Input::Stdin => false,
    }
}

/// What checking again needs.
struct Again<'a> {
    run: &'a Run<'a>,
    jobs: Vec<Job>,
}

impl Recheck for Again<'_> {
    fn recheck(&self, input: usize, texts: &Texts) -> FileReport {
        let Run {
            loader, policies, ..
        } = self.run;
        match &self.jobs[input] {
            Job::Project(job) => job.recheck(texts, loader, policies),
            Job::Dockerfile(job) => job.check(texts, loader, policies),
        }
    }
}
