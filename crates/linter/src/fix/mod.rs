//! Repairs: the edits that findings offer, applied round by round, each round checked before it counts.

mod candidate;
mod changes;
mod edits;
mod engine;
mod shape;

use std::collections::BTreeMap;
use std::sync::Arc;

use source::{Diagnostic, FileId, SourceFile, Sources};

pub use changes::Change;
pub use engine::repair;
pub use shape::Grammar;

/// Files by name, each with a text that stands in for what is on disk.
pub type Texts = BTreeMap<String, Arc<SourceFile>>;

/// Inputs that can be checked again with other texts.
pub trait Project {
    /// Checks the input with this number, reading `texts` in place of the files of those names.
    fn check(&self, input: usize, texts: &Texts) -> Examined;

    /// Whether this file may be changed at all.
    fn may_change(&self, file: &SourceFile) -> bool;
}

/// The findings of one input.
#[derive(Debug, Default)]
pub struct Examined {
    /// The input and the files it reads; names are the keys of [`Texts`].
    pub sources: Sources,
    /// How files of it are read, where a fix could change more than it names.
    pub grammars: Vec<(FileId, Grammar)>,
    /// Findings that the user sees; only these are repaired.
    pub reported: Vec<Diagnostic>,
    /// Findings that suppressions or the configuration keep from the user: no fix may add one.
    pub hidden: Vec<Diagnostic>,
}

/// What repairing came to.
#[derive(Debug, Default)]
pub struct Repaired {
    /// The new texts of the changed files.
    pub texts: Texts,
    /// Where they differ from the old ones, in order.
    pub changes: BTreeMap<String, Vec<Change>>,
    /// Every input as it is with these texts.
    pub examined: Vec<Examined>,
    /// Fixes that did harm or no good. Each is a defect of its rule, not of the user's file.
    pub dropped: Vec<Dropped>,
    /// Whether fixes still followed from fixes after the last round: a defect too.
    pub unfinished: bool,
}

/// A fix that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The rule that offered it.
    pub rule: &'static str,
    /// The file of its finding.
    pub file: String,
    /// The line of its finding, from 1, in the text of that round.
    pub line: u32,
    /// What the fix is called.
    pub title: String,
    /// What was wrong with it: a clause without full stop.
    pub reason: String,
}
