use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use dockerfile::{From, Instruction, Kind};
use linter::fix::{Grammar, Texts};
use linter::{DockerfileInput, Loader, Settings};
use source::{SourceFile, Sources};

use super::Found;
use crate::cli::DockerfileOptions;
use crate::config::{Flags, Policies};
use crate::context::contexts;
use crate::discovery::{self, Input};
use crate::loader::{self, FileLoader, Overlay};
use crate::news::News;
use crate::progress::Progress;
use crate::repair::{Recheck, Scope};
use crate::report::{Failure, FileReport};
use crate::{Outcome, budget, machine, suggest, threads};

/// Checks Dockerfiles.
pub(crate) fn run(options: &DockerfileOptions) -> anyhow::Result<Outcome> {
    let settings = Settings {
        stage: options.target.clone(),
        build_args: options.build_args.clone(),
        ..machine::settings(&options.machine, options.report.format.audience())?
    };
    let flags = Flags::new(&options.report, settings)?;
    let policies = Arc::new(Policies::new(
        flags,
        &options.config,
        News::new(&options.news)?,
    )?);
    let mut found = discovery::dockerfiles(&options.paths, &policies);
    super::can_fix(&found.inputs, options.fix)?;
    found
        .inputs
        .retain(|input| policies.of(input.path()).is_some());
    let loader = FileLoader::default();
    let check = |input: &Input| {
        let job = Job::new(input, options.context.as_deref(), &policies)?;
        if let Some(target) = &options.target {
            has_stage(&job.source, target)?;
        }
        let report = job.check(&Texts::new(), &loader, &policies);
        Ok((job, report))
    };
    let progress = Progress::new(found.inputs.len(), options.report.quiet);
    let one = |input| {
        let result = check(input);
        progress.step();
        result
    };
    let results: Vec<Result<(Job, FileReport), Failure>> =
        threads::each(found.inputs.iter().collect(), one);
    drop(progress);
    let mut failures = found.failures;
    failures.extend(policies.failures());
    failures.extend(loader.failures());
    let (mut jobs, mut files) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok((job, report)) => {
                jobs.push(job);
                files.push(report);
            }
            Err(failure) => failures.push(failure),
        }
    }
    let again = Again {
        jobs,
        loader: &loader,
        policies: &policies,
    };
    let scope = Scope::new(&options.paths, options.context.as_deref());
    let scope = scope.showing(&options.config.config);
    super::finish(
        Found {
            host: None,
            files,
            failures,
        },
        &policies,
        &options.report,
        options.fix,
        &scope,
        &again,
    )
}

/// One Dockerfile as it was read.
pub(super) struct Job {
    source: Arc<SourceFile>,
    contexts: Vec<Utf8PathBuf>,
}

impl Job {
    /// Reads an input; `given` is its build context, where the command line says so.
    pub(super) fn new(
        input: &Input,
        given: Option<&Utf8Path>,
        policies: &Policies,
    ) -> Result<Self, Failure> {
        let path = input.path();
        let source = match input {
            Input::Stdin => loader::read_stdin()?,
            Input::Named(path) => loader::read_input(path)?,
            Input::Found(path) => loader::read_found(path)?,
        };
        let configured = policies.of(path).and_then(|policy| policy.context());
        let given = given.or(configured.as_deref());
        Ok(Self {
            source: Arc::new(budget::within(source)?),
            contexts: contexts(path, given),
        })
    }

    /// Checks it, reading `texts` in place of the files of those names.
    pub(super) fn check(
        &self,
        texts: &Texts,
        loader: &FileLoader,
        policies: &Policies,
    ) -> FileReport {
        let mut sources = Sources::new();
        let source = texts.get(self.source.name()).unwrap_or(&self.source);
        let file = sources.add(Arc::clone(source));
        let input = DockerfileInput {
            file,
            contexts: self.contexts.clone(),
        };
        let overlay = Overlay { loader, texts };
        let loader: &dyn Loader = if texts.is_empty() { loader } else { &overlay };
        let policy = policies.of(Utf8Path::new(source.name()));
        let default = Settings::default();
        let settings = policy.as_ref().map_or(&default, |policy| policy.settings());
        let checked = linter::check_dockerfile(&mut sources, &input, loader, settings);
        let mut report = FileReport::new(sources, file, checked);
        report.grammars = vec![(file, Grammar::Dockerfile)];
        policies.apply(&mut report);
        report
    }
}

/// What checking again needs.
struct Again<'a> {
    jobs: Vec<Job>,
    loader: &'a FileLoader,
    policies: &'a Policies,
}

impl Recheck for Again<'_> {
    fn recheck(&self, input: usize, texts: &Texts) -> FileReport {
        self.jobs[input].check(texts, self.loader, self.policies)
    }
}

/// Refuses a `--target` that the build would refuse: what is checked instead would not be what runs.
fn has_stage(source: &SourceFile, target: &str) -> Result<(), Failure> {
    let dockerfile = dockerfile::parse(source.text());
    let stages = dockerfile.instructions.iter().filter_map(from);
    let count = stages.clone().count();
    let names = stages.filter_map(|from| Some(from.name.as_ref()?.raw.as_str()));
    let found = names.clone().any(|name| name.eq_ignore_ascii_case(target));
    if found || target.parse().is_ok_and(|number: usize| number < count) {
        return Ok(());
    }
    let hint = suggest::hint(target, names);
    Err(Failure::new(
        source.name(),
        format!("has no stage `{target}`{hint}"),
    ))
}

fn from(instruction: &Instruction) -> Option<&From> {
    match &instruction.kind {
        Kind::From(from) => Some(from),
        _ => None,
    }
}
