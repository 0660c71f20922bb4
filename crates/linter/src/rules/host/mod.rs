//! The machine by itself, layer by layer.

mod daemon_json;
pub(super) mod host_cdi_disabled;
pub(super) mod host_cdi_spec_conflict;
pub(super) mod host_cdi_spec_invalid;
pub(super) mod host_cdi_spec_missing;
pub(super) mod host_cdi_spec_stale;
pub(super) mod host_cdi_version_unsupported;
pub(super) mod host_cgroup_gpu_loss;
pub(super) mod host_cgroups_bypassed;
pub(super) mod host_compose_legacy;
pub(super) mod host_compose_too_old;
pub(super) mod host_container_toolkit_config_invalid;
pub(super) mod host_container_toolkit_missing;
pub(super) mod host_container_toolkit_outdated;
pub(super) mod host_daemon_json_invalid;
pub(super) mod host_device_id_unknown;
pub(super) mod host_device_nodes_missing;
pub(super) mod host_device_nodes_restricted;
pub(super) mod host_device_nodes_stale;
pub(super) mod host_disk_low;
pub(super) mod host_docker_absent;
pub(super) mod host_docker_desktop_without_gpu;
pub(super) mod host_docker_elsewhere;
pub(super) mod host_docker_restart_needed;
pub(super) mod host_docker_unreachable;
pub(super) mod host_driver_end_of_life;
pub(super) mod host_driver_libraries_missing;
pub(super) mod host_driver_library_mismatch;
pub(super) mod host_driver_missing;
pub(super) mod host_driver_not_loaded;
pub(super) mod host_driver_unresponsive;
pub(super) mod host_driver_without_gpu;
pub(super) mod host_fabric_manager_stopped;
pub(super) mod host_gpu_absent;
pub(super) mod host_gpu_passed_through;
pub(super) mod host_image_needs_newer_driver;
pub(super) mod host_ldconfig_missing;
pub(super) mod host_mig_without_instances;
pub(super) mod host_nouveau_in_use;
pub(super) mod host_nvidia_runtime_unregistered;
pub(super) mod host_podman_hook_conflict;
pub(super) mod host_podman_request_ignored;
pub(super) mod host_podman_too_old;
pub(super) mod host_rootless_cgroups;
pub(super) mod host_runtime_mode_unsuitable;
pub(super) mod host_runtime_program_missing;
pub(super) mod host_selinux_podman;
pub(super) mod host_snap_docker_conflict;
pub(super) mod host_visible_devices_refused;
pub(super) mod host_wsl_linux_driver;

use host::facts::EngineKind;
use source::Location;

use crate::derive::machine::{HostView, Injection};
use crate::derive::service::{Driver, Request, Runtime, ServiceView};

/// What shows that a driver was installed: a place and what was seen there.
fn driver_traces(view: &HostView<'_>) -> Option<(String, String)> {
    let driver = &view.facts.driver;
    if let Some(package) = driver.packages.first() {
        let name = package.split(' ').next().unwrap_or(package);
        return Some((view.package_source(name).to_owned(), package.clone()));
    }
    if driver.module_on_disk == Some(true) {
        let kernel = view.facts.platform.kernel.as_deref().unwrap_or("");
        return Some((format!("/lib/modules/{kernel}"), "nvidia module".to_owned()));
    }
    let mut libraries = driver.libraries.iter();
    let library =
        libraries.find_map(|library| Some((library.path.clone(), library.version.clone()?)));
    library.filter(|_| driver.version_source.as_deref() != Some("nvidia-smi"))
}

/// The open driver that holds the GPU, and where that was seen.
fn nouveau(view: &HostView<'_>) -> Option<(String, &'static str)> {
    const OPEN: &[(&str, &str)] = &[
        ("nouveau", "nouveau"),
        ("nova_core", "nova"),
        ("nova-core", "nova"),
    ];
    let open = |driver: &str| OPEN.iter().find(|(module, _)| *module == driver);
    for gpu in &view.facts.hardware.nvidia {
        if let Some((_, name)) = gpu.driver.as_deref().and_then(open) {
            return Some((format!("/sys/bus/pci/devices/{}/driver", gpu.address), name));
        }
    }
    let mut modules = view.facts.driver.modules.iter();
    let found = modules.find_map(|module| open(module))?;
    (!view.facts.hardware.nvidia.is_empty()).then(|| ("/proc/modules".to_owned(), found.1))
}

fn has_nouveau(view: &HostView<'_>) -> bool {
    nouveau(view).is_some()
}

/// A command with the driver's branch in it.
fn for_branch(command: &str, view: &HostView<'_>) -> String {
    let packages = &view.facts.driver.packages;
    let named = || {
        packages.iter().find_map(|package| {
            let mut numbers = package.split(|c: char| !c.is_ascii_digit());
            numbers.find(|digits| digits.len() == 3).map(str::to_owned)
        })
    };
    let branch = view.driver().map(|driver| driver.branch().to_string());
    let branch = branch.or_else(named);
    command.replace("{branch}", branch.as_deref().unwrap_or("NNN"))
}

/// Makes the CDI specification anew.
fn make_spec(view: &HostView<'_>) -> &'static str {
    let refreshed = view
        .toolkit()
        .is_some_and(facts::release::runtime_prefers_cdi);
    if refreshed {
        "sudo systemctl restart nvidia-cdi-refresh.service"
    } else {
        "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml, after every upgrade of the driver"
    }
}

/// Whether device requests get what a CDI specification names.
fn is_through_cdi(view: &HostView<'_>) -> bool {
    let podman = view.has_podman() && !view.has_docker();
    podman || view.injection() == Injection::Cdi
}

/// The machine of a service, where its engine is known and runs there.
fn engine_of(service: ServiceView<'_>) -> Option<HostView<'_>> {
    let facts = service.project.host?;
    let view = HostView::new(facts, &mut source::Sources::new());
    let here = matches!(
        facts.docker.kind,
        EngineKind::Rootful | EngineKind::Rootless
    );
    (here && view.has_docker() && facts.platform.container.is_none()).then_some(view)
}

/// Whether a request names devices by driver `cdi`.
fn names_cdi(request: Request<'_>) -> bool {
    matches!(request.driver(), Driver::Named(name) if name.text == "cdi")
}

/// The runtime of NVIDIA that a service names, and where.
fn nvidia_runtime(service: ServiceView<'_>) -> Option<(&str, Location)> {
    let Runtime::Nvidia(at) = service.runtime() else {
        return None;
    };
    let (name, _) = service.compose.runtime()?;
    Some((name.known()?, at))
}
