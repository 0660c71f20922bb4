//! Jobs of the repository: `cargo xtask gen`, `cargo xtask bench`, `cargo xtask compare`, `cargo xtask new-rule`,
//! `cargo xtask html-screenshot`.

mod bench;
mod compare;
mod new_rule;
mod screenshot;
mod tables;

use std::process::{Command, ExitCode};

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Parser, Subcommand};
use xtask::generated::settle;
use xtask::say;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    job: Job,
}

#[derive(Debug, Subcommand)]
enum Job {
    /// Write the tables as the program carries them, and the generated reference pages
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
    /// Print what another build of the program finds otherwise in real files, and fail if something differs
    Compare {
        /// The other program
        old: Utf8PathBuf,
        /// This program [default: the release build]
        #[arg(long, value_name = "PROGRAM")]
        new: Option<Utf8PathBuf>,
        /// Files and folders to check
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Write the skeleton of a new rule
    NewRule {
        /// Its name: the fault, as in `nvcc-missing`
        name: String,
        /// What it is about
        #[arg(long, value_enum)]
        section: new_rule::Section,
    },
    /// Show the HTML report in headless Chromium, look what the browser made of it, and keep pictures
    HtmlScreenshot {
        /// The browser [default: what of Chromium and Chrome is installed]
        #[arg(long, value_name = "PROGRAM")]
        browser: Option<String>,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    let job = Arguments::parse().job;
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or_else(|| Utf8Path::new("."));
    match job {
        Job::Gen { check } => generate(root, check),
        Job::HtmlScreenshot { browser } => {
            screenshot::run(root, browser.as_deref()).map(|()| ExitCode::SUCCESS)
        }
        Job::Compare { old, new, paths } => {
            let new = new.map_or_else(|| bench::build(root), Ok)?;
            let same = compare::run(&old, &new, &paths)?;
            Ok(ExitCode::from(u8::from(!same)))
        }
        Job::NewRule { name, section } => {
            new_rule::run(root, &name, section).map(|()| ExitCode::SUCCESS)
        }
        Job::Bench { runs } => bench::run(root, runs.max(1)).map(|()| ExitCode::SUCCESS),
    }
}

/// The tables first: the program is built from them, and the pages follow from the program.
fn generate(root: &Utf8Path, check: bool) -> anyhow::Result<ExitCode> {
    if !settle(root, &tables::files(root)?, &[tables::FOLDER], check)? {
        return Ok(ExitCode::FAILURE);
    }
    let mut pages = Command::new(env!("CARGO"));
    pages.args(["run", "--quiet", "--package", "pages", "--"]);
    pages.arg(root).args(check.then_some("--check"));
    let done = pages.current_dir(root).status()?;
    Ok(ExitCode::from(u8::from(!done.success())))
}
