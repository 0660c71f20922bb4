use std::sync::Arc;

use anyhow::Context as _;
use camino::Utf8Path;
use host::{HostFacts, OsSystem};
use linter::{Checked, Settings, rules};
use source::{Severity, SourceFile, Sources};

use crate::cli::{ConfigOptions, HostOptions};
use crate::config::{Flags, Policies};
use crate::news::News;
use crate::report::{FileReport, HostReport, MACHINE, Report};
use crate::{Outcome, machine, output};

/// Checks this machine, or one that was written down.
pub(crate) fn run(options: &HostOptions) -> anyhow::Result<Outcome> {
    let flags = Flags::new(&options.report, Settings::default())?;
    let policies = Policies::new(flags, &options.config, News::default())?;
    let facts = match (&options.host, &options.record) {
        (Some(path), _) if path != machine::AUTO => machine::read(path)?,
        (_, Some(folder)) => record(folder)?,
        _ => machine::here(options.report.format.audience()),
    };
    let checked = check(Arc::new(facts), &policies, true);
    // The configuration is read when it is first asked for.
    let mut report = Report::new(Vec::new(), policies.failures());
    report.host = Some(checked);
    report.conceal();
    super::report(&report, &options.report)
}

/// What the rules say of a machine, all of them at their own severity.
pub(super) fn report(facts: Arc<HostFacts>) -> anyhow::Result<FileReport> {
    let flags = Flags::of_settings(Settings::default());
    let policies = Policies::new(flags, &ConfigOptions::default(), News::default())?;
    Ok(check(facts, &policies, true).file)
}

fn record(folder: &Utf8Path) -> anyhow::Result<HostFacts> {
    let facts = host::system::record(&OsSystem, folder.as_std_path());
    let facts = facts.with_context(|| format!("cannot write {folder}"))?;
    let files = [host::system::MACHINE_FILE, host::system::FACTS_FILE];
    let names: Vec<String> = files
        .iter()
        .map(|name| folder.join(name).into_string())
        .collect();
    output::error_line(&format!(
        "wrote {}; look through them before you show them",
        names.join(" and ")
    ));
    Ok(facts)
}

fn is_about_absence(rule: &str) -> bool {
    rules::find(rule).is_some_and(|rule| rule.special.about_absence)
}

/// Judges a machine; `is_subject` says whether every layer is shown.
pub(super) fn check(facts: Arc<HostFacts>, policies: &Policies, is_subject: bool) -> HostReport {
    let mut sources = Sources::new();
    let file = sources.add(Arc::new(SourceFile::observed(MACHINE, "")));
    let policy = policies.of_directory(Utf8Path::new(""));
    let judge = |rule: &str, found: Severity| match &policy {
        // Where files are the subject, they are for another machine then.
        _ if !is_subject && found == Severity::Info && is_about_absence(rule) => None,
        Some(policy) => policy.judge(rule, found, &[]),
        None => Some(found),
    };
    let checked = linter::check_host(&mut sources, &facts, &judge);
    let overview = linter::Overview {
        stages: 0,
        facts: checked.overview,
    };
    let mut report = FileReport::new(
        sources,
        file,
        Checked {
            diagnostics: checked.diagnostics,
            overview,
            ..Checked::default()
        },
    );
    if let Some(policy) = &policy {
        report.threshold = policy.threshold();
    }
    HostReport {
        file: report,
        facts,
        layers: checked.layers,
        is_subject,
        blind: checked.blind,
        proof: checked.proof,
    }
}
