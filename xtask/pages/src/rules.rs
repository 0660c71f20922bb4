//! The index of the rules.

use std::fmt::Write as _;

use linter::Rule;
use linter::rules::ALL;

use super::cell;

/// `docs/rules/README.md`.
pub(crate) fn page() -> String {
    let mut out = String::from(
        "# Rules\n\n\
         Each page says what the rule finds, why it matters, how to fix it, and when not to. `env-doctor explain RULE`\n\
         prints the same page. The severity is the usual one; single findings may be milder or worse, as the page says.\n\
         The third column says how many findings `--fix` or `--unsafe-fixes` repairs.\n",
    );
    let mut rules: Vec<&Rule> = ALL.to_vec();
    rules.sort_by_key(|rule| rule.section);
    for section in rules.chunk_by(|a, b| a.section == b.section) {
        if let Some(first) = section.first() {
            let _ = writeln!(out, "\n## {}\n", first.section.title());
        }
        out.push_str("| rule | severity | fix | finds |\n| --- | --- | --- | --- |\n");
        for rule in section {
            line(rule, &mut out);
        }
    }
    out
}

fn line(rule: &Rule, out: &mut String) {
    let (name, severity, fix) = (rule.name, rule.severity.as_str(), rule.fix.as_str());
    let summary = cell(rule.summary);
    let off = if rule.is_on_by_default() {
        ""
    } else {
        " (only where `--select` names it)"
    };
    let _ = writeln!(
        out,
        "| [`{name}`](../../crates/linter/docs/rules/{name}.md) | {severity} | {fix} | {summary}{off} |"
    );
}
