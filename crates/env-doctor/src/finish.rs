//! What ends every check: the report, what is said beside it, and the exit status.

use anyhow::bail;
use linter::fix::Dropped;
use workspace::files::was_read;
use workspace::inputs::{Checked, Finished, Workspace};
use workspace::repair::{Scope, Untouched};
use workspace::report::{HostReport, Report};
use workspace::writing::Fill;

use crate::cli::{CheckingOptions, Format, ReportOptions};
use crate::render::text::{Detail, Style};
use crate::{Outcome, output, render};

/// Repairs what is to be repaired, reports the rest with what was found about the machine, and says what the run
/// amounts to. `scope` is what may be written.
pub(crate) fn finish(
    workspace: &Workspace,
    checked: Checked,
    host: Option<HostReport>,
    scope: &Scope,
    checking: &CheckingOptions,
) -> anyhow::Result<Outcome> {
    let options = &checking.report;
    // Before anything is written.
    spare_inputs(options)?;
    let finished = workspace.finish(checked, host, checking.fix.wanted(), scope)?;
    let Finished {
        report,
        diff,
        untouched,
    } = finished;
    if let Some(diff) = &diff {
        output::write(None, diff)?;
    }
    if diff.is_none() || options.output_file.is_some() {
        write(&report, options)?;
    }
    let outcome = close(&report);
    for Untouched {
        file,
        findings,
        reason,
    } in &untouched
    {
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
pub(crate) fn report(report: &Report, options: &ReportOptions) -> anyhow::Result<Outcome> {
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
    let put: Fill<'_> = &|out| match options.format {
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
