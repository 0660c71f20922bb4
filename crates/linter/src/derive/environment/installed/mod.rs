//! What is installed of the packages whose releases are known, command after command: which version each command
//! takes, what it leaves because it is there, and what it takes out because another package wants another version.
//!
//! A version is told only where it follows from the tables: from requirements, the lists of the indexes, the Python and
//! the installer. Where that takes a search among several packages, or an index is not known, the answer is open.

mod ask;
mod available;
mod candidates;
pub(super) mod choice;
mod history;
mod isolation;
mod loads;
pub(super) mod pip;
pub(super) mod place;
pub(super) mod record;
mod requires;
mod setting;
mod solve;
mod source_of;
mod tools;

pub use ask::takes;
pub use available::Unavailable;
pub use choice::{Asked, Choice, Pick};
pub use isolation::Isolation;
pub use loads::Loader;
pub use record::{Held, HeldBy, History, StepChoices, WheelCuda};
