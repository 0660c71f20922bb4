use host::facts::{Layer, Node};
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// Nodes that only root or a group may open.
pub(crate) static RULE: Rule = Rule {
    name: "host-device-nodes-restricted",
    summary: "device nodes are closed to other users",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-device-nodes-restricted.md"),
    checks: &[Check::Host(Layer::DeviceNodes, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let plain = |node: &&Node| {
        let name = node.path.strip_prefix("/dev/nvidia").unwrap_or("-caps");
        !name.contains("caps") && !name.contains("nvswitch") && node.major.is_some()
    };
    let nodes = view.facts.nodes.nodes.iter().filter(plain);
    let closed: Vec<&Node> = nodes.filter(|node| node.mode & 0o006 != 0o006).collect();
    let Some(first) = closed.first() else { return };
    let mode = format!("mode {:04o}", first.mode & 0o7777);
    let message = format!("{} is closed to users outside its group", first.path);
    let finding = if remaps_users(view) {
        let message = format!("{message}, and Docker maps root to another user");
        let finding = report.with_severity(Severity::Error, message, &first.path, mode);
        report
            .also(finding, "docker info", "name=userns")
            .why("under userns-remap nobody in a container is root here or in the group: \"Failed to initialize NVML: Insufficient Permissions\"")
            .help("remove NVreg_DeviceFileMode from /etc/modprobe.d (its default is 0666) and reboot, or run the containers with `--userns=host` (Compose: `userns_mode: host`)")
    } else {
        report
            .finding(message, &first.path, mode)
            .why("containers whose program is not root get \"Failed to initialize NVML: Insufficient Permissions\", or no GPU without a word")
            .help("remove NVreg_DeviceFileMode from /etc/modprobe.d (its default is 0666) and reboot, or give services the group: group_add")
    };
    report.add(finding);
}

/// Whether the engine runs containers in a user namespace, where root is a plain user of this machine.
fn remaps_users(view: &HostView<'_>) -> bool {
    let options = &view.facts.docker.security_options;
    options.iter().any(|option| option == "name=userns")
}
