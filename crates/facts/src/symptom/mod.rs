//! Error messages that people meet, and their causes in order of likelihood.

use crate::generated::SYMPTOMS;
use crate::packed::{List, Str};
mod message;

use crate::Confidence;

pub use message::{Piece, pieces, render};

/// When a message appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Stage {
    /// While the image is built.
    Build,
    /// While the container is created, before anything of it runs.
    Create,
    /// When it starts.
    Start,
    /// While the program loads its libraries.
    Import,
    /// At the first use of CUDA.
    Call,
    /// Later, or under load.
    Later,
}

impl Stage {
    /// The word used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Create => "create",
            Self::Start => "start",
            Self::Import => "import",
            Self::Call => "call",
            Self::Later => "later",
        }
    }

    /// For people: `when the container starts`.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Build => "while the image is built",
            Self::Create => "before the container starts",
            Self::Start => "when the container starts",
            Self::Import => "while the program loads its libraries",
            Self::Call => "at the first use of the GPU",
            Self::Later => "later, or under load",
        }
    }
}

/// How often a message was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Frequency {
    /// Seldom.
    Rare,
    /// Often.
    Common,
    /// By nearly everybody.
    VeryCommon,
}

impl Frequency {
    /// The word used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rare => "rare",
            Self::Common => "common",
            Self::VeryCommon => "very-common",
        }
    }
}

/// What a message says about the fault, beside others in the same log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Role {
    /// It names the fault.
    #[default]
    Decisive,
    /// It follows from a fault that another message may name.
    Consequence,
    /// Nothing is wrong.
    Harmless,
}

/// What a variable part of a message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Kind {
    /// Anything, blanks too.
    Text,
    /// Anything without blanks.
    Word,
    /// Digits.
    Number,
    /// Digits and dots.
    Version,
    /// 1000 times the major and 10 times the minor of a CUDA version: 12080.
    CudaNumber,
    /// A driver version in the name of a library: 580.95.05.
    Driver,
    /// The version in the name of a library: 12, 11.0.
    Soname,
    /// A version with `*`: 13.*.
    Requirement,
    /// `sm_120`.
    Sm,
}

/// A variable part of a message.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Variable {
    /// Its name in the message.
    pub name: Str,
    /// What it holds.
    pub kind: Kind,
    /// An example.
    pub sample: Str,
}

/// One step of a repair.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Step {
    /// A command to type.
    Run(Str),
    /// Something to do that is no command.
    Do(Str),
}

impl Step {
    /// The text of either.
    #[must_use]
    pub fn text(&self) -> &'static str {
        match self {
            Self::Run(text) | Self::Do(text) => text.as_str(),
        }
    }
}

/// Values that a variable may have. `phase` is `build` or `run` where a log tells.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Condition {
    /// The variable.
    pub name: Str,
    /// One of these.
    pub values: List<Str>,
}

/// One cause. Texts may hold variables: `{found}`, or `{found|what stands there where it is unknown}`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Cause {
    /// What it is: one sentence without full stop.
    pub what: Str,
    /// The same with the values of the message; said where all of them are known.
    pub exact: Option<Str>,
    /// Where to look to tell it from the others.
    pub tell: Str,
    /// What to do, in order.
    pub fix: List<Step>,
    /// The rules that find it beforehand.
    pub rules: List<Str>,
    /// It comes first where a variable has one of these values, and is out of the question where it has another.
    pub when: List<Condition>,
    /// It is out of the question where a variable has one of these values.
    pub unless: List<Condition>,
}

/// One message in all its spellings.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Symptom {
    /// `driver-not-loaded`.
    pub name: Str,
    /// What the message means: one sentence without full stop.
    pub title: Str,
    /// When it appears.
    pub stages: List<Stage>,
    /// Fragments of the message; `{name}` stands for a variable part, `{{` for a brace.
    pub messages: List<Str>,
    /// The variable parts.
    pub variables: List<Variable>,
    /// What it says beside others.
    pub role: Role,
    /// Symptoms that are no news on the same line.
    pub shadows: List<Str>,
    /// How often it was met.
    pub frequency: Frequency,
    /// How well the wording is established.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: Str,
    /// In order of likelihood.
    pub causes: List<Cause>,
}

impl Symptom {
    /// The variable part of this name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&'static Variable> {
        let mut variables = self.variables.as_slice().iter();
        variables.find(|variable| variable.name == name)
    }
}

/// `data/symptoms.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Symptoms {
    pub(crate) symptoms: List<Symptom>,
}

/// Every symptom.
#[must_use]
pub fn all() -> &'static [Symptom] {
    SYMPTOMS.symptoms.as_slice()
}

/// The symptom of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Symptom> {
    all().iter().find(|symptom| symptom.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn texts(cause: &Cause) -> impl Iterator<Item = &'static str> {
        let fix = cause.fix.iter().map(Step::text);
        let own = [Some(cause.what), cause.exact, Some(cause.tell)];
        own.into_iter().flatten().map(Str::as_str).chain(fix)
    }

    #[test]
    fn the_table_reads() {
        assert!(all().len() > 80);
        for symptom in all() {
            let name = &symptom.name;
            assert!(!symptom.stages.is_empty(), "{name}");
            assert!(
                !symptom.messages.is_empty() && !symptom.causes.is_empty(),
                "{name}"
            );
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(name.chars().all(kebab), "{name}");
        }
    }

    #[test]
    fn names_and_messages_are_there_once() {
        let mut names = HashSet::new();
        let mut messages = HashSet::new();
        for symptom in all() {
            assert!(names.insert(symptom.name.as_str()), "{}", symptom.name);
            for message in &symptom.messages {
                assert!(messages.insert(message.to_lowercase()), "{message}");
            }
            assert_eq!(find(&symptom.name).unwrap().name, symptom.name);
        }
        for shadowed in all().iter().flat_map(|symptom| &symptom.shadows) {
            assert!(names.contains(shadowed.as_str()), "{shadowed}");
        }
    }

    #[test]
    fn every_variable_part_is_described_and_used() {
        for symptom in all() {
            let mut used = HashSet::new();
            for message in &symptom.messages {
                for piece in pieces(message) {
                    if let Piece::Variable(name) = piece {
                        assert!(symptom.variable(name).is_some(), "{message}");
                        used.insert(name);
                    }
                }
            }
            for variable in &symptom.variables {
                let name = variable.name;
                assert!(used.contains(name.as_str()), "{}: {name}", symptom.name);
                assert!(!variable.sample.is_empty(), "{}: {name}", symptom.name);
            }
            let known = |name: &str| used.contains(name) || name == "phase";
            let conditions = symptom
                .causes
                .iter()
                .flat_map(|cause| [&cause.when, &cause.unless]);
            for condition in conditions.flatten() {
                let name = condition.name;
                assert!(known(&name), "{}: {name}", symptom.name);
            }
        }
    }

    #[test]
    fn a_message_can_be_looked_for() {
        for message in all().iter().flat_map(|symptom| &symptom.messages) {
            let longest = pieces(message)
                .into_iter()
                .filter_map(|piece| match piece {
                    Piece::Text(text) => Some(text.chars().filter(|c| !c.is_whitespace()).count()),
                    Piece::Variable(_) => None,
                })
                .max();
            assert!(longest >= Some(8), "{message}");
        }
    }

    #[test]
    fn every_cause_says_how_to_tell_and_what_to_do() {
        for symptom in all() {
            for cause in &symptom.causes {
                assert!(!cause.fix.is_empty(), "{}", cause.what);
                for text in texts(cause) {
                    assert!(!text.is_empty(), "{}", cause.what);
                    assert!(!text.ends_with('.') || text.ends_with(" ."), "{text}");
                    assert!(render(text, &|_| Some("x".to_owned())).is_some(), "{text}");
                }
            }
        }
    }
}
