//! What scripts and people get from the program: output, standard error, exit status.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod baseline;
mod changed_since;
mod check;
mod completions;
mod config;
mod discovery;
mod explain;
mod fix;
mod formats;
mod hooks;
mod host;
mod init;
mod inputs;
mod install;
mod json;
mod limits;
mod options;
#[cfg(unix)]
mod outside;
#[cfg(unix)]
mod pipes;
mod program;
mod readme;
mod rules;
mod schema;
mod shown;
mod suppression;
mod target;
mod text;
