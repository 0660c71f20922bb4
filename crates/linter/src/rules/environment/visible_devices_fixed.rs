use source::{Fix, Severity};

use crate::derive::environment::StageView;
use crate::derive::image::{Setting, StepAction};
use crate::derive::names::Intent;
use crate::rules::edits;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// An image that chooses GPUs: which ones a container may use is decided where it is started.
pub(crate) static RULE: Rule = Rule {
    name: "visible-devices-fixed",
    summary: "the image itself chooses which GPUs are visible",
    section: Section::Environment,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/visible-devices-fixed.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    if !stage.is_inherited_by_final() {
        return;
    }
    for step in stage.own_steps() {
        let StepAction::Env(settings) = &step.action else {
            continue;
        };
        for (index, setting) in settings.iter().enumerate() {
            let finding = match setting.name.as_str() {
                "CUDA_VISIBLE_DEVICES" => cuda(stage, setting, report),
                "NVIDIA_VISIBLE_DEVICES" => nvidia(setting, report),
                _ => None,
            };
            if let Some(finding) = finding {
                let edit = edits::remove_setting(stage.model, step.instruction, index);
                report.add(finding.fix(Fix::risky(
                    format!("leave {} to whoever starts the container", setting.name),
                    "programs see every GPU that their container is given",
                    edit,
                )));
            }
        }
    }
}

fn cuda(
    stage: StageView<'_>,
    setting: &Setting,
    report: &Report<'_>,
) -> Option<source::Diagnostic> {
    let value = setting.value.known()?.trim();
    let at = setting.value.place();
    if value.eq_ignore_ascii_case("all") {
        return Some(
            report
                .with_severity(Severity::Error, "CUDA_VISIBLE_DEVICES=all hides every GPU", at)
                .label("not a list of GPU numbers")
                .why("CUDA stops reading the list at the first entry that is no GPU number or UUID; with `all` that is the first one, so programs report \"no CUDA-capable device is detected\". `all` is a value of NVIDIA_VISIBLE_DEVICES")
                .help("remove it: without it a program sees all GPUs of its container"),
        );
    }
    if matches!(value, "" | "-1") {
        // Switching GPUs off is a choice; it contradicts only an image that exists for them.
        let gpu_image = stage.image().is_some_and(|image| image.cuda().is_some());
        if !gpu_image || stage.model.intent == Intent::Cpu {
            return None;
        }
        return Some(
            report
                .finding("CUDA_VISIBLE_DEVICES in the image hides all GPUs", at)
                .label("no GPU is visible to CUDA programs")
                .why("the variable holds for every container of this image, also one started with `--gpus all`")
                .help("set it where a container must not use the GPU: `docker run -e CUDA_VISIBLE_DEVICES= …`"),
        );
    }
    Some(
        report
            .finding(format!("CUDA_VISIBLE_DEVICES={value} is fixed in the image"), at)
            .label("decided when the image is built")
            .why("a container numbers its own GPUs from 0: with fewer GPUs than written here programs report \"no CUDA-capable device is detected\", with more the others stay idle")
            .help("choose GPUs when the container starts: `docker run --gpus '\"device=0\"' …`"),
    )
}

fn nvidia(setting: &Setting, report: &Report<'_>) -> Option<source::Diagnostic> {
    let value = setting.value.known()?.trim();
    if matches!(value, "" | "all" | "void" | "none") {
        return None;
    }
    Some(
        report
            .finding(format!("NVIDIA_VISIBLE_DEVICES={value} is fixed in the image"), setting.value.place())
            .label("particular GPUs of one machine")
            .why("the NVIDIA runtime gives just these GPUs to every container; on a host without them it refuses to start: \"unknown device\"")
            .help("use `NVIDIA_VISIBLE_DEVICES=all` here and choose GPUs when the container starts"),
    )
}
