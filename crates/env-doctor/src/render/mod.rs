//! Reports in each format.

pub(crate) mod json;
pub(crate) mod text;

/// Where the rules' pages are in the project; becomes an address once the project has a published home.
const PAGES: &str = "docs/rules";

/// Where to read about a rule.
pub(crate) fn rule_url(rule: &str) -> String {
    format!("{PAGES}/{rule}.md")
}
