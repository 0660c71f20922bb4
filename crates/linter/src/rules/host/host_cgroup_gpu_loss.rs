use host::facts::EngineKind;
use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::derive::machine::Injection;
use crate::{Check, FixAvailability, HostReport, Rule, Section};

/// A set-up in which systemd takes GPUs from running containers.
pub(crate) static RULE: Rule = Rule {
    name: "host-cgroup-gpu-loss",
    summary: "running containers lose their GPU at systemctl daemon-reload",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../../../docs/rules/host-cgroup-gpu-loss.md"),
    check: Check::Host(Layer::Cgroups, check),
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
    let help = if view.docker_has_cdi() == Some(true) {
        "upgrade Docker to 29.2 or newer with the container toolkit 1.18 or newer, or give the GPU by its CDI name (devices: [nvidia.com/gpu=all]); else set {\"exec-opts\": [\"native.cgroupdriver=cgroupfs\"]} in daemon.json"
    } else {
        "upgrade Docker to 29.2 or newer with the container toolkit 1.18 or newer; until then set {\"exec-opts\": [\"native.cgroupdriver=cgroupfs\"]} in daemon.json, or add the device nodes (/dev/nvidia0, /dev/nvidiactl, /dev/nvidia-uvm) to the service"
    };
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
