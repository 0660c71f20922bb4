//! What is known about CUDA, drivers, wheels, images, packages and GPUs: embedded tables, each row with its
//! source, and typed look-ups. No I/O, no guesses: what is not in a table is unknown.

#![warn(clippy::disallowed_methods)]

pub mod arch;
#[cfg(test)]
mod carried;
mod confidence;
pub mod cuda;
pub mod daemon_json;
pub mod distribution;
pub mod engine;
#[rustfmt::skip]
#[expect(clippy::large_stack_arrays, reason = "only the compiler lays them out")]
mod generated;
pub mod gpu_name;
pub mod host_commands;
pub mod image;
pub mod install;
pub mod jax;
pub mod nvidia_cuda;
pub mod os_package;
pub mod package;
mod packed;
pub mod pypi;
pub mod pytorch_index;
pub mod release;
pub mod repository_name;
pub mod same_files;
pub mod service;
pub mod symptom;
pub mod tensorflow;
pub mod torch;
mod version;

pub use confidence::Confidence;
pub use packed::{List, Listed, Str};
pub use version::{ComputeCapability, CudaVersion, DriverVersion};

/// The day all tables describe; newer things are unknown, not absent.
pub const DATE: &str = "2026-11-23";
