use facts::os_package::{self, Class};
use source::Severity;

use super::{Removal, runs};
use crate::derive::environment::StageView;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// The container toolkit, which configures the host's engine, in an image.
pub(crate) static RULE: Rule = Rule {
    name: "container-toolkit-in-image",
    summary: "the NVIDIA container toolkit is installed into the image",
    section: Section::Driver,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/container-toolkit-in-image.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    if runs_containers(stage) {
        return;
    }
    for (step, run) in runs(stage) {
        for (index, command) in run.commands.iter().enumerate() {
            let tools: Vec<_> = command
                .effects
                .cuda_packages()
                .filter(|package| package.rule.class == Class::HostContainerTool)
                .collect();
            let words: Vec<_> = tools.iter().map(|package| package.word).collect();
            for (position, package) in tools.iter().enumerate() {
                let finding = report
                    .finding(format!("{} is a tool of the host", os_package::bare(package.word.as_str())), package.word.place())
                    .label("does nothing in an image")
                    .why("the container engine on the host uses it to give containers their GPUs; inside an image nothing calls it")
                    .help("remove it, and install nvidia-container-toolkit on the host");
                let first = position == 0;
                report.add(if first {
                    Removal::new(stage.model, step, run, index).of(&words, finding)
                } else {
                    finding
                });
            }
        }
    }
}

/// Docker in Docker, Kubernetes nodes: the image is itself a host of containers.
fn runs_containers(stage: StageView<'_>) -> bool {
    let engine = stage.os().any(|(_, install)| {
        install.packages.iter().any(|package| {
            let name = os_package::bare(package.as_str());
            matches!(
                name,
                "docker.io"
                    | "docker-ce"
                    | "containerd"
                    | "containerd.io"
                    | "podman"
                    | "kubelet"
                    | "cri-o"
                    | "docker"
                    | "k3s"
            )
        })
    });
    let path = stage
        .image()
        .map(|image| image.reference.path.clone())
        .unwrap_or_default();
    engine
        || ["docker", "dind", "kind", "k3s", "k8s", "kubernetes"]
            .iter()
            .any(|word| path.split(['/', '-']).any(|part| part == *word))
}
