use facts::release;
use host::facts::{EngineKind, Layer};
use source::Severity;

use crate::derive::machine::{HostView, Injection};
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A set-up in which systemd takes GPUs from running containers.
pub(crate) static RULE: Rule = Rule {
    name: "host-cgroup-gpu-loss",
    summary: "running containers lose their GPU at systemctl daemon-reload",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-cgroup-gpu-loss.md"),
    checks: &[Check::Host(Layer::Cgroups, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let (docker, platform) = (&view.facts.docker, &view.facts.platform);
    let version_2 =
        platform.cgroup_v2 == Some(true) || docker.cgroup_version.as_deref() == Some("2");
    let systemd = docker.cgroup_driver.as_deref() == Some("systemd");
    if docker.kind != EngineKind::Rootful || !version_2 || !systemd {
        return;
    }
    // These boards get their devices from the runtime, and WSL's node is not one of systemd's.
    if view.is_wsl() || view.is_tegra() || view.facts.toolkit.hook.is_none() {
        return;
    }
    if view.injection() != Injection::Hook || view.facts.toolkit.no_cgroups == Some(true) {
        return;
    }
    let mut ways = vec![through_cdi(view)];
    if view.docker_has_cdi() == Some(true) {
        ways.push("give the GPU by its CDI name (devices: [nvidia.com/gpu=all])".to_owned());
    }
    ways.push("set {\"exec-opts\": [\"native.cgroupdriver=cgroupfs\"]} in daemon.json".to_owned());
    ways.push(
        "add the device nodes (/dev/nvidia0, /dev/nvidiactl, /dev/nvidia-uvm) to the service"
            .to_owned(),
    );
    let help = format!("{}; then make the containers anew", ways.join(", or "));
    let finding = report
        .finding(
            "running containers lose their GPU at the next `systemctl daemon-reload`",
            "docker info",
            "cgroup driver systemd, version 2",
        )
        .why("systemd does not know of the devices that the toolkit's hook adds; upgrades of packages reload it: \"Failed to initialize NVML: Unknown Error\"")
        .help(help);
    report.add(finding);
}

/// What is missing until requests go by a CDI specification.
fn through_cdi(view: &HostView<'_>) -> String {
    let engine = release::engine_preferring_cdi().filter(|since| {
        let old = view.engine().map(|engine| engine < *since);
        old == Some(true)
    });
    let toolkit = release::toolkit_preferring_cdi().filter(|since| {
        let old = view.toolkit().map(|toolkit| toolkit < *since);
        old == Some(true)
    });
    match (engine, toolkit) {
        (Some(engine), Some(toolkit)) => {
            format!("upgrade Docker to {engine} and the container toolkit to {toolkit} or newer")
        }
        (Some(engine), None) => format!("upgrade Docker to {engine} or newer"),
        (None, Some(toolkit)) => {
            format!("upgrade the container toolkit to {toolkit} or newer")
        }
        (None, None) if view.docker_has_cdi() == Some(false) => {
            "switch CDI on in daemon.json".to_owned()
        }
        (None, None) => super::make_spec(view).to_owned(),
    }
}
