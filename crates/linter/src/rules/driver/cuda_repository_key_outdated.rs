use source::{Edit, Fix, Severity};

use super::runs;
use crate::derive::model::StageView;
use crate::{Check, FixAvailability, Report, Rule, Section};

/// The key that NVIDIA replaced in April 2022.
pub(crate) static RULE: Rule = Rule {
    name: "cuda-repository-key-outdated",
    summary: "the CUDA package repository's old signing key",
    section: Section::Driver,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../../docs/rules/cuda-repository-key-outdated.md"),
    check: Check::Stage(check),
};

const OLD_KEY: &str = "7fa2af80";
/// The key for Debian and Ubuntu repositories since 2022-04-27 (NVIDIA developer blog on the key rotation).
const NEW_KEY: &str = "3bf863cc";

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
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
                // The machine-learning repositories kept the old key.
                if arg.as_str().contains("/machine-learning/") {
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
                        vec![Edit::replace(place, NEW_KEY)],
                    )),
                    None => finding,
                });
            }
        }
    }
}
