//! The result of a run, before any format.

use std::collections::HashSet;
use std::sync::Arc;

use host::HostFacts;
use linter::LayerVerdict;
use linter::fix::Dropped;
use source::{Diagnostic, Severity, Sources, Span};

use crate::failure::Failure;
use crate::file_report::FileReport;
use crate::news::Stale;
use crate::shown;

/// What machine findings stand under.
pub const MACHINE: &str = "the machine";

/// The result of checking a machine.
pub struct HostReport {
    /// Its findings with the places that they speak of.
    pub file: FileReport,
    /// What is known of it.
    pub facts: Arc<HostFacts>,
    /// What became of each layer.
    pub layers: Vec<LayerVerdict>,
    /// Whether the report is about the machine in the first place, so that every layer is shown.
    pub is_subject: bool,
    /// Why nothing could be judged.
    pub blind: Option<&'static str>,
    /// One command that shows whether a container gets the GPU.
    pub proof: Option<&'static str>,
}

/// The result of a run.
pub struct Report {
    /// The machine, where it was looked at.
    pub host: Option<HostReport>,
    /// In the order of the inputs.
    pub files: Vec<FileReport>,
    /// Inputs that could not be checked, and files that could not be written.
    pub failures: Vec<Failure>,
    /// Files that were left out on purpose, and why.
    pub left_out: Vec<Failure>,
    /// How many findings were repaired; they are in no file any more.
    pub fixed: usize,
    /// Fixes that were tried and not kept.
    pub dropped: Vec<Dropped>,
    /// What is left in the baseline of findings that are gone.
    pub stale: Option<Stale>,
}

impl Report {
    /// Brings the results of all inputs together. Inputs that install from the same dependency file have its
    /// findings in common: the first one reports them.
    pub fn new(mut files: Vec<FileReport>, failures: Vec<Failure>) -> Self {
        drop_repeated(&mut files);
        let (left_out, failures) = failures.into_iter().partition(|it| it.is_left_out);
        Self {
            host: None,
            files,
            failures,
            left_out,
            fixed: 0,
            dropped: Vec::new(),
            stale: None,
        }
    }

    /// Takes out of the files what no report may show. They can be repaired no more.
    pub fn conceal(&mut self) {
        let machine = self.host.iter_mut().map(|host| &mut host.file);
        for file in machine.chain(&mut self.files) {
            file.sources = file.sources.for_reports();
        }
        if let Some(host) = &mut self.host {
            shown::layers(&mut host.layers);
        }
        for failure in &mut self.failures {
            shown::text(&mut failure.message);
        }
    }

    /// All findings with their inputs.
    pub fn diagnostics(&self) -> impl Iterator<Item = (&FileReport, &Diagnostic)> {
        let machine = self.host.iter().map(|host| &host.file);
        machine.chain(&self.files).flat_map(|file| {
            let diagnostics = file.checked.diagnostics.iter();
            diagnostics.map(move |diagnostic| (file, diagnostic))
        })
    }

    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics()
            .filter(|(_, diagnostic)| diagnostic.severity == severity)
            .count()
    }

    /// How many findings comments keep from the report.
    pub fn suppressed(&self) -> usize {
        self.files.iter().map(|file| file.suppressed).sum()
    }

    /// How many findings are left out because the baseline has them.
    pub fn in_baseline(&self) -> usize {
        self.files.iter().map(|file| file.old.baseline).sum()
    }

    /// How many findings are left out because their lines were not changed.
    pub fn unchanged(&self) -> usize {
        self.files.iter().map(|file| file.old.unchanged).sum()
    }

    /// The worst severity found.
    pub fn worst(&self) -> Option<Severity> {
        self.diagnostics()
            .map(|(_, diagnostic)| diagnostic.severity)
            .max()
    }

    /// Whether something found is bad enough to fail the run.
    pub fn fails(&self) -> bool {
        self.diagnostics()
            .any(|(file, diagnostic)| file.fails(diagnostic))
    }

    /// How many findings come with an edit that can be applied.
    pub fn fixable(&self) -> usize {
        let applied = |fix: &source::Fix| fix.applicability > source::Applicability::DisplayOnly;
        self.diagnostics()
            .filter(|(_, diagnostic)| diagnostic.fixes.first().is_some_and(applied))
            .count()
    }
}

/// What makes two findings in a dependency file the same.
type Identity = (&'static str, Severity, String, Span, String);

fn identity(sources: &Sources, diagnostic: &Diagnostic) -> Identity {
    let at = diagnostic.primary.location;
    (
        diagnostic.rule,
        diagnostic.severity,
        sources.get(at.file).name().to_owned(),
        at.span,
        diagnostic.message.clone(),
    )
}

fn drop_repeated(files: &mut [FileReport]) {
    let mut seen: HashSet<Identity> = HashSet::new();
    for report in files {
        let FileReport {
            sources,
            file,
            checked,
            repeated,
            ..
        } = report;
        checked.diagnostics.retain(|diagnostic| {
            let own = diagnostic.primary.location.file == *file;
            let new = own || seen.insert(identity(sources, diagnostic));
            *repeated += usize::from(!new);
            new
        });
    }
}

/// How many findings a report of these files would have.
pub(crate) fn distinct(files: &[FileReport]) -> usize {
    let mut seen: HashSet<Identity> = HashSet::new();
    let mut count = 0;
    for report in files {
        for diagnostic in &report.checked.diagnostics {
            let own = diagnostic.primary.location.file == report.file;
            count += usize::from(own || seen.insert(identity(&report.sources, diagnostic)));
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use linter::Checked;
    use source::{Location, SourceFile};

    use super::*;

    fn input(name: &str) -> FileReport {
        let mut sources = Sources::new();
        let file = sources.add(Arc::new(SourceFile::new(name, "FROM x\n")));
        let shared = sources.add(Arc::new(SourceFile::new("requirements.txt", "torch\n")));
        let finding = |file| {
            let at = Location::new(file, Span::new(0, 5));
            Diagnostic::new("some-rule", Severity::Error, "wrong", at)
        };
        let checked = Checked {
            diagnostics: vec![finding(file), finding(shared)],
            ..Checked::default()
        };
        FileReport::new(sources, file, checked)
    }

    #[test]
    fn a_shared_dependency_file_is_reported_once() {
        let report = Report::new(vec![input("a"), input("b")], Vec::new());
        assert_eq!(report.count(Severity::Error), 3);
        assert_eq!(distinct(&[input("a"), input("b")]), 3);
        assert_eq!(report.files[1].repeated, 1);
        assert!(!report.files[1].is_clean());
    }
}
