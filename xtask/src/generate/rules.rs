//! The index of the rules.

use std::fmt::Write as _;

use super::cell;

/// `docs/rules/README.md`.
pub(super) fn page() -> String {
    let mut out = String::from(
        "# Rules\n\n\
         Each page says what the rule finds, why it matters, how to fix it, and when not to. `env-doctor explain RULE`\n\
         prints the same page. The severity is the usual one; single findings may be milder or worse, as the page says.\n\n\
         | rule | severity | fix | finds |\n\
         | --- | --- | --- | --- |\n",
    );
    for rule in linter::rules::ALL {
        let (name, severity, fix) = (rule.name, rule.severity.as_str(), rule.fix.as_str());
        let summary = cell(rule.summary);
        let _ = writeln!(
            out,
            "| [`{name}`]({name}.md) | {severity} | {fix} | {summary} |"
        );
    }
    out
}
