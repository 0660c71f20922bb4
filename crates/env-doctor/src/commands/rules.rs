use std::fmt::Write as _;

use linter::rules::ALL;
use linter::{Rule, Section};
use serde::Serialize;
use workspace::pages::rule_url;

use crate::cli::{ListFormat, RulesOptions};
use crate::{Outcome, output};

#[derive(Serialize)]
struct Row {
    name: &'static str,
    section: &'static str,
    severity: &'static str,
    fix: &'static str,
    enabled: bool,
    commands: Vec<&'static str>,
    summary: &'static str,
    url: String,
}

/// Prints the catalogue.
pub(crate) fn run(options: &RulesOptions) -> anyhow::Result<Outcome> {
    let text = match options.format {
        ListFormat::Json => {
            let rows: Vec<Row> = ALL.iter().map(|rule| row(rule)).collect();
            serde_json::to_string_pretty(&rows)? + "\n"
        }
        ListFormat::Text => table(),
    };
    output::write(None, &text)?;
    Ok(Outcome::Clean)
}

fn row(rule: &Rule) -> Row {
    Row {
        name: rule.name,
        section: rule.section.as_str(),
        severity: rule.severity.as_str(),
        fix: rule.fix.as_str(),
        enabled: rule.is_on_by_default(),
        commands: rule.commands(),
        summary: rule.summary,
        url: rule_url(rule.name),
    }
}

/// One line a rule, below the headings of the sections.
fn table() -> String {
    let mut rules: Vec<&Rule> = ALL.to_vec();
    rules.sort_by_key(|rule| rule.section);
    let width = rules.iter().map(|rule| rule.name.len()).max();
    let width = width.unwrap_or_default();
    let mut out = String::new();
    let mut section: Option<Section> = None;
    for rule in rules {
        if section.replace(rule.section) != Some(rule.section) {
            let gap = if out.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}{}", rule.section.title());
        }
        let (name, severity, summary) = (rule.name, rule.severity.as_str(), rule.summary);
        let fix = if rule.fix == linter::FixAvailability::None {
            ""
        } else {
            "fix"
        };
        let off = if rule.is_on_by_default() {
            ""
        } else {
            " (where selected)"
        };
        let _ = writeln!(
            out,
            "  {name:width$}  {severity:7}  {fix:3}  {summary}{off}"
        );
    }
    out
}
