//! Reports in each format, written finding by finding: no format holds its text as a whole.

pub(crate) mod concise;
mod counts;
mod diff;
mod each;
mod findings;
pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod markdown;
mod markup;
pub(crate) mod sarif;
#[cfg(test)]
mod streaming;
#[cfg(test)]
mod testing;
pub(crate) mod text;

/// Where the rules' pages are in the project; becomes an address once the project has a published home.
const PAGES: &str = "crates/linter/docs/rules";

/// Where to read about a rule.
pub(crate) fn rule_url(rule: &str) -> String {
    format!("{PAGES}/{rule}.md")
}

/// The same where it is an address that can be followed from anywhere.
fn rule_address(rule: &str) -> Option<String> {
    PAGES.contains("://").then(|| rule_url(rule))
}
