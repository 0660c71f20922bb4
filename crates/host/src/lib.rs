//! What a machine has for GPU containers. Everything is read through one boundary; nothing needs root, nothing
//! changes state.

pub mod facts;

pub use facts::{HostFacts, Layer, ParseError};
