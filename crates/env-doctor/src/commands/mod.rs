//! One file a command, and what checking commands share.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod docker_compose;
pub(crate) mod dockerfile;
pub(crate) mod explain;
pub(crate) mod host;
pub(crate) mod init;
pub(crate) mod install;
pub(crate) mod rules;

use anyhow::bail;
use linter::fix::Dropped;

use crate::cli::{FixOptions, Format, ReportOptions};
use crate::config::Policies;
use crate::discovery::Input;
use crate::loader::open::was_read;
use crate::render::text::{Detail, Style};
use crate::repair::{Recheck, Scope};
use crate::report::{Failure, FileReport, HostReport, Report};
use crate::{Outcome, output, outside, render, repair, report};

/// Refuses to write what cannot be written.
fn can_fix(inputs: &[Input], options: FixOptions) -> anyhow::Result<()> {
    if options.fix && !options.diff && inputs.contains(&Input::Stdin) {
        bail!("standard input cannot be repaired; `--diff` prints the changes");
    }
    Ok(())
}

/// The results of a command, before anything is repaired.
#[derive(Default)]
struct Found {
    /// The machine, where it was looked at.
    host: Option<HostReport>,
    /// In the order of the inputs.
    files: Vec<FileReport>,
    /// Inputs that could not be checked.
    failures: Vec<Failure>,
}

/// Repairs what is to be repaired, reports the rest with what was found about the machine, and says what the run
/// amounts to. `scope` is what may be written, `command` checks an input of `files` again.
fn finish(
    found: Found,
    policies: &Policies,
    options: &ReportOptions,
    fix: FixOptions,
    scope: &Scope,
    command: &dyn Recheck,
) -> anyhow::Result<Outcome> {
    let Found {
        host,
        mut files,
        mut failures,
    } = found;
    // Before anything is written.
    spare_inputs(options)?;
    policies.may_write_baseline()?;
    let mut repaired = repair::Outcome::default();
    let mut fixed = 0;
    if fix.fix || fix.diff {
        let before = report::distinct(&files);
        repaired = repair::run(fix, scope, &mut files, command);
        fixed = before.saturating_sub(report::distinct(&files));
        failures.append(&mut repaired.failures);
    }
    outside::withhold(&mut files, scope);
    let stale = policies.stale(&files);
    policies.write_baseline(&mut files, &mut failures)?;
    let mut report = Report::new(files, failures);
    report.stale = stale;
    report.host = host;
    report.fixed = fixed;
    report.dropped = repaired.dropped;
    report.conceal();
    if let Some(diff) = &repaired.diff {
        output::write(None, diff)?;
    }
    if repaired.diff.is_none() || options.output_file.is_some() {
        write(&report, options)?;
    }
    let outcome = close(&report);
    for untouched in &repaired.untouched {
        let repair::Untouched {
            file,
            findings,
            reason,
        } = untouched;
        let s = if *findings == 1 { "" } else { "es" };
        output::error_line(&format!("{file}: {findings} fix{s} not applied: {reason}"));
    }
    Ok(outcome)
}

/// Refuses to write a report over a file that this run has read.
fn spare_inputs(options: &ReportOptions) -> anyhow::Result<()> {
    match &options.output_file {
        Some(path) if was_read(path.as_std_path()) => {
            bail!("--output-file {path}: this run has read that file; give the report another name")
        }
        _ => Ok(()),
    }
}

/// Reports what nothing of can be repaired.
fn report(report: &Report, options: &ReportOptions) -> anyhow::Result<Outcome> {
    spare_inputs(options)?;
    write(report, options)?;
    Ok(close(report))
}

/// Names on standard error what did not work, and says what the run amounts to.
fn close(report: &Report) -> Outcome {
    for dropped in &report.dropped {
        output::error_line(&defect(dropped));
    }
    for failure in report.failures.iter().chain(&report.left_out) {
        output::failure(failure);
    }
    outcome(report)
}

/// What to say of a fix that was not kept.
fn defect(dropped: &Dropped) -> String {
    let Dropped {
        rule,
        file,
        line,
        title,
        reason,
    } = dropped;
    if title.is_empty() {
        return format!("{file}: a defect of env-doctor, please report it: {reason}");
    }
    format!(
        "{file}:{line}: a defect of env-doctor, please report it: the fix \"{title}\" of {rule} was not applied, {reason}"
    )
}

/// Writes a report where the options want it.
fn write(report: &Report, options: &ReportOptions) -> anyhow::Result<()> {
    let to_file = options.output_file.is_some();
    let put: repair::Fill<'_> = &|out| match options.format {
        Format::Text => render::text::render(
            report,
            Style {
                detail: match (options.quiet, options.verbose) {
                    (true, _) => Detail::Quiet,
                    (false, true) => Detail::Verbose,
                    (false, false) => Detail::Normal,
                },
                colored: output::colored(options.color, to_file),
                ascii: !to_file && !output::locale_is_utf8(),
            },
            out,
        ),
        Format::Concise => render::concise::render(report, out),
        Format::Json => render::json::render(report, out),
        Format::Sarif => render::sarif::render(report, out),
        Format::Github => render::github::render(report, out),
        Format::Gitlab => render::gitlab::render(report, out),
        Format::Junit => render::junit::render(report, out),
        Format::Markdown => render::markdown::render(report, out),
        Format::Html => render::html::render(report, out),
    };
    output::stream(options.output_file.as_deref(), put)
}

fn outcome(report: &Report) -> Outcome {
    if !report.failures.is_empty() {
        Outcome::Failed
    } else if report.fails() {
        Outcome::Findings
    } else {
        Outcome::Clean
    }
}
