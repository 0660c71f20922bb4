//! What the stage starts from.

pub(super) mod cpu_base_image;
pub(super) mod cuda_image_end_of_life;
pub(super) mod cuda_image_tag;
pub(super) mod cuda_libraries_missing;
pub(super) mod devel_base_unneeded;
mod library_majors;
pub(super) mod nvcc_missing;
pub(super) mod python_missing;
