//! Where to read about a rule.

/// Where the rules' pages are in the project; becomes an address once the project has a published home.
const PAGES: &str = "crates/linter/docs/rules";

/// Where to read about a rule.
pub fn rule_url(rule: &str) -> String {
    format!("{PAGES}/{rule}.md")
}

/// The same where it is an address that can be followed from anywhere.
pub fn rule_address(rule: &str) -> Option<String> {
    PAGES.contains("://").then(|| rule_url(rule))
}
