use std::sync::Arc;

use dockerfile::{From, Instruction, Kind};
use linter::{DockerfileInput, Settings};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use source::{SourceFile, Sources};

use crate::cli::DockerfileOptions;
use crate::context::contexts;
use crate::discovery::{self, Input};
use crate::loader::{self, FileLoader};
use crate::report::{Failure, FileReport, Report};
use crate::{Outcome, selection, suggest};

/// Checks Dockerfiles.
pub(crate) fn run(options: &DockerfileOptions) -> anyhow::Result<Outcome> {
    let selection = selection::Selection::new(&options.report.select, &options.report.ignore)?;
    let found = discovery::dockerfiles(&options.paths);
    let settings = Settings {
        target: options.target.clone(),
        build_args: options.build_args.clone(),
        ..Settings::default()
    };
    let loader = FileLoader::default();
    let check = |input: &Input| {
        let mut report = check_one(input, options, &loader, &settings)?;
        report
            .checked
            .diagnostics
            .retain(|diagnostic| selection.wants(diagnostic.rule));
        Ok(report)
    };
    // One file does not pay for a pool of threads.
    let results: Vec<Result<FileReport, Failure>> = match found.inputs.as_slice() {
        [only] => vec![check(only)],
        many => many.par_iter().map(check).collect(),
    };
    super::finish(&Report::new(results, found.failures), &options.report)
}

fn check_one(
    input: &Input,
    options: &DockerfileOptions,
    loader: &FileLoader,
    settings: &Settings,
) -> Result<FileReport, Failure> {
    let given = options.context.as_deref();
    let (source, contexts) = match input {
        Input::Stdin => (loader::read_stdin()?, contexts("Dockerfile".into(), given)),
        Input::File(path) => (loader::read_input(path)?, contexts(path, given)),
    };
    if let Some(target) = &settings.target {
        has_stage(&source, target)?;
    }
    let mut sources = Sources::new();
    let file = sources.add(Arc::new(source));
    let input = DockerfileInput { file, contexts };
    let checked = linter::check_dockerfile(&mut sources, &input, loader, settings);
    Ok(FileReport::new(sources, file, checked))
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
