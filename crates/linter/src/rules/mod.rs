//! The catalogue: one file a rule, one line here each, in alphabetical order.

mod base;
mod build;
mod driver;
mod edits;
mod environment;
mod tensorflow;
mod torch;

use crate::Rule;

/// Every rule, sorted by name.
pub static ALL: &[&Rule] = &[
    &build::build_isolation::RULE,
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
    &base::devel_base_unneeded::RULE,
    &build::dockerfile_syntax::RULE,
    &environment::driver_capabilities::RULE,
    &driver::driver_in_image::RULE,
    &build::gpu_query_at_build::RULE,
    &environment::library_path_overwritten::RULE,
    &base::nvcc_missing::RULE,
    &base::python_missing::RULE,
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
];

/// The rule of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    ALL.binary_search_by(|rule| rule.name.cmp(name))
        .ok()
        .map(|index| ALL[index])
}
