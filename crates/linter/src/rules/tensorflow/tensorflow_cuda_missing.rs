use facts::tensorflow::FIRST_AND_CUDA;
use packages::action::{Requirement, RequirementOrigin, VersionSpec};
use source::{Edit, Fix, Severity};

use crate::derive::effects::Topic;
use crate::derive::environment::StageView;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// Plain `tensorflow` where nothing provides CUDA.
pub(crate) static RULE: Rule = Rule {
    name: "tensorflow-cuda-missing",
    summary: "plain tensorflow in an image without the CUDA and cuDNN it needs",
    section: Section::Tensorflow,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/tensorflow-cuda-missing.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(image) = stage.image().filter(|image| image.is_cpu()) else {
        return;
    };
    if !stage.runs() || stage.says_cpu() || image.facts.as_ref().is_some_and(|facts| facts.musl) {
        return;
    }
    if stage.has_own_cuda()
        || stage.is_opaque(Topic::System)
        || stage.brings_cuda_wheels()
        || stage.has_unreadable_step()
    {
        return;
    }
    for installed in stage.python() {
        for requirement in installed.requirements().filter(|r| r.name == "tensorflow") {
            if super::needs_system_cuda(requirement) {
                one(stage, requirement, report);
            }
        }
    }
}

fn one(stage: StageView<'_>, requirement: &Requirement, report: &mut Report<'_>) {
    let finding = report
        .finding("tensorflow finds no CUDA and cuDNN in this image and runs on the CPU", requirement.name_at)
        .label("a GPU build without CUDA libraries")
        .related(stage.image_at(), "no CUDA here")
        .why("TensorFlow only says \"Could not find cuda drivers on your machine, GPU will not be used\" or \"Cannot dlopen some GPU libraries\"");
    let version = match &requirement.version {
        VersionSpec::Exact { version, .. } => facts::tensorflow::major_minor(&version.to_string()),
        _ => Some(FIRST_AND_CUDA),
    };
    if version.is_none_or(|version| version < FIRST_AND_CUDA) {
        report.add(finding.help("use `tensorflow/tensorflow:…-gpu` of the same version, or 2.14 and later with `tensorflow[and-cuda]`"));
        return;
    }
    let finding = finding
        .help("install `tensorflow[and-cuda]`; for a CPU image on purpose, `tensorflow-cpu`");
    let text = &requirement.text;
    let name_end = "tensorflow".len();
    let plain = text.as_str().len() == name_end && text.at().span.len() as usize == name_end;
    let edit = text
        .editable(0..name_end.min(text.as_str().len()))
        .map(|place| {
            if plain && requirement.origin == RequirementOrigin::Command {
                Edit::replace(place, "\"tensorflow[and-cuda]\"")
            } else {
                Edit::replace(place, "tensorflow[and-cuda]")
            }
        });
    let has_extras = !requirement.extras.is_empty();
    report.add(match edit.filter(|_| !has_extras) {
        Some(edit) => finding.fix(Fix::risky(
            "install tensorflow[and-cuda], some gigabytes larger",
            "the image grows by some gigabytes",
            vec![edit],
        )),
        None => finding,
    });
}
