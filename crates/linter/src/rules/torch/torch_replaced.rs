use packages::action::{Action, VersionSpec};
use packages::text::Text;
use source::Severity;

use super::own;
use crate::derive::environment::StageView;
use crate::derive::environment::installed::{Asked, HeldBy, Pick};
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
    by_requirement(stage, report);
    let Some(image) = stage.image().filter(|image| image.is_certain()) else {
        return;
    };
    let Some(shipped) = image.torch() else { return };
    let ngc = image.reference.domain == "nvcr.io";
    if image.reference.repository() == "docker.io/pytorch/pytorch" {
        by_conda(stage, shipped, report);
    }
    for install in own(stage) {
        // What was taken out by name, or is in another environment, is not replaced.
        let step = stage.choices_of(&install.installed);
        let there = step.is_none_or(|step| {
            let held = step.found.get("torch");
            held.is_some_and(|held| held.by == HeldBy::Image)
        });
        if !there
            || install.requirement.name != "torch"
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

/// Another package wants another torch than the one that was chosen before, in the base image or by a command.
fn by_requirement(stage: StageView<'_>, report: &mut Report<'_>) {
    for installed in stage.own_python() {
        let Some(step) = stage.choices_of(&installed) else {
            continue;
        };
        let torch = step.choices.iter().find(|choice| choice.name == "torch");
        let (Some(choice), Some(held)) = (torch, step.found.get("torch")) else {
            continue;
        };
        let (Asked::Required { root, by, wants }, Pick::Takes(versions)) =
            (&choice.asked, &choice.pick)
        else {
            continue;
        };
        let [old] = held.versions.as_slice() else {
            continue;
        };
        let old = public(old);
        let cpu = held.suffix.as_deref() == Some("cpu");
        if !held.chosen || cpu || versions.iter().any(|new| public(new) == old) {
            continue;
        }
        let Some(requirement) = installed.install.requirements.get(*root) else {
            continue;
        };
        let name = &requirement.name;
        let new = match versions.as_slice() {
            [new] => format!("torch {}", public(new)),
            _ => "another torch".to_owned(),
        };
        let (whose, said) = match held.by {
            HeldBy::Image => ("of the base image", format!("ships torch {old}")),
            _ => ("installed before", format!("installs torch {old}")),
        };
        let mut finding = report
            .finding(
                format!("{name} replaces the torch {old} {whose}: it requires another"),
                requirement.text.place(),
            )
            .label(format!("{by} requires {wants}"))
            .related(held.at, said)
            .why(format!(
                "pip takes torch {old} out and installs {new} from PyPI, for the CUDA version that PyPI has: both stay in the image's layers, and what was built for torch {old} may fail with \"undefined symbol\""
            ));
        let older = facts::install::torch_pins(name).filter(|pin| pin.accepts(old));
        finding = finding.help(match older.last().map(|pin| pin.version) {
            Some(version) => format!(
                "pin `{name}=={version}`, which goes with torch {old}, or leave the other torch out"
            ),
            None => format!(
                "install the torch that {name} requires, or start from an image that has it"
            ),
        });
        report.add(finding);
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
