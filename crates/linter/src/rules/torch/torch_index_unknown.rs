use std::cell::OnceCell;

use facts::CudaVersion;
use facts::pytorch_index::{Channel, IndexKind, nearest};
use facts::torch::TorchRelease;
use source::{Diagnostic, Edit, Fix, Location, Severity};

use super::{nearest_published, never_existed};
use crate::derive::environment::StageView;
use crate::derive::environment::torch::{self, By};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// An index that `PyTorch` never published.
pub(crate) static RULE: Rule = Rule {
    name: "torch-index-unknown",
    summary: "a PyTorch wheel index that never existed",
    section: Section::Pytorch,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/torch-index-unknown.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let pinned = OnceCell::new();
    let release = || *pinned.get_or_init(|| pinned_release(stage));
    for installed in stage.own_python() {
        let own = installed
            .requirements()
            .filter_map(|requirement| requirement.index.as_ref());
        for index in installed.install.indexes.all().chain(own) {
            let Some(url) = index.url.known() else {
                continue;
            };
            let IndexKind::PyTorch {
                channel: Channel::Stable,
                suffix: Some(suffix),
            } = stage.model.known.kind(index)
            else {
                continue;
            };
            if !never_existed(suffix) {
                continue;
            }
            let Some(at) = url.rfind(suffix) else {
                continue;
            };
            let range = at..at + suffix.len();
            report.add(finding(
                suffix,
                index.url.locate(range.clone()),
                index.url.editable(range),
                release(),
                report,
            ));
        }
    }
    for install in super::own(stage) {
        if let Some(chosen) = install.build.chosen().filter(|chosen| {
            matches!(chosen.by, By::LocalVersion | By::Backend) && never_existed(&chosen.suffix)
        }) {
            report.add(finding(
                &chosen.suffix,
                chosen.at,
                chosen.editable,
                release(),
                report,
            ));
        }
    }
}

/// The release of the first torch with a version in the stage.
fn pinned_release(stage: StageView<'_>) -> Option<&'static TorchRelease> {
    let installs = torch::installs(stage);
    let mut pins = installs
        .iter()
        .filter(|install| install.requirement.name == "torch")
        .filter_map(|install| install.pin);
    pins.next().and_then(facts::torch::release)
}

fn finding(
    suffix: &str,
    at: Location,
    editable: Option<Location>,
    release: Option<&TorchRelease>,
    report: &Report<'_>,
) -> Diagnostic {
    let cuda = CudaVersion::from_suffix(suffix);
    let version = cuda.map_or_else(String::new, |cuda| format!(" for CUDA {cuda}"));
    let finding = report
        .finding(format!("there is no PyTorch index {suffix}: wheels{version} were never published"), at)
        .label("never existed")
        .why("as the only index it stops pip: \"Could not find a version that satisfies the requirement torch (from versions: none)\"; beside PyPI it is skipped, and PyPI's default build is installed");
    // A pinned torch may not be on the index that suits the CUDA version alone.
    let instead = match (cuda, release) {
        (Some(cuda), Some(_)) => super::choose_index(Some(cuda), release),
        (Some(cuda), None) => nearest(cuda)
            .map(|row| row.suffix.as_str())
            .or_else(|| nearest_published(cuda)),
        (None, _) => None,
    };
    let Some(instead) = instead else {
        return finding.help("use one of cu118, cu121, cu124, cu126, cu128, cu130");
    };
    let finding = finding.help(format!(
        "use {instead}: wheels bring their own CUDA and run on any driver of the same major"
    ));
    match editable {
        Some(place) => finding.fix(
            Fix::safe(
                format!("use {instead}"),
                vec![Edit::replace(place, instead)],
            )
            .uncovering(),
        ),
        None => finding,
    }
}
