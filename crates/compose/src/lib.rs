//! The project Docker Compose would run, as compose-go reads it: files found and merged, `extends`,
//! `include`, interpolation and profiles applied, and every value with the file and bytes it came from.
//! Knows nothing of GPUs and opens no file itself: a [`Loader`] does.

#![warn(clippy::disallowed_methods)]

mod canonical;
mod cast;
mod checks;
mod consistency;
mod convert;
mod discover;
mod dotenv;
mod load;
mod loader;
mod merge;
mod path;
mod paths;
mod problem;
mod project;
mod reset;
mod schema;
mod short;
mod template;
pub mod value;
mod variables;
mod weight;
pub mod yaml;

pub use discover::{
    DEFAULT_NAMES, Discovery, OVERRIDE_NAMES, discover, in_directory, is_default_name,
    is_override_name,
};
pub use dotenv::Assignment;
pub use load::{Base, Error, Inputs, load};
pub use loader::{LoadError, Loader, MemoryLoader};
pub use path::{KeyPath, Step};
pub use problem::{Problem, ProblemKind, SchemaError};
pub use project::{
    Build, BuildArgument, Context, EnvFile, EnvironmentOrigin, EnvironmentVariable, Project,
    ProjectFile, Role, Service,
};
pub use reset::Reset;
pub use schema::known_keys;
pub use value::Value;
