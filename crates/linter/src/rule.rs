//! What a rule is: plain data and one function.

use source::Severity;

/// Whether a rule's findings come with edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixAvailability {
    /// Never: the help says what to type.
    None,
    /// Where the fix is certain.
    Sometimes,
    /// With every finding.
    Always,
}

/// What a rule looks at.
#[derive(Clone, Copy)]
pub enum Check {
    /// Nothing yet.
    Todo,
}

/// One rule of the catalogue.
pub struct Rule {
    /// Kebab-case name; the interface of JSON, configuration and documentation.
    pub name: &'static str,
    /// One line, no full stop.
    pub summary: &'static str,
    /// What it usually reports; single findings may be milder or worse, as the page says.
    pub severity: Severity,
    /// Whether findings come with edits.
    pub fix: FixAvailability,
    /// The page in Markdown.
    pub page: &'static str,
    /// The function that looks.
    pub check: Check,
}
