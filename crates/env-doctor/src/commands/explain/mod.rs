mod json;
mod text;

use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use camino::Utf8Path;
use facts::symptom::{self, Symptom};
use linter::symptoms::{self, Evidence, Likely, Log, Scanner, Values, Weight};
use linter::{Rule, Settings, rules};
use source::{Diagnostic, Severity, suggest};
use workspace::failure::Failure;
use workspace::file_report::FileReport;
use workspace::inputs;

use crate::cli::{ExplainOptions, ListFormat};
use crate::{Outcome, output};

/// Explains a rule, a message, or the known messages of a log.
pub(crate) fn run(options: &ExplainOptions) -> anyhow::Result<Outcome> {
    let text = options.text.join(" ");
    if let Some(rule) = rules::find(&text) {
        return page(rule, options.format);
    }
    let (log, name) = read(options, &text)?;
    let known = symptom::find(&text);
    let mut settings = options.machine.settings(options.format.audience())?;
    settings.target = settings.target.or(symptoms::implied(&log));
    let (evidence, failures) = evidence(options, &settings)?;
    let explained = match known {
        Some(symptom) => vec![by_name(symptom, &log, &settings, &evidence)],
        None => by_message(&log, &settings, &evidence),
    };
    if explained.is_empty() && name.is_empty() && is_name(&text) {
        bail!(unknown_name(&text));
    }
    let out = match options.format {
        ListFormat::Json => json::render(&log, &explained, &failures)?,
        ListFormat::Text => text::render(&log, &explained, output::colored(options.color, false)),
    };
    output::write(None, &out)?;
    for failure in &failures {
        output::failure(failure);
    }
    if explained.is_empty() {
        output::error_line(&nothing(&name, &log));
    }
    Ok(match (!Failure::any(&failures), explained.is_empty()) {
        (false, _) => Outcome::Failed,
        (true, true) => Outcome::Findings,
        (true, false) => Outcome::Clean,
    })
}

/// A message and its causes.
struct Explained<'l> {
    symptom: &'static Symptom,
    /// Where it stands, if it was in a log.
    hit: Option<&'l symptoms::Hit>,
    causes: Vec<Likely>,
}

fn page(rule: &'static Rule, format: ListFormat) -> anyhow::Result<Outcome> {
    let text = match format {
        ListFormat::Text => rule.page.to_owned(),
        ListFormat::Json => json::rule(rule)?,
    };
    output::write(None, &text)?;
    Ok(Outcome::Clean)
}

/// What the user wants explained, and what to call it.
fn read(options: &ExplainOptions, text: &str) -> anyhow::Result<(Log, String)> {
    if !text.is_empty() && text != "-" {
        return Ok((symptoms::scan(text.as_bytes()), String::new()));
    }
    let path = options.log.as_deref().filter(|path| *path != "-");
    if path.is_none() && text.is_empty() && options.log.is_none() && io::stdin().is_terminal() {
        bail!("give a rule's name, the text of an error, `--log FILE`, or a log on standard input");
    }
    let name = path.map_or("standard input", Utf8Path::as_str);
    let mut scanner = Scanner::default();
    workspace::loader::read_log(path, &mut |piece| scanner.feed(piece))
        .with_context(|| format!("cannot read {name}"))?;
    Ok((scanner.finish(), name.to_owned()))
}

/// What the rules find in the files and on the machine that may hold the cause.
fn evidence(
    options: &ExplainOptions,
    settings: &Settings,
) -> anyhow::Result<(Vec<Evidence>, Vec<Failure>)> {
    let (mut reports, mut failures) = (Vec::new(), Vec::new());
    if !options.paths.is_empty() {
        (reports, failures) = inputs::found_below(&options.paths, settings.clone())?;
    }
    let mut found: Vec<Evidence> = reports
        .iter()
        .flat_map(|report| findings(report, Weight::Advice))
        .collect();
    if let Some(facts) = &settings.host {
        let report = inputs::host_findings(Arc::clone(facts))?;
        let mut machine: Vec<Evidence> = findings(&report, Weight::Circumstance).collect();
        // Where the engine is elsewhere, what this machine has does not matter.
        let elsewhere = |found: &Evidence| {
            rules::find(&found.rule).is_some_and(|rule| rule.special.excludes_others)
        };
        if machine.iter().any(elsewhere) {
            machine.retain(elsewhere);
        }
        found.extend(machine);
    }
    Ok((found, failures))
}

/// What was found; `mild` is what advice counts for.
fn findings(report: &FileReport, mild: Weight) -> impl Iterator<Item = Evidence> {
    let diagnostics = report.checked.diagnostics.iter();
    diagnostics.map(move |diagnostic| Evidence {
        rule: diagnostic.rule.to_owned(),
        place: place(report, diagnostic),
        message: diagnostic.message.clone(),
        help: diagnostic.help.clone(),
        weight: if diagnostic.severity == Severity::Info {
            mild
        } else {
            Weight::Fault
        },
    })
}

/// `compose.yaml:4`, or what of the machine was looked at.
fn place(report: &FileReport, diagnostic: &Diagnostic) -> String {
    let at = diagnostic.primary.location;
    let source = report.sources.get(at.file);
    if source.is_observed() {
        return source.name().to_owned();
    }
    let line = source.position(at.span.start).line;
    format!("{}:{line}", source.name())
}

fn by_name<'l>(
    symptom: &'static Symptom,
    log: &Log,
    settings: &Settings,
    evidence: &[Evidence],
) -> Explained<'l> {
    let values = Values::general(log, &settings.target);
    Explained {
        symptom,
        hit: None,
        causes: symptoms::causes(symptom, &values, evidence),
    }
}

fn by_message<'l>(log: &'l Log, settings: &Settings, evidence: &[Evidence]) -> Vec<Explained<'l>> {
    let answers = symptoms::answers(log, &settings.target, evidence);
    let explained = answers.into_iter().map(|answer| Explained {
        symptom: answer.hit.symptom,
        hit: Some(answer.hit),
        causes: answer.causes,
    });
    explained.collect()
}

/// What to say where no known message was found.
fn nothing(name: &str, log: &Log) -> String {
    if !name.is_empty() {
        let lines = log.lines;
        let s = if lines == 1 { "" } else { "s" };
        return format!("no known message in {name} ({lines} line{s})");
    }
    "no known message in this text".to_owned()
}

/// Whether the text can only be meant as the name of a rule or a message.
fn is_name(text: &str) -> bool {
    !text.contains(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
}

fn unknown_name(name: &str) -> String {
    let names = rules::ALL.iter().map(|rule| rule.name);
    let names = names.chain(symptom::all().iter().map(|symptom| symptom.name.as_str()));
    let hint = suggest::hint(name, names);
    format!("no known message and no rule `{name}`{hint} (`env-doctor rules` lists the rules)")
}
