//! What a command does beyond what it says.

pub mod compile;
pub mod cuda;
pub mod housekeeping;
mod opaque;
mod program;

pub use opaque::{Topic, is_opaque};
pub use program::{Program, classify};
