//! Variables that the image sets for the running container.

pub(super) mod cuda_requirement_disabled;
pub(super) mod driver_capabilities;
pub(super) mod library_path_overwritten;
pub(super) mod visible_devices_fixed;
