use source::Severity;

use super::own;
use crate::derive::action::VersionSpec;
use crate::derive::model::StageView;
use crate::derive::torch::public;
use crate::{Check, FixAvailability, Report, Rule, Section};

/// The base image's torch is replaced by another.
pub(crate) static RULE: Rule = Rule {
    name: "torch-replaced",
    summary: "the torch that the base image ships is replaced",
    section: Section::Pytorch,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../../../docs/rules/torch-replaced.md"),
    check: Check::Stage(check),
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(image) = stage.image().filter(|image| image.is_certain()) else {
        return;
    };
    let Some(shipped) = image.torch() else { return };
    let ngc = image.reference.domain == "nvcr.io";
    for install in own(stage) {
        if install.requirement.name != "torch"
            || !install.installed.install.constraints.is_empty()
            || install.installed.install.target.is_some()
        {
            continue;
        }
        let pin = install.pin.as_deref();
        let replaces = match (shipped, pin) {
            // NVIDIA's builds are pre-releases: no release equals them.
            _ if ngc => {
                pin.is_some_and(|pin| shipped != Some(public(pin)))
                    || install.installed.install.upgrade
                    || install.requirement.url.is_some()
            }
            (Some(shipped), Some(pin)) => public(pin) != shipped,
            (Some(_), None) => {
                install.installed.install.upgrade
                    || matches!(install.requirement.version, VersionSpec::Range { .. })
            }
            (None, _) => false,
        };
        if !replaces {
            continue;
        }
        let version = shipped.map_or_else(
            || "its own torch".to_owned(),
            |version| format!("torch {version}"),
        );
        let wanted = pin.map_or_else(
            || "the newest".to_owned(),
            |pin| format!("torch {}", public(pin)),
        );
        report.add(
            report
                .finding(format!("the base image ships {version}, and this installs {wanted} over it"), install.requirement.text.place())
                .label("installed over the image's build")
                .related(stage.image_at(), format!("ships {version}"))
                .why(if ngc {
                    "NVIDIA's build is matched to the libraries of its image; the wheel from PyPI brings others, and packages compiled against NVIDIA's torch fail: \"undefined symbol\""
                } else {
                    "both stay in the image's layers: it grows by some gigabytes, and the CUDA version of the image no longer says what runs"
                })
                .help("leave torch out of the command (`grep -v '^torch'`), pin the shipped version, or start from an image without torch"),
        );
    }
}
