//! The project Docker Compose would run, as compose-go reads it: files found and merged, `extends`,
//! `include`, interpolation and profiles applied, and every value with the file and bytes it came from.
//! Knows nothing of GPUs and opens no file itself: a [`Loader`] does.

mod cast;
mod convert;
mod dotenv;
mod loader;
mod path;
mod problem;
mod reset;
mod template;
pub mod value;
mod variables;
pub mod yaml;

pub use dotenv::Assignment;
pub use loader::{LoadError, Loader, MemoryLoader};
pub use path::{KeyPath, Step};
pub use problem::{Problem, ProblemKind, SchemaError};
pub use reset::Reset;
pub use value::Value;
