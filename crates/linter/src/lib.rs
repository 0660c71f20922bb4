//! What GPU container files amount to (`derive`), the rules about it (`rules`), and their findings. Reads files
//! only through a [`Loader`], prints nothing, asks no environment and no clock.

#![warn(clippy::disallowed_methods)]

pub mod advice;
mod check;
mod checked;
pub mod derive;
pub mod fix;
mod nested;
mod rule;
pub mod rules;
pub mod suppress;
pub mod symptoms;

pub use check::{
    ComposeChecked, HostChecked, Judge, LayerVerdict, Verdict, check_compose, check_dockerfile,
    check_host,
};
pub use checked::Checked;
pub use derive::known::{self, Known};
pub use derive::loader::Loader;
pub use derive::note::{Note, Overview};
pub use derive::settings::{DockerfileInput, Settings};
pub use derive::target::{self, Target};
pub use rule::{Check, FixAvailability, HostReport, Report, Rule, Section, Special};
