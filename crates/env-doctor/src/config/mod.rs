//! `env-doctor.toml`: what is reported, what the images run on, and what only the user can know.

mod check;
pub mod keys;
mod patterns;
mod policies;
mod policy;
mod read;
pub mod schema;
pub mod words;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use camino::Utf8PathBuf;
use facts::image::Accelerator;
use linter::{Known, Target};
use source::Severity;

use patterns::Patterns;

pub(crate) use policies::Policies;
pub(crate) use policy::{Flags, Policy, Said};

/// The name of the file.
pub(crate) const FILE: &str = "env-doctor.toml";

/// The file of a Python project, which may hold the same below [`TABLE`].
const PYPROJECT: &str = "pyproject.toml";

/// Whether a file of this name may be found as a configuration.
pub(crate) fn is_file_name(path: &Path) -> bool {
    let name = path.file_name();
    [FILE, PYPROJECT]
        .iter()
        .any(|own| name == Some(own.as_ref()))
}

/// Where the configuration stands in `pyproject.toml`.
const TABLE: &[&str] = &["tool", "env-doctor"];

/// What a rule's findings can be made.
const LEVELS: &[&str] = &["off", "info", "warning", "error"];

/// What images are made for.
const ACCELERATORS: &[&str] = &["nvidia", "cpu", "amd", "jetson", "other"];

fn accelerator(word: &str) -> Option<Accelerator> {
    match word {
        "nvidia" => Some(Accelerator::Nvidia),
        "cpu" => Some(Accelerator::Cpu),
        "amd" => Some(Accelerator::Amd),
        "jetson" => Some(Accelerator::Jetson),
        "other" => Some(Accelerator::Other),
        _ => None,
    }
}

/// Severity by rule; `None` where the rule is off.
type Levels = BTreeMap<&'static str, Option<Severity>>;

/// The lowest severity that fails a run; `None` where nothing does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Threshold(pub Option<Severity>);

impl Default for Threshold {
    fn default() -> Self {
        Self(Some(Severity::Error))
    }
}

/// Where the configuration of files is.
#[derive(Clone, Debug, Default)]
pub(crate) enum Whence {
    /// In the nearest directory above each file.
    #[default]
    Nearest,
    /// In one file for all.
    File(Utf8PathBuf),
    /// Nowhere.
    Nowhere,
}

/// What one file says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    select: Option<Vec<&'static str>>,
    ignore: Vec<&'static str>,
    levels: Levels,
    per_path: Vec<PerPath>,
    fail_on: Option<Threshold>,
    exclude: Patterns,
    context: Option<Utf8PathBuf>,
    default_runtime: Option<String>,
    target: Target,
    build_args: Vec<(String, String)>,
    known: Arc<Known>,
}

/// What differs for some files.
#[derive(Clone, Debug)]
struct PerPath {
    paths: Patterns,
    ignore: Vec<&'static str>,
    levels: Levels,
}
