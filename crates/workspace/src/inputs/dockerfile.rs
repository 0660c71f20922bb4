//! Dockerfiles by themselves.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use dockerfile::{From, Instruction, Kind};
use linter::fix::{Grammar, Texts};
use linter::{DockerfileInput, Loader, Settings};
use source::{SourceFile, Sources, suggest};

use super::workspace::Workspace;
use crate::budget;
use crate::build_context::contexts;
use crate::discovery::At;
use crate::failure::Failure;
use crate::file_report::FileReport;
use crate::files::Asked;
use crate::loader::{self, Replaced};

/// One Dockerfile to check.
pub struct Dockerfile {
    /// Where it is.
    pub at: At,
    /// Its build context, where somebody says so.
    pub context: Option<Utf8PathBuf>,
    /// A stage that it must have.
    pub stage: Option<String>,
}

/// One Dockerfile as it was read.
pub(super) struct Opened {
    source: Arc<SourceFile>,
    contexts: Vec<Utf8PathBuf>,
}

impl Dockerfile {
    /// The one at a place, of which nothing is said.
    pub(crate) fn new(at: At) -> Self {
        Self {
            at,
            context: None,
            stage: None,
        }
    }

    /// Reads it.
    pub(super) fn open(&self, workspace: &Workspace) -> Result<Opened, Failure> {
        let folders = &workspace.folders;
        let files = folders.files();
        let source = match &self.at {
            At::Stdin => loader::read_stdin()?,
            At::Named(path) => loader::read(files, path, Asked::ByName)?,
            At::Found(path) => loader::read(files, path, Asked::ByOthers)?,
        };
        let path = self.at.path();
        let policy = workspace.policies.of(path);
        let configured = policy.and_then(|policy| policy.context(folders));
        let given = self.context.as_deref().or(configured.as_deref());
        let source = budget::within(source)?;
        if let Some(stage) = &self.stage {
            has_stage(&source, stage)?;
        }
        Ok(Opened {
            source: Arc::new(source),
            contexts: contexts(folders, path, given),
        })
    }
}

impl Opened {
    /// Checks it, reading `texts` in place of the files of those names.
    pub(super) fn check(&self, texts: &Texts, workspace: &Workspace) -> FileReport {
        let Workspace {
            loader, policies, ..
        } = workspace;
        let mut sources = Sources::new();
        let source = texts.get(self.source.name()).unwrap_or(&self.source);
        let file = sources.add(Arc::clone(source));
        let input = DockerfileInput {
            file,
            contexts: self.contexts.clone(),
        };
        let overlay = Replaced { loader, texts };
        let loader: &dyn Loader = if texts.is_empty() { loader } else { &overlay };
        let policy = policies.of(Utf8Path::new(source.name()));
        let default = Settings::default();
        let settings = policy.as_ref().map_or(&default, |policy| policy.settings());
        let checked = linter::check_dockerfile(&mut sources, &input, loader, settings);
        let mut report = FileReport::new(sources, file, checked);
        report.grammars = vec![(file, Grammar::Dockerfile)];
        policies.apply(&mut report);
        report
    }
}

/// Refuses a `--target` that the build would refuse: what is checked instead would not be what runs.
fn has_stage(source: &SourceFile, target: &str) -> Result<(), Failure> {
    let dockerfile = dockerfile::parse(source.text());
    let stages = dockerfile.instructions.iter().filter_map(from);
    let count = stages.clone().count();
    let names = stages.filter_map(|from| Some(from.name.as_ref()?.raw.as_str()));
    let found = names.clone().any(|name| name.eq_ignore_ascii_case(target));
    if found || target.parse().is_ok_and(|number: usize| number < count) {
        return Ok(());
    }
    let hint = suggest::hint(target, names);
    Err(Failure::new(
        source.name(),
        format!("has no stage `{target}`{hint}"),
    ))
}

fn from(instruction: &Instruction) -> Option<&From> {
    match &instruction.kind {
        Kind::From(from) => Some(from),
        _ => None,
    }
}
