//! What could not be checked or used, and where the reason stands.

use std::sync::Arc;

use source::{Location, SourceFile, Sources, Span};

/// An input that could not be checked, or a configuration that cannot be used.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The path as it was given.
    pub file: String,
    /// The reason: lower-case start, no full stop.
    pub message: String,
    /// The place in the file, where the reason stands there.
    pub excerpt: Option<Excerpt>,
    /// It was left out on purpose: the run has not failed, and says so.
    pub is_left_out: bool,
}

impl Failure {
    /// `message` about `file`.
    pub fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            message: message.into(),
            excerpt: None,
            is_left_out: false,
        }
    }

    /// `message` about a file that is not looked at, which is no mistake.
    pub fn left_out(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            is_left_out: true,
            ..Self::new(file, message)
        }
    }

    /// Whether anything went wrong.
    pub fn any(failures: &[Self]) -> bool {
        failures.iter().any(|failure| !failure.is_left_out)
    }

    /// The file, with its line where the reason stands there.
    pub fn place(&self) -> String {
        let Some(excerpt) = &self.excerpt else {
            return self.file.clone();
        };
        let (sources, at) = excerpt.place();
        let line = sources.get(at.file).position(at.span.start).line;
        format!("{}:{line}", self.file)
    }
}

/// A place in a file that could not be used, and what to write there.
#[derive(Clone, Debug)]
pub struct Excerpt {
    /// The file, without anything that must not be shown.
    pub file: Arc<SourceFile>,
    /// The place in it.
    pub span: Span,
    /// What to write there.
    pub help: Option<String>,
}

impl Excerpt {
    /// `span` of `file`.
    pub fn new(file: &Arc<SourceFile>, span: Span, help: Option<String>) -> Self {
        Self {
            file: file.shown(),
            span,
            help,
        }
    }

    /// The file by itself and the place in it.
    pub fn place(&self) -> (Sources, Location) {
        let mut sources = Sources::new();
        let file = sources.add(Arc::clone(&self.file));
        (sources, Location::new(file, self.span))
    }
}
