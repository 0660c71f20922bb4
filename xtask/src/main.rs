//! Jobs of the repository: `cargo xtask gen`, `cargo xtask bench`.

mod bench;
mod generate;

use std::io::Write as _;
use std::process::ExitCode;

use camino::Utf8Path;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    job: Job,
}

#[derive(Debug, Subcommand)]
enum Job {
    /// Write the generated reference pages
    Gen {
        /// Write nothing; say what differs, and fail if something does
        #[arg(long)]
        check: bool,
    },
    /// Measure whole runs of the release program
    Bench {
        /// How often each case is run
        #[arg(long, default_value_t = 21)]
        runs: usize,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    let job = Arguments::parse().job;
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or_else(|| Utf8Path::new("."));
    match job {
        Job::Gen { check } => generate::run(root, check),
        Job::Bench { runs } => bench::run(root, runs.max(1)).map(|()| ExitCode::SUCCESS),
    }
}

/// Prints a line; a reader that has gone is no failure.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
