//! The entry points: one input file in, its findings out.

use camino::Utf8PathBuf;
use source::{Diagnostic, FileId, Location, Sources};

use crate::Loader;

/// What the user says about the build, beyond the files.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `--target`: the stage that runs.
    pub target: Option<String>,
    /// `--build-arg NAME=VALUE`, in order.
    pub build_args: Vec<(String, String)>,
}

/// A Dockerfile to check.
#[derive(Clone, Debug)]
pub struct DockerfileInput {
    /// The file, already among the sources.
    pub file: FileId,
    /// Directories that COPY sources and dependency files are looked for in, best first: the build context, or
    /// the Dockerfile's directory and the repository root.
    pub contexts: Vec<Utf8PathBuf>,
}

/// Something that was not looked at, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What could not be known.
    pub location: Location,
    /// One sentence, lower case start, no full stop.
    pub text: String,
}

/// What was seen, so that silence is not mistaken for blindness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Build stages.
    pub stages: usize,
    /// What is known of the stages that run: `CUDA 12.1`, `PyTorch 2.5.1 (cu121)`; in a fixed order.
    pub facts: Vec<String>,
}

/// The result of one check.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Findings in the order of file, offset, rule.
    pub diagnostics: Vec<Diagnostic>,
    /// What was not looked at.
    pub notes: Vec<Note>,
    /// What was.
    pub overview: Overview,
}

/// Checks one Dockerfile with the dependency files it installs from; adds those it read to `sources`.
pub fn check_dockerfile(
    _sources: &mut Sources,
    _input: &DockerfileInput,
    _loader: &dyn Loader,
    _settings: &Settings,
) -> Checked {
    Checked::default()
}
