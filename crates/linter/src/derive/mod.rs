//! From a parsed file to facts about an image: what a stage starts from, what its commands install, what the
//! stage that runs contains. Everything that cannot be known says why.

pub mod command;
pub mod compile;
pub mod cuda;
pub mod cuda_code;
pub mod derived;
mod files;
pub mod finals;
pub mod housekeeping;
pub mod image;
pub mod inventory;
pub mod loader;
pub mod machine;
pub mod model;
pub mod overview;
pub mod programs;
pub(crate) mod readers;
pub mod scope;
pub mod service;
pub mod torch;
pub(crate) mod walk;

pub use ::packages;
pub use ::packages::{action, glob, invocation, text};
