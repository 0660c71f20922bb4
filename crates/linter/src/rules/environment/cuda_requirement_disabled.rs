use source::Severity;

use crate::derive::environment::StageView;
use crate::derive::image::StepAction;
use crate::rules::edits;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// `NVIDIA_DISABLE_REQUIRE` switches the driver check at container start off.
pub(crate) static RULE: Rule = Rule {
    name: "cuda-requirement-disabled",
    summary: "the check for a new enough driver is switched off",
    section: Section::Environment,
    severity: Severity::Info,
    fix: FixAvailability::Always,
    page: include_str!("../../../docs/rules/cuda-requirement-disabled.md"),
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
            let on = setting.value.known().is_some_and(|value| {
                matches!(
                    value.to_ascii_lowercase().as_str(),
                    "1" | "t" | "true" | "y" | "yes"
                )
            });
            if setting.name != "NVIDIA_DISABLE_REQUIRE" || !on {
                continue;
            }
            report.add(
                report
                    .finding("NVIDIA_DISABLE_REQUIRE hides a driver that is too old for the image", setting.at)
                    .label("no check when the container starts")
                    .why("without it a host with an old driver refuses at once: \"unsatisfied condition: cuda>=…, please update your driver\"; with it the program starts and fails later: \"CUDA driver version is insufficient for CUDA runtime version\"")
                    .help("remove it, and set it for single containers where the check is known to be too strict: `docker run -e NVIDIA_DISABLE_REQUIRE=1 …`")
                    .fix(source::Fix::risky("remove it", "hosts with an older driver refuse to start the container", edits::remove_setting(stage.model, step.instruction, index))),
            );
        }
    }
}
