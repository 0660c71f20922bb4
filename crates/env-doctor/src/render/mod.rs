//! Reports in each format.

pub(crate) mod json;
pub(crate) mod text;

use linter::Checked;
use source::{Diagnostic, FileId, Severity, Sources};

/// Where the pages of the rules are, relative to the project's repository.
const PAGES: &str = "docs/rules";

/// The address of a rule's page.
pub(crate) fn rule_url(rule: &str) -> String {
    format!("{PAGES}/{rule}.md")
}

/// The result of checking one input.
pub(crate) struct FileReport {
    /// The file and those it reads.
    pub sources: Sources,
    /// The file itself.
    pub file: FileId,
    /// What was found.
    pub checked: Checked,
}

/// The result of a run.
pub(crate) struct Report {
    /// In the order of the inputs.
    pub files: Vec<FileReport>,
    /// Inputs that could not be checked, with the reason.
    pub errors: Vec<(String, String)>,
}

impl Report {
    /// All findings with their files.
    pub(crate) fn diagnostics(&self) -> impl Iterator<Item = (&FileReport, &Diagnostic)> {
        self.files.iter().flat_map(|file| file.checked.diagnostics.iter().map(move |diagnostic| (file, diagnostic)))
    }

    /// How many findings have this severity.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.diagnostics().filter(|(_, diagnostic)| diagnostic.severity == severity).count()
    }

    /// How many findings come with an edit.
    pub(crate) fn fixable(&self) -> usize {
        self.diagnostics().filter(|(_, diagnostic)| !diagnostic.fixes.is_empty()).count()
    }
}
