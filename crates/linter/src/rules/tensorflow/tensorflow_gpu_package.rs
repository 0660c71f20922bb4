use facts::image::Cudnn;
use facts::tensorflow::{FIRST_AND_CUDA, LAST_TENSORFLOW_GPU};
use packages::action::{Requirement, VersionSpec};
use source::{Edit, Fix, Location, Severity};

use crate::derive::environment::StageView;
use crate::derive::image::BaseImage;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// `tensorflow-gpu`, which `PyPI` has emptied.
pub(crate) static RULE: Rule = Rule {
    name: "tensorflow-gpu-package",
    summary: "the package tensorflow-gpu was removed",
    section: Section::Tensorflow,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/tensorflow-gpu-package.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    for installed in stage.own_python() {
        for requirement in installed.requirements().filter(|r| r.url.is_none()) {
            match requirement.name.as_str() {
                "tensorflow-gpu" => one(stage, requirement, report),
                "tf-nightly-gpu" => nightly(requirement, report),
                _ => {}
            }
        }
    }
}

/// `tf-nightly-gpu`: PyPI has its tombstone alone.
fn nightly(requirement: &Requirement, report: &mut Report<'_>) {
    if requirement.version != VersionSpec::Any {
        return;
    }
    report.add(
        report
            .with_severity(
                Severity::Error,
                "tf-nightly-gpu cannot be installed: its last upload fails on purpose",
                requirement.name_at,
            )
            .label("removed package")
            .why("since 2.1 the package `tf-nightly` contains the GPU build; tf-nightly-gpu 2.12.0 stops with \"The \"tf-nightly-gpu\" package has been removed!\"")
            .help("install `tf-nightly[and-cuda]` instead"),
    );
}

/// The newest release that a requirement can give, as `(major, minor)`; `None` when unknown.
fn newest(requirement: &Requirement) -> Option<(u32, u32)> {
    match &requirement.version {
        VersionSpec::Any => Some((2, 12)),
        VersionSpec::Exact { version, .. } => facts::tensorflow::major_minor(&version.to_string()),
        VersionSpec::Range { specifiers, .. } => {
            // Rows of PyPI: 2.12.0 is the tombstone, 2.11.0 the last that installs.
            let allows = |text: &str| {
                text.parse()
                    .is_ok_and(|version: pep440_rs::Version| specifiers.contains(&version))
            };
            Some(if allows("2.12.0") { (2, 12) } else { (2, 11) })
        }
        VersionSpec::Unknown => None,
    }
}

fn one(stage: StageView<'_>, requirement: &Requirement, report: &mut Report<'_>) {
    let Some(version) = newest(requirement) else {
        return;
    };
    let python = stage
        .image()
        .and_then(|image| image.facts.as_ref())
        .and_then(|facts| facts.python_version.clone());
    let too_new = python
        .as_deref()
        .and_then(facts::tensorflow::major_minor)
        .is_some_and(|python| python >= (3, 11));
    let installs = version <= LAST_TENSORFLOW_GPU && !too_new;
    let (severity, message) = if installs {
        (
            Severity::Warning,
            "tensorflow-gpu was merged into tensorflow and gets no more releases".to_owned(),
        )
    } else if too_new && version <= LAST_TENSORFLOW_GPU {
        (
            Severity::Error,
            format!(
                "tensorflow-gpu has no wheel for Python {}",
                python.unwrap_or_default()
            ),
        )
    } else {
        (
            Severity::Error,
            "tensorflow-gpu cannot be installed: its last upload fails on purpose".to_owned(),
        )
    };
    let finding = report
        .with_severity(severity, message, requirement.name_at)
        .label("removed package")
        .why("since 2.1 the package `tensorflow` contains the GPU build; tensorflow-gpu 2.12.0 stops with \"The \"tensorflow-gpu\" package has been removed!\"");
    let pinned = matches!(
        requirement.version,
        VersionSpec::Exact { .. } | VersionSpec::Range { .. }
    );
    // Before 2.1 the GPU build was in this package alone.
    if pinned && version < (2, 1) {
        report.add(finding.help("move to TensorFlow 2 and install `tensorflow[and-cuda]`"));
        return;
    }
    // What the image ships satisfies the plain name.
    let shipped = stage.image().is_some_and(|image| {
        image.is_nvidia()
            && image
                .facts
                .as_ref()
                .is_some_and(|facts| facts.framework == Some("tensorflow"))
    });
    let with_extra = (!pinned && !shipped) || version >= FIRST_AND_CUDA && pinned;
    if with_extra && stage.image().is_some_and(BaseImage::has_old_python) {
        report.add(finding.help("install `tensorflow[and-cuda]` in an image with Python 3.9 or newer: older versions of Python get a TensorFlow without that extra"));
        return;
    }
    let name = if with_extra {
        "tensorflow[and-cuda]"
    } else {
        "tensorflow"
    };
    let finding = finding.help(format!("install `{name}` instead"));
    let text = &requirement.text;
    let written = text.as_str();
    let name_end = written
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(written.len());
    // Without cuDNN in the image plain `tensorflow` only trades this finding for another.
    let bare = !with_extra
        && stage
            .image()
            .is_some_and(|image| image.cudnn() == Some(Cudnn::Absent))
        && !stage.has_own_cuda()
        && !stage.brings_cuda_wheels();
    report.add(match text.editable(0..name_end).filter(|_| !bare) {
        Some(place) => finding.fix(Fix::safe(
            format!("install {name}"),
            edits(requirement, place, written, name_end, name),
        )),
        None => finding,
    });
}

/// Replaces the name; an unquoted word with brackets is quoted, as zsh and globbing ask for.
fn edits(
    requirement: &Requirement,
    place: Location,
    written: &str,
    name_end: usize,
    name: &str,
) -> Vec<Edit> {
    let whole = requirement.text.at().span.len() as usize == written.len();
    let in_command = requirement.origin == packages::action::RequirementOrigin::Command;
    if whole && in_command && name.contains('[') && name_end == written.len() {
        return vec![Edit::replace(place, format!("\"{name}\""))];
    }
    vec![Edit::replace(place, name)]
}
