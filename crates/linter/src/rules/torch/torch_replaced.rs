use packages::action::{Action, VersionSpec};
use packages::text::Text;
use source::Severity;

use super::own;
use crate::derive::environment::StageView;
use crate::derive::environment::torch::public;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// The base image's torch is replaced by another.
pub(crate) static RULE: Rule = Rule {
    name: "torch-replaced",
    summary: "the torch that the base image ships is replaced",
    section: Section::Pytorch,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/torch-replaced.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(image) = stage.image().filter(|image| image.is_certain()) else {
        return;
    };
    let Some(shipped) = image.torch() else { return };
    let ngc = image.reference.domain == "nvcr.io";
    if image.reference.repository() == "docker.io/pytorch/pytorch" {
        by_conda(stage, shipped, report);
    }
    for install in own(stage) {
        if install.requirement.name != "torch"
            || !install.installed.install.constraints.is_empty()
            || install.installed.install.target.is_some()
        {
            continue;
        }
        let pin = install.pin;
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

/// conda's pytorch in another version, in the environment that holds the image's.
fn by_conda(stage: StageView<'_>, shipped: Option<&str>, report: &mut Report<'_>) {
    let Some(shipped) = shipped else { return };
    for command in stage.own_commands() {
        // Other environments keep the image's.
        let elsewhere = command
            .args()
            .iter()
            .any(|arg| matches!(arg.as_str(), "create" | "-n" | "--name" | "-p" | "--prefix"));
        if elsewhere {
            continue;
        }
        let packages = command
            .effects
            .actions
            .iter()
            .flat_map(|action| match action {
                Action::Conda(install) => install.packages.as_slice(),
                _ => &[],
            });
        for package in packages.filter(|package| package.name == "pytorch") {
            let Some(wanted) = package.version.as_ref().and_then(Text::known) else {
                continue;
            };
            let exact = wanted.split('.').count() == 3
                && wanted.chars().all(|c| c.is_ascii_digit() || c == '.');
            if !exact || wanted == shipped {
                continue;
            }
            report.add(
                report
                    .finding(format!("the base image ships torch {shipped}, and this installs torch {wanted} over it"), package.text.place())
                    .label("installed over the image's build")
                    .related(stage.image_at(), format!("ships torch {shipped}"))
                    .why("both stay in the image's layers: it grows by some gigabytes, and the CUDA version of the image no longer says what runs")
                    .help("use an image with that version, or leave pytorch out of the command"),
            );
        }
    }
}
