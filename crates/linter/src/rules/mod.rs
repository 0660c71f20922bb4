//! The catalogue: one file a rule, one line here each, in alphabetical order.

mod base;
mod build;
mod compose;
mod driver;
mod edits;
mod environment;
mod host;
pub(crate) mod suppression;
mod target;
mod tensorflow;
mod torch;

use crate::Rule;

/// Every rule, sorted by name.
pub static ALL: &[&Rule] = &[
    &build::build_isolation::RULE,
    &compose::cdi_device_name::RULE,
    &compose::compose_syntax::RULE,
    &compose::compose_version_obsolete::RULE,
    &driver::container_toolkit_in_image::RULE,
    &base::cpu_base_image::RULE,
    &torch::cpu_wheel::RULE,
    &build::cuda_arch_list_missing::RULE,
    &build::cuda_arch_unsupported::RULE,
    &base::cuda_image_end_of_life::RULE,
    &base::cuda_image_tag::RULE,
    &base::cuda_libraries_missing::RULE,
    &driver::cuda_repository_key_outdated::RULE,
    &environment::cuda_requirement_disabled::RULE,
    &driver::cuda_toolkit_mismatch::RULE,
    &driver::cuda_toolkit_unneeded::RULE,
    &compose::cuda_visible_devices::RULE,
    &base::devel_base_unneeded::RULE,
    &build::dockerfile_syntax::RULE,
    &environment::driver_capabilities::RULE,
    &driver::driver_in_image::RULE,
    &target::driver_too_old::RULE,
    &compose::gpu_capabilities_missing::RULE,
    &compose::gpu_capability_unknown::RULE,
    &compose::gpu_count_and_device_ids::RULE,
    &compose::gpu_driver_unknown::RULE,
    &compose::gpu_key_ignored::RULE,
    &compose::gpu_platform_mismatch::RULE,
    &build::gpu_query_at_build::RULE,
    &compose::gpu_request_duplicated::RULE,
    &compose::gpu_request_empty::RULE,
    &compose::gpu_request_invalid::RULE,
    &compose::gpu_request_lost::RULE,
    &compose::gpu_request_misplaced::RULE,
    &compose::gpu_request_missing::RULE,
    &compose::gpu_shared::RULE,
    &target::gpu_unsupported::RULE,
    &host::host_cdi_disabled::RULE,
    &host::host_cdi_spec_conflict::RULE,
    &host::host_cdi_spec_invalid::RULE,
    &host::host_cdi_spec_missing::RULE,
    &host::host_cdi_spec_stale::RULE,
    &host::host_cdi_version_unsupported::RULE,
    &host::host_cgroup_gpu_loss::RULE,
    &host::host_cgroups_bypassed::RULE,
    &host::host_compose_legacy::RULE,
    &host::host_compose_too_old::RULE,
    &host::host_container_toolkit_config_invalid::RULE,
    &host::host_container_toolkit_missing::RULE,
    &host::host_container_toolkit_outdated::RULE,
    &host::host_daemon_json_invalid::RULE,
    &host::host_device_id_unknown::RULE,
    &host::host_device_nodes_missing::RULE,
    &host::host_device_nodes_restricted::RULE,
    &host::host_device_nodes_stale::RULE,
    &host::host_disk_low::RULE,
    &host::host_docker_absent::RULE,
    &host::host_docker_desktop_without_gpu::RULE,
    &host::host_docker_elsewhere::RULE,
    &host::host_docker_restart_needed::RULE,
    &host::host_docker_unreachable::RULE,
    &host::host_driver_end_of_life::RULE,
    &host::host_driver_libraries_missing::RULE,
    &host::host_driver_library_mismatch::RULE,
    &host::host_driver_missing::RULE,
    &host::host_driver_not_loaded::RULE,
    &host::host_driver_unresponsive::RULE,
    &host::host_driver_without_gpu::RULE,
    &host::host_fabric_manager_stopped::RULE,
    &host::host_gpu_absent::RULE,
    &host::host_gpu_passed_through::RULE,
    &host::host_image_needs_newer_driver::RULE,
    &host::host_ldconfig_missing::RULE,
    &host::host_mig_without_instances::RULE,
    &host::host_nouveau_in_use::RULE,
    &host::host_nvidia_runtime_unregistered::RULE,
    &host::host_podman_hook_conflict::RULE,
    &host::host_podman_request_ignored::RULE,
    &host::host_podman_too_old::RULE,
    &host::host_rootless_cgroups::RULE,
    &host::host_runtime_mode_unsuitable::RULE,
    &host::host_runtime_program_missing::RULE,
    &host::host_selinux_podman::RULE,
    &host::host_snap_docker_conflict::RULE,
    &host::host_visible_devices_refused::RULE,
    &host::host_wsl_linux_driver::RULE,
    &compose::legacy_nvidia_runtime::RULE,
    &environment::library_path_overwritten::RULE,
    &base::nvcc_missing::RULE,
    &build::package_builds_mixed::RULE,
    &torch::package_extra_missing::RULE,
    &torch::package_version_unavailable::RULE,
    &base::python_missing::RULE,
    &compose::raw_gpu_devices::RULE,
    &compose::runtime_without_visible_devices::RULE,
    &suppression::MALFORMED,
    &suppression::UNKNOWN_RULE,
    &suppression::UNUSED,
    &compose::swarm_gpu_ignored::RULE,
    &tensorflow::tensorflow_cuda_mismatch::RULE,
    &tensorflow::tensorflow_cuda_missing::RULE,
    &tensorflow::tensorflow_gpu_package::RULE,
    &torch::torch_companions_mismatch::RULE,
    &torch::torch_cuda_mismatch::RULE,
    &torch::torch_extra_index::RULE,
    &torch::torch_index_missing::RULE,
    &torch::torch_index_unknown::RULE,
    &torch::torch_replaced::RULE,
    &torch::torch_version_unavailable::RULE,
    &environment::visible_devices_fixed::RULE,
    &compose::visible_devices_ignored::RULE,
];

/// What Docker Compose refuses: the one rule that speaks of a project whose YAML breaks off.
pub(crate) static COMPOSE_SYNTAX: &Rule = &compose::compose_syntax::RULE;

/// The rule of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    ALL.binary_search_by(|rule| rule.name.cmp(name))
        .ok()
        .map(|index| ALL[index])
}
