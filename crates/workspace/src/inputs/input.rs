//! What is checked.

use camino::{Utf8Path, Utf8PathBuf};
use linter::fix::Texts;

use super::dockerfile::{Dockerfile, Opened};
use super::project::Project;
use super::workspace::Workspace;
use crate::discovery::{self, At};
use crate::failure::Failure;
use crate::file_report::FileReport;

/// One thing to check.
pub enum Input {
    /// A Dockerfile by itself.
    Dockerfile(Dockerfile),
    /// A Compose project with the Dockerfiles that it builds.
    Project(Project),
}

impl Input {
    /// The file that its configuration is looked for above.
    pub(crate) fn path(&self) -> &Utf8Path {
        match self {
            Self::Dockerfile(dockerfile) => dockerfile.at.path(),
            Self::Project(project) => project.path(),
        }
    }

    /// Whether it stands on standard input, or part of it.
    pub fn is_stdin(&self) -> bool {
        match self {
            Self::Dockerfile(dockerfile) => dockerfile.at == At::Stdin,
            Self::Project(project) => project.stdin.is_some(),
        }
    }

    pub(super) fn open(self, workspace: &Workspace) -> Result<Job, Failure> {
        Ok(match self {
            Self::Dockerfile(dockerfile) => Job::Dockerfile(dockerfile.open(workspace)?),
            Self::Project(project) => Job::Project(project),
        })
    }
}

/// What was found, and what could not be looked at.
#[derive(Default)]
pub struct Found {
    /// In the order given; within a directory by path.
    pub inputs: Vec<Input>,
    /// What could not be searched.
    pub failures: Vec<Failure>,
}

impl Found {
    pub(super) fn is_empty(&self) -> bool {
        self.inputs.is_empty() && !Failure::any(&self.failures)
    }
}

/// The Dockerfiles that `paths` name or hold, or the one here; at least one.
pub fn dockerfiles(
    paths: &[Utf8PathBuf],
    make: impl Fn(At) -> Dockerfile,
    workspace: &Workspace,
) -> Found {
    let (places, failures) = discovery::dockerfiles(paths, &workspace.policies);
    let inputs = places.into_iter().map(|place| make(place.at));
    let inputs = inputs.map(Input::Dockerfile);
    Found {
        inputs: inputs.collect(),
        failures,
    }
}

/// Paths as a message lists them.
pub(super) fn listed(paths: &[Utf8PathBuf]) -> String {
    let paths: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
    paths.join(", ")
}

/// An input that was read, and can be checked again.
pub(super) enum Job {
    Dockerfile(Opened),
    Project(Project),
}

impl Job {
    /// Checks it, reading `texts` in place of the files of those names.
    pub(super) fn check(
        &self,
        texts: &Texts,
        workspace: &Workspace,
    ) -> Result<FileReport, Failure> {
        match self {
            Self::Dockerfile(dockerfile) => Ok(dockerfile.check(texts, workspace)),
            Self::Project(project) => project.check(texts, workspace),
        }
    }

    /// Checks it again after a repair.
    pub(super) fn recheck(&self, texts: &Texts, workspace: &Workspace) -> FileReport {
        match self {
            Self::Dockerfile(dockerfile) => dockerfile.check(texts, workspace),
            Self::Project(project) => project.recheck(texts, workspace),
        }
    }
}
