//! What a command does beyond what it says: what it installs and compiles, and what it may do unseen.

pub mod compile;
pub mod cuda;
pub mod housekeeping;
mod opaque;
mod program;
mod run;

pub use opaque::Topic;
pub use program::Program;
pub use run::{Effects, RunCommand};
