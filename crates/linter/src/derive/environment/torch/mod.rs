//! `PyTorch` in a stage: what is installed of it, and which build.

mod build;
mod built_for;
mod installs;

pub use build::{Build, By, Chosen};
pub use built_for::{BuiltFor, built_for};
pub use installs::{FAMILY, TorchInstall, chose_cpu, first_chosen, installs, own, public};
