use facts::image::Accelerator;
use source::Severity;

use crate::derive::service::ServiceView;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A platform for which there is no GPU build of the image.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-platform-mismatch",
    summary: "there is no GPU build of the image for this platform",
    section: Section::Compose,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/gpu-platform-mismatch.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Some((platform, at)) = service.compose.platform() else {
        return;
    };
    let Some(platform) = platform.known().filter(|platform| !platform.is_empty()) else {
        return;
    };
    let Some(image) = service.contents.image().filter(|image| image.is_certain()) else {
        return;
    };
    let wanted = match image.accelerator() {
        Some(Accelerator::Nvidia) if service.may_have_gpu() => "amd64 and arm64",
        Some(Accelerator::Jetson) => "arm64",
        _ => return,
    };
    let architecture = architecture(platform);
    if architecture.is_some_and(|name| wanted.split(" and ").any(|known| known == name)) {
        return;
    }
    let mut finding = report
        .finding(
            format!("CUDA images are for linux on {wanted}, not for `{platform}`"),
            at,
        )
        .why("the image does not exist for this platform, or runs emulated and without the GPU")
        .help("remove `platform`, or name the platform of the GPU machine: linux/amd64");
    if let Some(place) = service.contents.image_at() {
        finding = finding.related(place, "the image");
    }
    report.add(finding);
}

/// The architecture of a Linux platform in Docker's words; `None` for another system.
fn architecture(platform: &str) -> Option<&str> {
    let mut parts = platform.split('/');
    let (system, architecture) = match (parts.next()?, parts.next()) {
        (system, Some(architecture)) => (system, architecture),
        (architecture, None) => ("linux", architecture),
    };
    if system != "linux" {
        return None;
    }
    Some(match architecture {
        "x86_64" | "x86-64" | "amd64" => "amd64",
        "aarch64" | "arm64" => "arm64",
        other => other,
    })
}
