//! What GPU container files amount to (`derive`), the rules about it (`rules`), and their findings. Reads files
//! only through a [`Loader`], prints nothing, asks no environment and no clock.

mod check;
pub mod derive;
pub mod fix;
mod rule;
pub mod rules;

pub use check::{Checked, DockerfileInput, Note, Overview, Settings, check_dockerfile};
pub use derive::action::Loader;
pub use rule::{Check, FixAvailability, Report, Rule};
