//! What is known of pip and of what it builds with.

use facts::release::ReleaseVersion;

/// What is known of a pip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pip {
    /// This one.
    Version(ReleaseVersion),
    /// The newest of the day on which the image is built.
    Newest,
    /// Not told.
    Unknown,
}

/// The tools with which pip builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tools {
    /// pip itself.
    pub pip: Pip,
    /// Whether setuptools is installed; `None` where that is not told.
    pub setuptools: Option<bool>,
    /// Whether wheel is.
    pub wheel: Option<bool>,
}

/// What commands so far did to the tools, each `None` where they did nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ToolSteps {
    pub(super) pip: Option<Pip>,
    pub(super) setuptools: Option<bool>,
    pub(super) wheel: Option<bool>,
}

impl ToolSteps {
    pub(super) fn or(self, before: Self) -> Self {
        Self {
            pip: self.pip.or(before.pip),
            setuptools: self.setuptools.or(before.setuptools),
            wheel: self.wheel.or(before.wheel),
        }
    }
}
