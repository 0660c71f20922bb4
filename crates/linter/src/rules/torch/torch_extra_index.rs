use std::collections::HashSet;

use source::{Diagnostic, Severity};

use super::{own, same_command};
use crate::derive::environment::StageView;
use crate::derive::environment::torch::{Build, By, Chosen, TorchInstall};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// Unpinned torch beside an extra index: pip takes the highest version of both.
pub(crate) static RULE: Rule = Rule {
    name: "torch-extra-index",
    summary: "unpinned torch with --extra-index-url may come from PyPI",
    section: Section::Pytorch,
    severity: Severity::Info,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/torch-extra-index.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let mut seen = HashSet::new();
    for group in own(stage).chunk_by(|a, b| same_command(&a.installed, &b.installed)) {
        let mut members = group.iter();
        let pinned = members.any(|other| other.requirement.name == "torch" && other.pin.is_some());
        for install in group {
            let (Build::Cuda(chosen) | Build::Cpu(chosen)) = install.build else {
                continue;
            };
            let pip = !install.installed.install.tool.is_uv();
            if chosen.by != By::ExtraIndex || install.pin.is_some() || !pip {
                continue;
            }
            // Beside a pinned torch the companions are those that belong to it.
            let decided = install.requirement.name != "torch" && pinned;
            if !decided && seen.insert(chosen.at) {
                report.add(finding(install, chosen, report));
            }
        }
    }
}

fn finding(install: &TorchInstall<'_>, chosen: &Chosen, report: &Report<'_>) -> Diagnostic {
    report
        .finding(format!("unpinned {} may come from PyPI instead of the {} index", install.requirement.name, chosen.suffix), install.requirement.name_at)
        .label("no version")
        .related(chosen.at, "one of two indexes")
        .why("pip treats both indexes alike and takes the highest version; once PyPI has a newer release than this index, another CUDA build is installed")
        .help("use `--index-url` for PyTorch in a command of its own, or pin the version")
}
