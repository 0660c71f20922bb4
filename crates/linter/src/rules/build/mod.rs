//! Steps of the build itself.

pub(super) mod build_isolation;
pub(super) mod cuda_arch_list_missing;
pub(super) mod cuda_arch_unsupported;
pub(super) mod dockerfile_syntax;
pub(super) mod gpu_query_at_build;
pub(super) mod package_builds_mixed;
