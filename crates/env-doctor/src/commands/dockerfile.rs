use std::sync::Arc;

use linter::{DockerfileInput, Settings};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use source::{Severity, Sources};

use crate::cli::{DockerfileOptions, FailOn, Format, ReportOptions};
use crate::discovery::{self, Input};
use crate::loader::{self, FileLoader};
use crate::render::{self, FileReport, Report};
use crate::{Outcome, output, suggest};

/// Checks Dockerfiles.
pub(crate) fn run(options: &DockerfileOptions) -> anyhow::Result<Outcome> {
    known_rules(&options.report)?;
    let found = discovery::dockerfiles(&options.paths);
    let settings =
        Settings { target: options.target.clone(), build_args: options.build_args.clone(), ..Settings::default() };
    let loader = FileLoader::default();
    let check = |input: &Input| check_one(input, options, &loader, &settings);
    // One file does not pay for a pool of threads.
    let results: Vec<Result<FileReport, (String, String)>> = match found.inputs.as_slice() {
        [only] => vec![check(only)],
        many => many.par_iter().map(check).collect(),
    };
    let mut report = Report { files: Vec::new(), errors: found.errors };
    for result in results {
        match result {
            Ok(file) => report.files.push(file),
            Err(error) => report.errors.push(error),
        }
    }
    finish(&report, &options.report)
}

fn known_rules(options: &ReportOptions) -> anyhow::Result<()> {
    let names = || linter::rules::ALL.iter().map(|rule| rule.name);
    for name in options.select.iter().chain(&options.ignore) {
        anyhow::ensure!(
            linter::rules::find(name).is_some(),
            "there is no rule `{name}`{}",
            suggest::hint(name, names())
        );
    }
    Ok(())
}

fn check_one(
    input: &Input,
    options: &DockerfileOptions,
    loader: &FileLoader,
    settings: &Settings,
) -> Result<FileReport, (String, String)> {
    let (file, contexts) = match input {
        Input::Stdin => {
            let file = loader::read_stdin().map_err(|error| ("<stdin>".to_owned(), error))?;
            (file, discovery::contexts("Dockerfile".into(), options.context.as_deref()))
        }
        Input::File(path) => {
            let file = loader::read_input(path).map_err(|error| (path.to_string(), error))?;
            (file, discovery::contexts(path, options.context.as_deref()))
        }
    };
    let mut sources = Sources::new();
    let file = sources.add(Arc::new(file));
    let input = DockerfileInput { file, contexts };
    let mut checked = linter::check_dockerfile(&mut sources, &input, loader, settings);
    let report = &options.report;
    checked.diagnostics.retain(|diagnostic| {
        let selected = report.select.is_empty() || report.select.iter().any(|name| name == diagnostic.rule);
        selected && !report.ignore.iter().any(|name| name == diagnostic.rule)
    });
    Ok(FileReport { sources, file, checked })
}

fn finish(report: &Report, options: &ReportOptions) -> anyhow::Result<Outcome> {
    let colored = output::colored(options.color, options.output_file.is_some());
    let text = match options.format {
        Format::Text => render::text::render(report, options, colored),
        Format::Json => render::json::render(report)?,
    };
    output::write(options.output_file.as_deref(), &text)?;
    for (file, message) in &report.errors {
        output::error_line(&format!("{file}: {message}"));
    }
    Ok(outcome(report, options.fail_on))
}

fn outcome(report: &Report, fail_on: FailOn) -> Outcome {
    let threshold = match fail_on {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Info => Some(Severity::Info),
        FailOn::Never => None,
    };
    if !report.errors.is_empty() {
        return Outcome::Failed;
    }
    let worst = report.diagnostics().map(|(_, diagnostic)| diagnostic.severity).max();
    match (threshold, worst) {
        (Some(threshold), Some(worst)) if worst >= threshold => Outcome::Findings,
        _ => Outcome::Clean,
    }
}
