//! What is to be checked, and what the user says about it.

use std::sync::Arc;

use camino::Utf8PathBuf;
use host::HostFacts;
use source::FileId;

use crate::derive::known::Known;
use crate::derive::names::Intent;
use crate::derive::target::Target;

/// What the user says about the build, beyond the files.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `--target`: the stage that runs.
    pub stage: Option<String>,
    /// `--build-arg NAME=VALUE`, in order.
    pub build_args: Vec<(String, String)>,
    /// What the surrounding project says the image is for.
    pub intent: Option<Intent>,
    /// The default runtime of the engine that will run Compose services, where that is known.
    pub default_runtime: Option<String>,
    /// What the image will run on.
    pub target: Target,
    /// The machine itself, where it was looked at.
    pub host: Option<Arc<HostFacts>>,
    /// What the user says of images and indexes.
    pub known: Arc<Known>,
}

impl Settings {
    /// Whether nothing narrows the check: what is not found then is not there.
    pub(crate) fn is_whole(&self) -> bool {
        self.stage.is_none() && self.build_args.is_empty()
    }
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
