//! What a machine has for GPU containers. Everything is read through one boundary, [`System`]; nothing needs root,
//! nothing changes state.

#![warn(clippy::disallowed_methods)]

pub mod facts;
mod probe;
pub mod system;

pub use facts::{HostFacts, Layer, ParseError};
pub use probe::{probe, probe_for};
pub use system::{Audience, OsSystem, RecordedSystem, System, record};
