//! What a command does to one package.

/// What a command does to one package, and at whose wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// PEP 503 name, of the tables.
    pub name: &'static str,
    /// Which version.
    pub pick: Pick,
    /// Who wants it.
    pub asked: Asked,
    /// The releases that require it: `faster-whisper 1.2.1`.
    pub required_by: Vec<String>,
}

/// Which version of a package there is after a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The one that was there: it is good enough.
    Stays,
    /// One of these, each for a Python that may be the one at hand; one only where the Python is known or all agree.
    Takes(Vec<String>),
    /// It cannot be told.
    Open,
}

/// Who wants a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The requirement of the command with this number.
    Named(usize),
    /// Another package, which that requirement brings.
    Required {
        /// The requirement.
        root: usize,
        /// `vllm 0.33.0`.
        by: String,
        /// `torch==2.14.0`.
        wants: String,
    },
}

impl Asked {
    /// The requirement of the command that it comes from.
    #[must_use]
    pub fn root(&self) -> usize {
        match self {
            Self::Named(root) | Self::Required { root, .. } => *root,
        }
    }
}

impl Pick {
    /// The version, where there is but one.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        match self {
            Self::Takes(versions) if versions.len() == 1 => versions.first().map(String::as_str),
            _ => None,
        }
    }
}
