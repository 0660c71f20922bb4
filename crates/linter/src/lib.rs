//! What GPU container files amount to (`derive`), the rules about it (`rules`), and their findings. Reads files
//! only through a [`Loader`], prints nothing, asks no environment and no clock.

#![warn(clippy::disallowed_methods)]

pub mod advice;
mod builds;
mod check;
mod checked;
pub mod derive;
pub mod fix;
mod inline;
pub mod known;
mod nested;
mod overlays;
mod public;
mod rule;
pub mod rules;
mod settings;
pub mod suggest;
pub mod suppress;
pub mod symptoms;
pub mod target;

pub use check::{
    ComposeChecked, HostChecked, Judge, LayerVerdict, Verdict, check_compose, check_dockerfile,
    check_host,
};
pub use checked::{Checked, Note, Overview};
pub use derive::loader::Loader;
pub use known::Known;
pub use rule::{Check, FixAvailability, HostReport, Report, Rule, Section};
pub use settings::{DockerfileInput, Settings};
pub use target::Target;
