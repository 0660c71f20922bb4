//! From a parsed file to facts about an image: what a stage starts from, what its commands install, what the
//! stage that runs contains. Everything that cannot be known says why.
//!
//! In floors, and none knows those above it: `shell`, `effects`, `image`, `environment`, then `service` and `machine`,
//! which do not know each other. What stands beside them here is below them all.

pub mod effects;
pub mod environment;
pub mod image;
pub mod known;
pub mod loader;
pub mod machine;
pub mod names;
pub mod note;
pub(crate) mod public;
pub mod service;
pub mod settings;
pub mod shell;
pub mod target;
