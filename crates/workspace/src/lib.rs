//! What every front of env-doctor stands on: the files of a project are found, read once, checked side by side,
//! repaired, and what is left becomes a report without a form.

#![warn(clippy::disallowed_methods)]

mod budget;
pub mod build_context;
pub mod config;
pub mod discovery;
pub mod each;
mod error;
pub mod failure;
pub mod file_report;
pub mod files;
pub mod findings;
pub mod fingerprint;
mod git;
mod ignored;
pub mod inputs;
pub mod json;
pub mod loader;
pub mod machine;
pub mod news;
mod once;
mod outside;
pub mod pages;
mod paths;
pub mod repair;
pub mod report;
mod shown;
mod threads;
mod walk;
pub mod writing;

pub use error::{Error, Result};
