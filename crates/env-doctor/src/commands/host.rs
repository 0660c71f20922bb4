use std::sync::Arc;

use anyhow::Context as _;
use camino::Utf8Path;
use host::{HostFacts, OsSystem};
use linter::Settings;
use workspace::config::{Flags, Policies};
use workspace::files::Folders;
use workspace::inputs::judge_host;
use workspace::machine;
use workspace::news::News;
use workspace::report::Report;

use crate::cli::HostOptions;
use crate::{Outcome, finish, output};

/// Checks this machine, or one that was written down.
pub(crate) fn run(options: &HostOptions) -> anyhow::Result<Outcome> {
    let flags = Flags::new(options.report.said(), Settings::default())?;
    let policies = Policies::new(
        Folders::of_disk(),
        flags,
        &options.config.whence(),
        News::default(),
    )?;
    let facts = match (&options.host, &options.record) {
        (Some(path), _) if path != machine::AUTO => machine::read(path)?,
        (_, Some(folder)) => record(folder)?,
        _ => machine::here(options.report.format.audience()),
    };
    let checked = judge_host(Arc::new(facts), &policies, true);
    // The configuration is read when it is first asked for.
    let mut report = Report::new(Vec::new(), policies.failures());
    report.host = Some(checked);
    report.conceal();
    finish::report(&report, &options.report)
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
