//! What a Dockerfile says, instruction by instruction: the stages, what each starts from, what its commands do and
//! which files they read.

mod base;
mod files;
mod finals;
mod given;
mod stage;
mod walk;

pub use base::{BaseImage, Shipped};
pub use finals::{Finals, find as find_finals};
pub use given::given;
pub use stage::{Base, CopyFrom, CopyStep, RunStep, Setting, Stage, Step, StepAction};
pub(crate) use stage::{MAX_ANCESTORS, commands_of};
pub(crate) use walk::{Walked, walk};
