use facts::nvidia_cuda::{self, Verdict};
use source::{Fix, Severity};

use crate::derive::environment::StageView;
use crate::derive::image::Base;
use crate::rules::edits;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A tag that may still be pulled, but is no longer maintained.
pub(crate) static RULE: Rule = Rule {
    name: "cuda-image-end-of-life",
    summary: "the CUDA image is out of support or was replaced by a newer patch",
    section: Section::BaseImage,
    severity: Severity::Info,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/cuda-image-end-of-life.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Base::Image(image) = &stage.stage().base else {
        return;
    };
    let (true, None, Some(tag), Some(range)) = (
        image.is_official_cuda(),
        &image.reference.digest,
        image.reference.tag.as_deref(),
        image.reference.tag_range.clone(),
    ) else {
        return;
    };
    let text = &stage.stage().image;
    let at = text.locate(range.clone());
    let (reason, instead) = match nvidia_cuda::verdict(tag) {
        Verdict::Outdated { reason, instead } => (reason, instead),
        Verdict::SystemEnded { os, since } => {
            report.add(
                report
                    .finding(
                        format!("nvidia/cuda:{tag} is no longer maintained: {os} is out of support since {since}"),
                        at,
                    )
                    .label("its system gets no fixes")
                    .why("security fixes of the system's packages are no longer published for it")
                    .help("move to an image with a supported system, such as ubuntu22.04 or ubuntu24.04"),
            );
            return;
        }
        Verdict::Published | Verdict::Missing { .. } | Verdict::Unknown => return,
    };
    let finding = report
        .finding(format!("nvidia/cuda:{tag} is no longer maintained: {reason}"), at)
        .label("gets no fixes and may be deleted")
        .why("NVIDIA deletes a tag six months after a newer patch release; the build then stops with \"not found\"");
    let instead = instead.filter(|instead| instead != tag);
    let Some(instead) = instead else {
        report.add(finding.help("move to an image with a supported CUDA version and system"));
        return;
    };
    let finding = finding.help(format!("use `{instead}`"));
    report.add(match edits::replace_part(text, range, &instead) {
        Some(edits) => finding.fix(Fix::risky(
            format!("use the tag {instead}"),
            "other versions of the base image's packages",
            edits,
        )),
        None => finding,
    });
}
