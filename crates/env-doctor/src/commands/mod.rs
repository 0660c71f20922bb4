//! One file a command, and what checking commands share.

pub(crate) mod dockerfile;
pub(crate) mod explain;
pub(crate) mod rules;

use source::Severity;

use crate::cli::{FailOn, Format, ReportOptions};
use crate::render::text::{Detail, Style};
use crate::report::Report;
use crate::{Outcome, output, render};

/// Writes a report where the options want it, and says what the run amounts to.
fn finish(report: &Report, options: &ReportOptions) -> anyhow::Result<Outcome> {
    let to_file = options.output_file.is_some();
    let text = match options.format {
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
        ),
        Format::Json => render::json::render(report)?,
    };
    output::write(options.output_file.as_deref(), &text)?;
    for failure in &report.failures {
        output::error_line(&format!("{}: {}", failure.file, failure.message));
    }
    Ok(outcome(report, options.fail_on))
}

fn outcome(report: &Report, fail_on: FailOn) -> Outcome {
    if !report.failures.is_empty() {
        return Outcome::Failed;
    }
    let threshold = match fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Info => Severity::Info,
        FailOn::Never => return Outcome::Clean,
    };
    if report.worst().is_some_and(|worst| worst >= threshold) {
        Outcome::Findings
    } else {
        Outcome::Clean
    }
}
