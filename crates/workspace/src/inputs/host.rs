//! What the rules say of a machine.

use std::sync::Arc;

use camino::Utf8Path;
use host::HostFacts;
use linter::{Checked, Settings, rules};
use source::{Severity, SourceFile, Sources};

use super::workspace::Workspace;
use crate::Result;
use crate::config::{Flags, Policies, Whence};
use crate::file_report::FileReport;
use crate::files::Folders;
use crate::news::News;
use crate::report::{HostReport, MACHINE};

/// What the rules say of a machine, all of them at their own severity.
pub fn host_findings(facts: Arc<HostFacts>) -> Result<FileReport> {
    let flags = Flags::of_settings(Settings::default());
    let folders = Folders::of_disk();
    let policies = Policies::new(folders, flags, &Whence::default(), News::default())?;
    Ok(judge_host(facts, &policies, true).file)
}

impl Workspace {
    /// Judges the machine that files are checked for.
    pub fn judge_host(&self, facts: Arc<HostFacts>) -> HostReport {
        judge_host(facts, &self.policies, false)
    }
}

fn is_about_absence(rule: &str) -> bool {
    rules::find(rule).is_some_and(|rule| rule.special.about_absence)
}

/// Judges a machine; `is_subject` says whether every layer is shown.
pub fn judge_host(facts: Arc<HostFacts>, policies: &Policies, is_subject: bool) -> HostReport {
    let mut sources = Sources::new();
    let file = sources.add(Arc::new(SourceFile::observed(MACHINE, "")));
    let policy = policies.of_directory(Utf8Path::new(""));
    let judge = |rule: &str, found: Severity| match &policy {
        // Where files are the subject, they are for another machine then.
        _ if !is_subject && found == Severity::Info && is_about_absence(rule) => None,
        Some(policy) => policy.judge(rule, found, &[]),
        None => Some(found),
    };
    let checked = linter::check_host(&mut sources, &facts, &judge);
    let overview = linter::Overview {
        stages: 0,
        facts: checked.overview,
    };
    let mut report = FileReport::new(
        sources,
        file,
        Checked {
            diagnostics: checked.diagnostics,
            overview,
            ..Checked::default()
        },
    );
    if let Some(policy) = &policy {
        report.threshold = policy.threshold();
    }
    HostReport {
        file: report,
        facts,
        layers: checked.layers,
        is_subject,
        blind: checked.blind,
        proof: checked.proof,
    }
}
