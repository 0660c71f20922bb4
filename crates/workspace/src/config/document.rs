//! What one configuration says.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8PathBuf;
use facts::image::Accelerator;
use linter::{Known, Target};
use source::Severity;

use super::patterns::Patterns;

/// What a rule's findings can be made.
pub(super) const LEVELS: &[&str] = &["off", "info", "warning", "error"];

/// What images are made for.
pub(super) const ACCELERATORS: &[&str] = &["nvidia", "cpu", "amd", "jetson", "other"];

/// What an image is made for, by its word.
pub(super) fn accelerator(word: &str) -> Option<Accelerator> {
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
pub(super) type Levels = BTreeMap<&'static str, Option<Severity>>;

/// The lowest severity that fails a run; `None` where nothing does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold(pub Option<Severity>);

impl Default for Threshold {
    fn default() -> Self {
        Self(Some(Severity::Error))
    }
}

/// What one file says.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    pub(super) select: Option<Vec<&'static str>>,
    pub(super) ignore: Vec<&'static str>,
    pub(super) levels: Levels,
    pub(super) per_path: Vec<PerPath>,
    pub(super) fail_on: Option<Threshold>,
    pub(super) exclude: Patterns,
    pub(super) context: Option<Utf8PathBuf>,
    pub(super) default_runtime: Option<String>,
    pub(super) target: Target,
    pub(super) build_args: Vec<(String, String)>,
    pub(super) known: Arc<Known>,
}

/// What differs for some files.
#[derive(Clone, Debug)]
pub(super) struct PerPath {
    pub(super) paths: Patterns,
    pub(super) ignore: Vec<&'static str>,
    pub(super) levels: Levels,
}
