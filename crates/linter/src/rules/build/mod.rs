//! Steps of the build itself.

pub(super) mod dockerfile_syntax;
pub(super) mod gpu_query_at_build;
