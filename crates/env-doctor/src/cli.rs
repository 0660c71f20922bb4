//! The command line.

use std::sync::LazyLock;

use camino::Utf8PathBuf;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use facts::{CudaVersion, DriverVersion};
use linter::advice::Wanted;
use linter::target::{Platform, TargetGpu};
use workspace::machine::AUTO;

/// Program version and the day of the facts.
fn version() -> &'static str {
    static VERSION: LazyLock<String> =
        LazyLock::new(|| format!("{} (facts of {})", env!("CARGO_PKG_VERSION"), facts::DATE));
    &VERSION
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Tells, before you build or run it, whether your container will see the GPU.
#[derive(Debug, Parser)]
#[command(name = "env-doctor", version = version(), styles = STYLES, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check everything here: the machine, Dockerfiles, Compose projects, and whether they fit together
    Check(CheckOptions),
    /// Check Dockerfiles
    Dockerfile(DockerfileOptions),
    /// Check Compose projects
    #[command(visible_alias = "compose")]
    DockerCompose(ComposeOptions),
    /// Check what this machine has for GPU containers: driver, container toolkit, engine, CDI
    Host(HostOptions),
    /// Print the install command that suits a machine or an image
    Install(InstallOptions),
    /// List the rules
    Rules(RulesOptions),
    /// Explain a rule, an error message, or the known messages of a log
    Explain(ExplainOptions),
    /// Write the set-up of a tool that runs env-doctor
    Init(InitOptions),
    /// Print the completion script of a shell
    Completions(CompletionsOptions),
}

/// `env-doctor check`.
#[derive(Args, Debug)]
pub struct CheckOptions {
    /// Files, and directories to search [default: the current directory]
    #[arg(value_name = "PATH")]
    pub paths: Vec<Utf8PathBuf>,
    /// The stage that runs, as in `docker build --target`, in Dockerfiles that have it and no Compose project builds
    #[arg(long, value_name = "STAGE")]
    pub target: Option<String>,
    /// Value of an ARG, as in `docker build --build-arg`, for Dockerfiles that no Compose project builds
    #[arg(long = "build-arg", value_name = "NAME=VALUE", value_parser = build_arg)]
    pub build_args: Vec<(String, String)>,
    /// What every check is told.
    #[command(flatten)]
    pub checking: CheckingOptions,
}

/// `env-doctor dockerfile`.
#[derive(Args, Debug)]
pub struct DockerfileOptions {
    /// Dockerfiles, directories to search, or `-` for standard input [default: Dockerfile or Containerfile here]
    #[arg(value_name = "PATH")]
    pub paths: Vec<Utf8PathBuf>,
    /// The stage that runs, as in `docker build --target` [default: the last, and named stages nothing uses]
    #[arg(long, value_name = "STAGE")]
    pub target: Option<String>,
    /// Value of an ARG, as in `docker build --build-arg`
    #[arg(long = "build-arg", value_name = "NAME=VALUE", value_parser = build_arg)]
    pub build_args: Vec<(String, String)>,
    /// Build context, where COPY finds its files [default: the Dockerfile's directory, then the repository root]
    #[arg(long, value_name = "DIR")]
    pub context: Option<Utf8PathBuf>,
    /// What every check is told.
    #[command(flatten)]
    pub checking: CheckingOptions,
}

/// `env-doctor docker-compose`.
#[derive(Args, Debug)]
pub struct ComposeOptions {
    /// Compose files, directories to search, or `-` for standard input [default: what Compose would load here]
    #[arg(value_name = "PATH", conflicts_with = "files")]
    pub paths: Vec<Utf8PathBuf>,
    /// A file of one project; several are merged in order, as `docker compose -f` does
    #[arg(long = "file", short = 'f', value_name = "FILE")]
    pub files: Vec<Utf8PathBuf>,
    /// A profile to switch on; services of other profiles are checked too
    #[arg(long = "profile", value_name = "NAME")]
    pub profiles: Vec<String>,
    /// File with variables for `${…}` [default: .env]
    #[arg(long = "env-file", value_name = "FILE")]
    pub env_files: Vec<Utf8PathBuf>,
    /// What relative paths count from [default: the directory of the first file]
    #[arg(long, value_name = "DIR")]
    pub project_directory: Option<Utf8PathBuf>,
    /// What every check is told.
    #[command(flatten)]
    pub checking: CheckingOptions,
}

/// What every check of files is told.
#[derive(Args, Debug)]
pub struct CheckingOptions {
    /// What the result will run on.
    #[command(flatten)]
    pub machine: TargetOptions,
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigOptions,
    /// Which findings are new.
    #[command(flatten)]
    pub news: NewsOptions,
    /// What is repaired.
    #[command(flatten)]
    pub fix: FixOptions,
    /// How findings are reported.
    #[command(flatten)]
    pub report: ReportOptions,
}

/// `env-doctor host`.
#[derive(Args, Debug)]
pub struct HostOptions {
    /// Another machine: a file that `env-doctor host --format json` wrote there, or a folder of `--record` [default: this one]
    #[arg(long, value_name = "FILE|DIR|auto", num_args = 0..=1, default_missing_value = AUTO)]
    pub host: Option<Utf8PathBuf>,
    /// Write what is looked at, without secrets, into a folder for a bug report
    #[arg(long, value_name = "DIR", conflicts_with = "host")]
    pub record: Option<Utf8PathBuf>,
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigOptions,
    /// How findings are reported.
    #[command(flatten)]
    pub report: ReportOptions,
}

/// What the result will run on.
#[derive(Args, Clone, Debug, Default)]
pub struct TargetOptions {
    /// NVIDIA driver of the machine that runs it: a version or a branch, 535.104.05 or 535
    #[arg(long, value_name = "VERSION", value_parser = linter::target::driver)]
    pub driver: Option<DriverVersion>,
    /// A GPU of that machine: a model or a compute capability, "RTX 5090" or sm_120; repeatable
    #[arg(long = "gpu", value_name = "NAME|sm_NN")]
    pub gpus: Vec<TargetGpu>,
    /// Platform of that machine, linux/amd64 or linux/arm64
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Option<Platform>,
    /// That machine itself: a file that `env-doctor host --format json` wrote there, a folder of `host --record`, or `auto` for this one [without a value: auto]
    #[arg(long, value_name = "FILE|DIR|auto", num_args = 0..=1, default_missing_value = AUTO)]
    pub host: Option<String>,
    /// Do not look at this machine; only `check` does so by itself
    #[arg(long, conflicts_with = "host")]
    pub no_host: bool,
}

/// `env-doctor install`.
#[derive(Args, Debug)]
pub struct InstallOptions {
    /// Packages, as pip takes them.
    #[arg(
        required = true,
        value_name = "PACKAGE",
        help = r#"Packages, as pip takes them: torch, torch==2.6, "torch>=2.5,<2.7", "jax[cuda12]""#
    )]
    pub packages: Vec<Wanted>,
    /// The CUDA version to install for, 12.4
    #[arg(long, value_name = "VERSION", value_parser = cuda)]
    pub cuda: Option<CudaVersion>,
    /// The base image that it is installed into
    #[arg(long, value_name = "IMAGE")]
    pub base: Option<String>,
    /// The Python that it is installed for, 3.11
    #[arg(long, value_name = "VERSION", value_parser = python)]
    pub python: Option<String>,
    /// What it runs on.
    #[command(flatten)]
    pub machine: TargetOptions,
    /// The installer
    #[arg(long, value_enum, default_value_t = Installer::Both)]
    pub tool: Installer,
    /// Print RUN instructions for a Dockerfile
    #[arg(long)]
    pub dockerfile: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

/// Installers of Python packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Installer {
    /// pip
    Pip,
    /// uv
    Uv,
    /// Both
    Both,
}

/// What is repaired.
#[derive(Args, Clone, Copy, Debug, Default)]
#[command(group(ArgGroup::new("repair").args(["fix", "diff"]).multiple(true)))]
pub struct FixOptions {
    /// Repair what can be repaired without changing anything else about the image
    #[arg(long)]
    pub fix: bool,
    /// Also apply fixes that may change what the image or a service does; each says how
    #[arg(long, requires = "repair")]
    pub unsafe_fixes: bool,
    /// Print what would be repaired as a diff, instead of the report, and write nothing
    #[arg(long)]
    pub diff: bool,
}

/// Where the configuration is.
#[derive(Args, Clone, Debug, Default)]
pub struct ConfigOptions {
    /// Configuration for all files; its paths count from here [default: env-doctor.toml, or [tool.env-doctor] of pyproject.toml, nearest above each file]
    #[arg(long, value_name = "FILE")]
    pub config: Option<Utf8PathBuf>,
    /// Read no configuration
    #[arg(long, visible_alias = "isolated", conflicts_with = "config")]
    pub no_config: bool,
}

/// Which findings are new.
#[derive(Args, Clone, Debug, Default)]
pub struct NewsOptions {
    /// Leave out the findings that this file lists
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<Utf8PathBuf>,
    /// List all findings in this file, for `--baseline`, instead of reporting them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "changed_since"])]
    pub write_baseline: Option<Utf8PathBuf>,
    /// Report what stands on lines changed in Git since this branch left REV: committed, staged or not
    #[arg(long, value_name = "REV", value_parser = git_revision)]
    pub changed_since: Option<String>,
}

/// How findings are reported.
#[derive(Args, Debug)]
pub struct ReportOptions {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write the report to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<Utf8PathBuf>,
    /// Lowest severity that makes the exit status 1 [default: the configuration's, or error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Report these rules only, whatever the configuration says
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Do not report these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Print findings only: no notes, no summary
    #[arg(long, short)]
    pub quiet: bool,
    /// Say for every file what was seen in it
    #[arg(long, short, conflicts_with = "quiet")]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// `env-doctor rules`.
#[derive(Args, Debug)]
pub struct RulesOptions {
    /// Output format
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

/// `env-doctor explain`.
#[derive(Args, Debug)]
pub struct ExplainOptions {
    /// A rule's name or the text of an error; `-` or nothing for a log on standard input
    #[arg(value_name = "RULE|TEXT", conflicts_with = "log")]
    pub text: Vec<String>,
    /// A log, in which known messages are looked for
    #[arg(long, value_name = "FILE")]
    pub log: Option<Utf8PathBuf>,
    /// Files, and directories to search, that may hold the cause; repeatable [default: none]
    #[arg(long = "in", value_name = "PATH")]
    pub paths: Vec<Utf8PathBuf>,
    /// What it runs on.
    #[command(flatten)]
    pub machine: TargetOptions,
    /// Output format
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// `env-doctor init`.
#[derive(Args, Debug)]
pub struct InitOptions {
    /// The tools to write files for, and the configuration
    #[arg(value_enum, required = true, value_name = "TOOL")]
    pub tools: Vec<Tool>,
    /// Git repository that the tool takes env-doctor from
    #[arg(long, value_name = "URL", value_parser = repository)]
    pub repository: Option<String>,
    /// Tag or commit to take [default: the tag of this version]
    #[arg(long, value_name = "REV", value_parser = revision)]
    pub rev: Option<String>,
    /// Overwrite files that are there
    #[arg(long)]
    pub force: bool,
    /// Print the files and write nothing
    #[arg(long, conflicts_with = "force")]
    pub print: bool,
}

/// Tools that run env-doctor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tool {
    /// A workflow that puts findings into code scanning and pull requests
    Github,
    /// A job that puts findings into merge requests
    Gitlab,
    /// Hooks that run before each commit
    PreCommit,
    /// A configuration to start from, with everything switched off
    Config,
}

/// `env-doctor completions`.
#[derive(Args, Debug)]
pub struct CompletionsOptions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One line a finding
    Concise,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
    /// Code quality report of GitLab
    Gitlab,
    /// Test results as JUnit writes them
    Junit,
    /// A comment on a pull request
    Markdown,
    /// A page for people
    Html,
}

/// Formats of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Exit status thresholds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Any finding
    Info,
    /// Nothing
    Never,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR says otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// An address that can stand in YAML and on a command line as it is.
fn repository(text: &str) -> Result<String, String> {
    let address = ["https://", "ssh://", "git@"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    if address && is_plain(text) {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err("expected an address like https://git.example.com/tools/env-doctor".to_owned())
    }
}

fn revision(text: &str) -> Result<String, String> {
    if is_plain(text) && !text.starts_with('-') {
        Ok(text.to_owned())
    } else {
        Err("expected a tag or a commit".to_owned())
    }
}

/// Anything that Git cannot take for an option.
fn git_revision(text: &str) -> Result<String, String> {
    if text.is_empty() || text.starts_with('-') || text.contains(char::is_control) {
        Err("expected a branch, a tag or a commit".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// Whether no character means anything to YAML or a shell.
fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:@+".contains(c);
    !text.is_empty() && text.chars().all(plain)
}

fn cuda(text: &str) -> Result<CudaVersion, String> {
    let version = text.parse().ok().or_else(|| CudaVersion::from_suffix(text));
    version.ok_or_else(|| "expected a CUDA version such as 12.4".to_owned())
}

fn python(text: &str) -> Result<String, String> {
    let mut parts = text.split('.');
    let numbers: Option<Vec<u32>> = parts
        .by_ref()
        .take(2)
        .map(|part| part.parse().ok())
        .collect();
    match numbers.as_deref() {
        Some([major, minor]) => Ok(format!("{major}.{minor}")),
        _ => Err("expected a Python version such as 3.11".to_owned()),
    }
}

fn build_arg(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        // Docker takes the value from its environment; we never read that for a check.
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_description_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_build_argument_has_a_name_and_a_value() {
        let pair = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
        assert_eq!(build_arg("A=b=c"), pair("A", "b=c"));
        assert_eq!(build_arg("A="), pair("A", ""));
        assert!(build_arg("A").is_err());
        assert!(build_arg("=b").is_err());
    }
}
