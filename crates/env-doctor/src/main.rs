//! The `env-doctor` program.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = env_doctor::cli::Arguments::parse();
    env_doctor::run(&arguments)
}
