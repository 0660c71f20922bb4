//! What comes of a check.

use source::Diagnostic;

use crate::derive::note::{Note, Overview};

/// The result of one check.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Findings in the order of file, offset, rule.
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that comments keep from the report.
    pub suppressed: Vec<Diagnostic>,
    /// What was not looked at.
    pub notes: Vec<Note>,
    /// What was.
    pub overview: Overview,
}
