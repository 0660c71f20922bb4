//! Commands, discovery and renderers of the `env-doctor` program. A library so that documentation and tests can
//! reach the command line's own description.

#![warn(clippy::disallowed_methods)]

pub mod cli;
mod commands;
mod finish;
mod options;
mod output;
mod progress;
mod render;

use std::process::ExitCode;

use cli::{Arguments, Command};

/// What a run ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// At least one such finding.
    Findings,
    /// The check could not be made, or not for every input.
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Clean => Self::SUCCESS,
            Outcome::Findings => Self::from(1),
            Outcome::Failed => Self::from(2),
        }
    }
}

/// Runs a command and reports what went wrong on standard error.
pub fn run(arguments: &Arguments) -> ExitCode {
    let result = match &arguments.command {
        Command::Check(options) => commands::check::run(options),
        Command::Dockerfile(options) => commands::dockerfile::run(options),
        Command::DockerCompose(options) => commands::docker_compose::run(options),
        Command::Host(options) => commands::host::run(options),
        Command::Install(options) => commands::install::run(options),
        Command::Rules(options) => commands::rules::run(options),
        Command::Explain(options) => commands::explain::run(options),
        Command::Init(options) => commands::init::run(options),
        Command::Completions(options) => commands::completions::run(options),
    };
    match result {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            output::error_line(&format!("{error:#}"));
            Outcome::Failed.into()
        }
    }
}
