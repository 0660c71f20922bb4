//! The result of checking one input.

use linter::Checked;
use linter::fix::Grammar;
use source::{Diagnostic, FileId, Severity, SourceFile, Sources};

use crate::shown;

/// The result of checking one input.
pub struct FileReport {
    /// The file and those it reads.
    pub sources: Sources,
    /// The file itself; of a Compose project the first.
    pub file: FileId,
    /// The other files of a Compose project, and the Dockerfiles that it builds from.
    pub also: Vec<FileId>,
    /// How these are read.
    pub grammars: Vec<(FileId, Grammar)>,
    /// What was found.
    pub checked: Checked,
    /// Findings that are kept from the report, by comments and otherwise.
    pub hidden: Vec<Diagnostic>,
    /// How many of them by comments.
    pub suppressed: usize,
    /// Findings in shared dependency files that an earlier input has already reported.
    pub repeated: usize,
    /// The lowest severity that fails the run; `None` where nothing does.
    pub threshold: Option<Severity>,
    /// What is hidden because it is not new.
    pub old: Old,
}

impl FileReport {
    /// The result of a check that added to `sources`.
    pub fn new(sources: Sources, file: FileId, mut checked: Checked) -> Self {
        shown::checked(&mut checked);
        let hidden = std::mem::take(&mut checked.suppressed);
        Self {
            sources,
            file,
            also: Vec::new(),
            grammars: Vec::new(),
            checked,
            suppressed: hidden.len(),
            hidden,
            repeated: 0,
            threshold: Some(Severity::Error),
            old: Old::default(),
        }
    }

    /// The input.
    pub fn source(&self) -> &SourceFile {
        self.sources.get(self.file)
    }

    /// Whether a finding is bad enough to fail the run.
    pub fn fails(&self, finding: &Diagnostic) -> bool {
        let threshold = self.threshold;
        threshold.is_some_and(|least| finding.severity >= least)
    }

    /// Whether nothing at all was found.
    pub fn is_clean(&self) -> bool {
        self.checked.diagnostics.is_empty() && self.repeated == 0
    }
}

/// What was left out of a report because it is old.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Old {
    /// Fingerprints of the findings that the baseline has.
    pub known: Vec<String>,
    /// How many findings the baseline has.
    pub baseline: usize,
    /// How many stand on lines that were not changed.
    pub unchanged: usize,
}
