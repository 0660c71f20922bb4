use std::collections::HashSet;

use facts::pytorch_index::{self, IndexStatus};
use facts::torch::{self, TorchRelease};
use packages::action::VersionSpec;
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
                let finding = ended(stage, install, chosen, report);
                report.add(finding.unwrap_or_else(|| finding_of(install, chosen, report)));
            }
        }
    }
}

/// An index that gets no more releases loses against PyPI always, where PyPI has a newer one for this Python.
fn ended(
    stage: StageView<'_>,
    install: &TorchInstall<'_>,
    chosen: &Chosen,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    if install.requirement.name != "torch" || install.requirement.version != VersionSpec::Any {
        return None;
    }
    let IndexStatus::Published(row) = pytorch_index::find(&chosen.suffix) else {
        return None;
    };
    let last = row
        .torch_last
        .filter(|_| row.status == "archived" && row.complete)?;
    let python = stage.interpreter_of(&install.installed)?;
    let fits =
        |release: &&TorchRelease| torch::supports_python(release, &python.version) == Some(true);
    let newest = torch::all().iter().rev().find(fits)?;
    let is_newer = newest.confidence.supports_errors()
        && torch::release(&last).is_some_and(|last| last.indexes.has(&row.suffix))
        && !newest.indexes.has(&row.suffix);
    is_newer.then(|| {
        report
            .with_severity(
                Severity::Warning,
                format!(
                    "torch {} for CUDA {} comes from PyPI: the {} index ended with {last}",
                    newest.version, newest.cuda, row.suffix
                ),
                install.requirement.name_at,
            )
            .label("no version")
            .related(chosen.at, "the older of two indexes")
            .why("pip treats both indexes alike and takes the highest version")
            .help(format!(
                "use `--index-url` for PyTorch in a command of its own, or pin a version of the index: torch=={last}"
            ))
    })
}

fn finding_of(install: &TorchInstall<'_>, chosen: &Chosen, report: &Report<'_>) -> Diagnostic {
    report
        .finding(format!("unpinned {} may come from PyPI instead of the {} index", install.requirement.name, chosen.suffix), install.requirement.name_at)
        .label("no version")
        .related(chosen.at, "one of two indexes")
        .why("pip treats both indexes alike and takes the highest version; once PyPI has a newer release than this index, another CUDA build is installed")
        .help("use `--index-url` for PyTorch in a command of its own, or pin the version")
}
