use facts::nvidia_cuda::{self, Verdict};
use facts::{CudaVersion, torch};
use packages::text::Text;
use source::{Diagnostic, Fix, Severity};

use crate::derive::environment::StageView;
use crate::derive::image::{Base, BaseImage};
use crate::derive::service::{Contents, ServiceView};
use crate::rules::edits;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A tag of an official image that was never published or was removed.
pub(crate) static RULE: Rule = Rule {
    name: "cuda-image-tag",
    summary: "the image tag was never published, or was removed",
    section: Section::BaseImage,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/cuda-image-tag.md"),
    checks: &[Check::Stage(check), Check::Service(check_service)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    if let Base::Image(image) = &stage.stage().base {
        let why =
            "the build stops at its first step: \"failed to resolve source metadata … not found\"";
        judge(image, &stage.stage().image, why, report);
    }
}

fn check_service(service: ServiceView<'_>, report: &mut Report<'_>) {
    if let Contents::Image { image, at } = &service.contents {
        let why = "the service does not start: \"manifest unknown\"";
        judge(image, &Text::verbatim(at.text, at.at), why, report);
    }
}

fn judge(image: &BaseImage, text: &Text, why: &'static str, report: &mut Report<'_>) {
    // A digest decides what is pulled; the tag beside it is decoration.
    if image.reference.digest.is_some() {
        return;
    }
    if image.is_official_cuda() {
        cuda(image, text, why, report);
    } else if image.reference.repository() == "docker.io/pytorch/pytorch" {
        pytorch(image, text, why, report);
    }
}

fn cuda(image: &BaseImage, text: &Text, why: &'static str, report: &mut Report<'_>) {
    let Some(tag) = image.reference.effective_tag() else {
        return;
    };
    let Verdict::Missing { reason, instead } = nvidia_cuda::verdict(tag) else {
        return;
    };
    let name = &text.as_str()[image.reference.name_range.clone()];
    let finding = finding(
        image,
        text,
        why,
        report,
        format!("{name}:{tag} cannot be pulled: {reason}"),
    );
    let Some(instead) = instead else {
        report.add(finding.help("choose a tag from the list of supported tags of nvidia/cuda"));
        return;
    };
    let finding = finding.help(format!("use `{name}:{instead}`"));
    let edits = match &image.reference.tag_range {
        Some(range) => edits::replace_part(text, range.clone(), &instead),
        None => edits::insert_after(text, image.reference.name_range.end, &format!(":{instead}")),
    };
    // The same version with the missing parts spelt out is what was meant; another version is a guess.
    let same_version = tag
        .split('-')
        .next()
        .is_some_and(|version| instead.starts_with(version))
        && tag != "latest";
    let title = format!("use the tag {instead}");
    report.add(match edits {
        // What is in the image shows once there is one.
        Some(edits) if same_version => finding.fix(Fix::safe(title, edits).uncovering()),
        Some(edits) => {
            finding.fix(Fix::risky(title, "another version than the tag says", edits).uncovering())
        }
        None => finding,
    });
}

/// `2.1.0-cuda12.2-…`: the CUDA part is always one of that release's wheel indexes.
fn pytorch(image: &BaseImage, text: &Text, why: &'static str, report: &mut Report<'_>) {
    let Some(tag) = image.reference.tag.as_deref() else {
        return;
    };
    let mut parts = tag.split('-');
    let (Some(version), Some(cuda)) = (parts.next(), parts.next()) else {
        return;
    };
    let Some(cuda) = cuda
        .strip_prefix("cuda")
        .and_then(|cuda| cuda.parse::<CudaVersion>().ok())
    else {
        return;
    };
    let Some(release) =
        torch::release(version).filter(|release| release.confidence.supports_errors())
    else {
        return;
    };
    let known: Vec<CudaVersion> = release
        .indexes
        .iter()
        .filter_map(|suffix| CudaVersion::from_suffix(suffix))
        .collect();
    // Images up to 1.12 were built with CUDA versions that had no index.
    if known.is_empty() || known.contains(&cuda) || torch_minor(version) < Some((1, 13)) {
        return;
    }
    let list = known
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let message = format!(
        "pytorch/pytorch:{tag} cannot be pulled: PyTorch {version} was not built for CUDA {cuda}"
    );
    let finding = finding(image, text, why, report, message)
        .help(format!("PyTorch {version} images exist for CUDA {list}"));
    report.add(finding);
}

fn torch_minor(version: &str) -> Option<(u32, u32)> {
    facts::tensorflow::major_minor(version)
}

fn finding(
    image: &BaseImage,
    text: &Text,
    why: &'static str,
    report: &Report<'_>,
    message: String,
) -> Diagnostic {
    let range = image
        .reference
        .tag_range
        .clone()
        .unwrap_or(image.reference.name_range.clone());
    let mut finding = report
        .finding(message, text.locate(range.clone()))
        .label(if image.reference.tag.is_some() {
            "no such tag"
        } else {
            "means the tag `latest`"
        })
        .why(why);
    for definition in text.definitions(range) {
        finding = finding.related(definition, "comes from here");
    }
    finding
}
