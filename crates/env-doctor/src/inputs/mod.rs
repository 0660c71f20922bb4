//! What is checked: Dockerfiles and Compose projects, found, read, checked side by side, repaired and reported.

mod dockerfile;
mod host;
mod project;
mod projects;
mod run;

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use linter::fix::Texts;

use crate::config::Policies;
use crate::discovery;
use crate::failure::Failure;
use crate::file_report::FileReport;
use crate::loader::FileLoader;

pub(crate) use dockerfile::Dockerfile;
pub(crate) use host::{host, judge_host};
pub(crate) use project::Project;
pub(crate) use projects::{projects, unsaid};
pub(crate) use run::{Checked, Finished, Watch, found_below};

/// What a run checks with.
pub(crate) struct Workspace {
    /// Reads files, each of them once.
    pub loader: FileLoader,
    /// What holds for each of them.
    pub policies: Arc<Policies>,
}

impl Workspace {
    /// For a run in which the user named these files.
    pub(crate) fn new<'a>(
        policies: Policies,
        named: impl IntoIterator<Item = &'a Utf8PathBuf>,
    ) -> Self {
        Self {
            loader: FileLoader::new(named),
            policies: Arc::new(policies),
        }
    }
}

/// One thing to check.
pub(crate) enum Input {
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
    pub(crate) fn is_stdin(&self) -> bool {
        match self {
            Self::Dockerfile(dockerfile) => dockerfile.at == discovery::At::Stdin,
            Self::Project(project) => project.stdin.is_some(),
        }
    }

    fn open(self, workspace: &Workspace) -> Result<Job, Failure> {
        Ok(match self {
            Self::Dockerfile(dockerfile) => Job::Dockerfile(dockerfile.open(workspace)?),
            Self::Project(project) => Job::Project(project),
        })
    }
}

/// What was found, and what could not be looked at.
#[derive(Default)]
pub(crate) struct Found {
    /// In the order given; within a directory by path.
    pub inputs: Vec<Input>,
    /// What could not be searched.
    pub failures: Vec<Failure>,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.inputs.is_empty() && !Failure::any(&self.failures)
    }
}

/// The Dockerfiles that `paths` name or hold, or the one here; at least one.
pub(crate) fn dockerfiles(
    paths: &[Utf8PathBuf],
    make: impl Fn(discovery::At) -> Dockerfile,
    workspace: &Workspace,
) -> Found {
    let found = discovery::dockerfiles(paths, &workspace.policies);
    let inputs = found.places.into_iter().map(make).map(Input::Dockerfile);
    Found {
        inputs: inputs.collect(),
        failures: found.failures,
    }
}

/// Paths as a message lists them.
fn listed(paths: &[Utf8PathBuf]) -> String {
    let paths: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
    paths.join(", ")
}

/// An input that was read, and can be checked again.
enum Job {
    Dockerfile(dockerfile::Opened),
    Project(Project),
}

impl Job {
    /// Checks it, reading `texts` in place of the files of those names.
    fn check(&self, texts: &Texts, workspace: &Workspace) -> Result<FileReport, Failure> {
        match self {
            Self::Dockerfile(dockerfile) => Ok(dockerfile.check(texts, workspace)),
            Self::Project(project) => project.check(texts, workspace),
        }
    }

    /// Checks it again after a repair.
    fn recheck(&self, texts: &Texts, workspace: &Workspace) -> FileReport {
        match self {
            Self::Dockerfile(dockerfile) => dockerfile.check(texts, workspace),
            Self::Project(project) => project.recheck(texts, workspace),
        }
    }
}
