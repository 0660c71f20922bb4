//! `env-doctor.toml`: what is reported, what the images run on, and what only the user can know.

mod check;
mod document;
pub mod keys;
mod names;
mod patterns;
mod policies;
mod policy;
mod read;
pub mod schema;
pub mod words;

pub use document::Threshold;
pub use names::FILE;
pub(crate) use names::is_file_name;
pub use policies::{Policies, Whence};
pub use policy::{Flags, Said};
