use dockerfile::shell::Connector;
use facts::image::carries_old_key;
use packages::action::{Action, OsManager, OsVerb};
use packages::text::Text;
use source::{Diagnostic, Edit, Fix, Severity};

use super::runs;
use crate::derive::effects::Topic;
use crate::derive::environment::StageView;
use crate::derive::image::BaseImage;
use crate::derive::shell::Command;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// The key that NVIDIA replaced in April 2022.
pub(crate) static RULE: Rule = Rule {
    name: "cuda-repository-key-outdated",
    summary: "the CUDA package repository's old signing key",
    section: Section::Driver,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/cuda-repository-key-outdated.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

const OLD_KEY: &str = "7fa2af80";
/// The key for Debian and Ubuntu repositories since 2022-04-27 (NVIDIA developer blog on the key rotation).
const NEW_KEY: &str = "3bf863cc";

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    update_with_old_key(stage, report);
    for (_, run) in runs(stage) {
        // Deleting the old key, or fetching the new one too, is the cure.
        let cured = run.commands.iter().any(|command| {
            command.args().iter().any(|arg| {
                arg.as_str().to_ascii_lowercase().contains(NEW_KEY)
                    || arg.as_str().contains("cuda-keyring")
            })
        });
        for command in &run.commands {
            let deletes = command
                .args()
                .iter()
                .any(|arg| matches!(arg.as_str(), "del" | "--delete-key" | "-d"));
            let shows = matches!(command.program(), "echo" | "rm" | "sed" | "grep");
            if cured || deletes || shows {
                continue;
            }
            for arg in command.args() {
                // The machine-learning repositories kept the old key, and a local one is signed with what it brings.
                let kept = ["/machine-learning/", "/var/cuda-repo-"];
                if kept.iter().any(|kept| arg.as_str().contains(kept)) {
                    continue;
                }
                let Some(at) = arg.as_str().to_ascii_lowercase().find(OLD_KEY) else {
                    continue;
                };
                let range = at..at + OLD_KEY.len();
                let finding = report
                    .finding("NVIDIA's repository is no longer signed with the key 7fa2af80", arg.locate(range.clone()))
                    .label("replaced in April 2022")
                    .why("`apt-get update` stops: \"The following signatures couldn't be verified because the public key is not available: NO_PUBKEY A4B469963BF863CC\"")
                    .help("install the cuda-keyring package of the repository, or fetch 3bf863cc.pub");
                let is_deb = !arg.as_str().contains("/rhel")
                    && !arg.as_str().contains("/fedora")
                    && arg.as_str().contains("://");
                report.add(match arg.editable(range).filter(|_| is_deb) {
                    Some(place) => finding.fix(Fix::risky(
                        "fetch the new key",
                        "the build trusts another key",
                        vec![Edit::replace(place, NEW_KEY)],
                    )),
                    None => finding,
                });
            }
        }
    }
}

/// `apt-get update` in an image that was published before the key was replaced.
fn update_with_old_key(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(image) = stage
        .image()
        .filter(|image| image.reference.digest.is_none() && carries_old_key(&image.reference))
    else {
        return;
    };
    if stage.has_unreadable_step() {
        return;
    }
    for command in stage.commands() {
        // Whoever touches the lists or the keys knows.
        let touches = command.args().iter().any(|arg| {
            let arg = arg.as_str();
            [
                "sources.list",
                "cuda-keyring",
                NEW_KEY,
                "Insecure",
                "allow-unauthenticated",
            ]
            .iter()
            .any(|word| arg.contains(word))
        });
        if touches || command.is_opaque(Topic::System) {
            return;
        }
        let updates = command.effects.actions.iter().any(|action| matches!(action, Action::Os(install) if install.manager == OsManager::Apt && install.verb == OsVerb::Update));
        if !updates {
            continue;
        }
        let place = command.place();
        let mine = stage.own_commands().any(|own| std::ptr::eq(own, command));
        if mine && !place.failure_tolerated && !command.is_conditional() {
            report.add(old_key(stage, image, command, report));
        }
        return;
    }
}

fn old_key(
    stage: StageView<'_>,
    image: &BaseImage,
    command: &Command,
    report: &Report<'_>,
) -> Diagnostic {
    let lists = "/etc/apt/sources.list.d/cuda.list /etc/apt/sources.list.d/nvidia-ml.list";
    let at = command
        .args()
        .iter()
        .find(|arg| arg.as_str() == "update")
        .map_or_else(|| command.at(), Text::at);
    let tag = image.reference.tag.as_deref().unwrap_or_default();
    let finding = report
        .finding(format!("`apt-get update` stops in the image {tag}: it has the key 7fa2af80, which NVIDIA replaced"), at)
        .label("reads NVIDIA's repository with the old key")
        .related(stage.image_at(), "published before April 2022")
        .why("the build stops: \"The following signatures couldn't be verified because the public key is not available: NO_PUBKEY A4B469963BF863CC\"")
        .help(format!("before it, `rm -f {lists}`, or use a newer image"));
    let plain = command.shell.connector != Connector::Pipe
        && command
            .shell
            .words
            .first()
            .is_some_and(|written| written.raw == command.invocation.program_word().as_str());
    if !plain {
        return finding;
    }
    finding.fix(Fix::risky(
        "remove NVIDIA's package lists first",
        "later commands cannot install NVIDIA's packages any more",
        vec![Edit::insert(command.at(), format!("rm -f {lists} && "))],
    ))
}
