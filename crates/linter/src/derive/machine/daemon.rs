//! Docker's `daemon.json`.

use std::sync::Arc;

use host::HostFacts;
use host::facts::Layer;
use source::{FileId, Location, SourceFile, Sources, Span};

use super::json::{self, Problem, Value};

/// The file, as far as it could be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Daemon {
    /// There is none, so that defaults hold.
    Absent,
    /// It could not be looked at.
    Unknown,
    /// Not JSON.
    Broken {
        /// The file.
        file: FileId,
        /// What is wrong with it.
        problem: Problem,
    },
    /// JSON, or nothing but blanks.
    Read {
        /// The file.
        file: FileId,
        /// What it says; `None` where it is empty.
        value: Option<Value>,
    },
}

impl Daemon {
    /// From the facts; its text is added to `sources`.
    pub(super) fn read(facts: &HostFacts, sources: &mut Sources) -> Self {
        let Some(config) = &facts.docker.config else {
            let unknown = facts.unknown_about(Layer::DockerConfiguration);
            return if unknown.is_some() {
                Self::Unknown
            } else {
                Self::Absent
            };
        };
        let Some(text) = facts.texts.get(&config.path) else {
            return Self::Unknown;
        };
        let file = sources.add(Arc::new(SourceFile::new(&*config.path, &**text)));
        match json::parse(text) {
            Ok(value) => Self::Read { file, value },
            Err(problem) => Self::Broken { file, problem },
        }
    }

    /// Whether what it says is known; an absent file says nothing.
    #[must_use]
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Absent | Self::Read { .. })
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> Option<FileId> {
        match self {
            Self::Absent | Self::Unknown => None,
            Self::Broken { file, .. } | Self::Read { file, .. } => Some(*file),
        }
    }

    /// The object in it.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Read { value, .. } => value.as_ref(),
            _ => None,
        }
    }

    /// A place in it.
    #[must_use]
    pub fn at(&self, span: Span) -> Option<Location> {
        self.file().map(|file| Location::new(file, span))
    }

    /// `features.cdi`.
    #[must_use]
    pub fn cdi_feature(&self) -> Option<bool> {
        self.value()?.get("features")?.get("cdi")?.as_bool()
    }

    /// `default-runtime`.
    #[must_use]
    pub fn default_runtime(&self) -> Option<&str> {
        self.value()?.get("default-runtime")?.as_text()
    }

    /// Names of the runtimes it defines; `None` where that is not known.
    #[must_use]
    pub fn runtimes(&self) -> Option<Vec<&str>> {
        if !self.is_known() {
            return None;
        }
        let runtimes = self.value().and_then(|value| value.get("runtimes"));
        let entries = runtimes.map(Value::entries).unwrap_or_default();
        Some(entries.iter().map(|entry| &*entry.key).collect())
    }
}
