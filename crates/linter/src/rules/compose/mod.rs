//! What a Compose service will really get.

pub(super) mod cdi_device_name;
pub(super) mod compose_syntax;
pub(super) mod compose_version_obsolete;
pub(super) mod cuda_visible_devices;
mod edits;
pub(super) mod gpu_capabilities_missing;
pub(super) mod gpu_capability_unknown;
pub(super) mod gpu_count_and_device_ids;
pub(super) mod gpu_driver_unknown;
pub(super) mod gpu_key_ignored;
pub(super) mod gpu_platform_mismatch;
pub(super) mod gpu_request_duplicated;
pub(super) mod gpu_request_empty;
pub(super) mod gpu_request_invalid;
pub(super) mod gpu_request_lost;
pub(super) mod gpu_request_misplaced;
pub(super) mod gpu_request_missing;
pub(super) mod gpu_shared;
pub(super) mod legacy_nvidia_runtime;
pub(super) mod raw_gpu_devices;
mod request_block;
pub(super) mod runtime_without_visible_devices;
mod split_items;
pub(super) mod swarm_gpu_ignored;
mod variables;
pub(super) mod visible_devices_ignored;

use crate::derive::service::KnownText;

/// Words as they stand in the engine's messages.
fn words(list: &[KnownText<'_>]) -> String {
    let words: Vec<&str> = list.iter().map(|word| word.text).collect();
    words.join(" ")
}
