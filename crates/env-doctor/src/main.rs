//! The `env-doctor` program.

use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = env_doctor::cli::Arguments::parse();
    env_doctor::run(&arguments)
}
