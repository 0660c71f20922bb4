//! Whole runs of the release program: what a user waits for and what it takes.

mod inputs;
mod measure;

use std::process::Command;

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};

use crate::say;
use inputs::Inputs;

/// Measures and prints a table.
pub(crate) fn run(root: &Utf8Path, runs: usize) -> anyhow::Result<()> {
    let program = build(root)?;
    let folder = tempfile::tempdir()?;
    let folder = Utf8Path::from_path(folder.path()).context("the temporary folder is not UTF-8")?;
    let inputs = Inputs::write(root, folder)?;
    say(&format!(
        "{:32} {:>9} {:>9} {:>9} {:>9}   median of {runs} runs",
        "", "median", "best", "worst", "memory"
    ));
    let version = Command::new(&program);
    row("env-doctor --version", version, &["--version"], runs, None)?;
    for (name, command, path) in inputs.cases() {
        let arguments = [command, "--fail-on", "never", path.as_str()];
        let memory = measure::peak_memory(&program, &arguments, folder)?;
        row(name, Command::new(&program), &arguments, runs, memory)?;
    }
    let arguments = ["explain", "--log", inputs.log().as_str()];
    let memory = measure::peak_memory(&program, &arguments, folder)?;
    let explain = Command::new(&program);
    row("a log of 10 MiB", explain, &arguments, runs, memory)?;
    Ok(())
}

fn row(
    name: &str,
    mut command: Command,
    arguments: &[&str],
    runs: usize,
    memory: Option<u64>,
) -> anyhow::Result<()> {
    let times = measure::wall_times(command.args(arguments), runs)?;
    let at = |index: usize| {
        let time = times.get(index).copied().unwrap_or_default();
        format!("{:.2} ms", time.as_secs_f64() * 1e3)
    };
    let memory = memory.map_or_else(String::new, |kib| {
        format!("{}.{} MiB", kib / 1024, kib % 1024 * 10 / 1024)
    });
    say(&format!(
        "{name:32} {:>9} {:>9} {:>9} {memory:>9}",
        at(runs / 2),
        at(0),
        at(runs - 1)
    ));
    Ok(())
}

/// Builds the release program and says where it is.
pub(crate) fn build(root: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let arguments = [
        "build",
        "--release",
        "--package",
        "env-doctor",
        "--message-format=json",
    ];
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(root)
        .stderr(std::process::Stdio::inherit())
        .output()?;
    anyhow::ensure!(output.status.success(), "the release build fails");
    // Cargo knows its target directory, whoever set it.
    let messages = String::from_utf8(output.stdout)?;
    let key = "\"executable\":\"";
    let path = messages
        .lines()
        .filter_map(|line| line.split_once(key)?.1.split_once('"'))
        .map(|(path, _)| path)
        .next_back();
    Ok(path.context("cargo names no program")?.into())
}
