use std::fmt::Write as _;

use serde::Serialize;

use crate::cli::{ListFormat, RulesOptions};
use crate::{Outcome, output, render};

#[derive(Serialize)]
struct Row {
    name: &'static str,
    severity: &'static str,
    fix: &'static str,
    summary: &'static str,
    url: String,
}

/// Prints the catalogue.
pub(crate) fn run(options: &RulesOptions) -> anyhow::Result<Outcome> {
    let rows: Vec<Row> = linter::rules::ALL
        .iter()
        .map(|rule| Row {
            name: rule.name,
            severity: rule.severity.as_str(),
            fix: rule.fix.as_str(),
            summary: rule.summary,
            url: render::rule_url(rule.name),
        })
        .collect();
    let text = match options.format {
        ListFormat::Json => serde_json::to_string_pretty(&rows)? + "\n",
        ListFormat::Text => table(&rows),
    };
    output::write(None, &text)?;
    Ok(Outcome::Clean)
}

fn table(rows: &[Row]) -> String {
    let width = rows
        .iter()
        .map(|row| row.name.len())
        .max()
        .unwrap_or_default();
    let mut out = format!(
        "{:width$}  {:8}  {:9}  summary\n",
        "rule", "severity", "fix"
    );
    for row in rows {
        let _ = writeln!(
            out,
            "{:width$}  {:8}  {:9}  {}",
            row.name, row.severity, row.fix, row.summary
        );
    }
    out
}
