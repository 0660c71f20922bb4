//! Error messages that people meet, and their causes in order of likelihood.

mod message;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Confidence;
use crate::table::Table;

pub use message::{Piece, pieces, render};

/// When a message appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
#[derive(Debug, Deserialize)]
pub struct Variable {
    /// What it holds.
    pub kind: Kind,
    /// An example.
    pub sample: String,
}

/// One step of a repair.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A command to type.
    Run(String),
    /// Something to do that is no command.
    Do(String),
}

impl Step {
    /// The text of either.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Run(text) | Self::Do(text) => text,
        }
    }
}

/// Values of variables, by name. `phase` is `build` or `run` where a log tells.
pub type Condition = BTreeMap<String, Vec<String>>;

/// One cause. Texts may hold variables: `{found}`, or `{found|what stands there where it is unknown}`.
#[derive(Debug, Deserialize)]
pub struct Cause {
    /// What it is: one sentence without full stop.
    pub what: String,
    /// The same with the values of the message; said where all of them are known.
    pub exact: Option<String>,
    /// Where to look to tell it from the others.
    pub tell: String,
    /// What to do, in order.
    pub fix: Vec<Step>,
    /// The rules that find it beforehand.
    #[serde(default)]
    pub rules: Vec<String>,
    /// It comes first where a variable has one of these values, and is out of the question where it has another.
    #[serde(default)]
    pub when: Condition,
    /// It is out of the question where a variable has one of these values.
    #[serde(default)]
    pub unless: Condition,
}

/// One message in all its spellings.
#[derive(Debug, Deserialize)]
pub struct Symptom {
    /// `driver-not-loaded`.
    pub name: String,
    /// What the message means: one sentence without full stop.
    pub title: String,
    /// When it appears.
    pub stages: Vec<Stage>,
    /// Fragments of the message; `{name}` stands for a variable part, `{{` for a brace.
    pub messages: Vec<String>,
    /// The variable parts.
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    /// What it says beside others.
    #[serde(default)]
    pub role: Role,
    /// Symptoms that are no news on the same line.
    #[serde(default)]
    pub shadows: Vec<String>,
    /// How often it was met.
    pub frequency: Frequency,
    /// How well the wording is established.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
    /// In order of likelihood.
    pub causes: Vec<Cause>,
}

#[derive(Debug, Default, Deserialize)]
struct Data {
    symptoms: Vec<Symptom>,
}

static DATA: Table<Data> = Table::new(include_str!("../../data/symptoms.json"));

/// Every symptom.
#[must_use]
pub fn all() -> &'static [Symptom] {
    &DATA.get().symptoms
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

    fn texts(cause: &Cause) -> impl Iterator<Item = &str> {
        let fix = cause.fix.iter().map(Step::text);
        [&cause.what, &cause.tell]
            .into_iter()
            .chain(&cause.exact)
            .map(String::as_str)
            .chain(fix)
    }

    #[test]
    fn the_table_reads() {
        assert_eq!(DATA.error(), None);
        assert!(all().len() > 80);
        for symptom in all() {
            let name = &symptom.name;
            assert!(
                !symptom.source.is_empty() && !symptom.stages.is_empty(),
                "{name}"
            );
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
            assert!(names.insert(&symptom.name), "{}", symptom.name);
            for message in &symptom.messages {
                assert!(messages.insert(message.to_lowercase()), "{message}");
            }
            assert_eq!(find(&symptom.name).unwrap().name, symptom.name);
        }
        for shadowed in all().iter().flat_map(|symptom| &symptom.shadows) {
            assert!(names.contains(shadowed), "{shadowed}");
        }
    }

    #[test]
    fn every_variable_part_is_described_and_used() {
        for symptom in all() {
            let mut used = HashSet::new();
            for message in &symptom.messages {
                for piece in pieces(message) {
                    if let Piece::Variable(name) = piece {
                        assert!(symptom.variables.contains_key(name), "{message}");
                        used.insert(name);
                    }
                }
            }
            for (name, variable) in &symptom.variables {
                assert!(used.contains(name.as_str()), "{}: {name}", symptom.name);
                assert!(!variable.sample.is_empty(), "{}: {name}", symptom.name);
            }
            let known = |name: &String| used.contains(name.as_str()) || name == "phase";
            let conditions = symptom
                .causes
                .iter()
                .flat_map(|cause| [&cause.when, &cause.unless]);
            for name in conditions.flat_map(Condition::keys) {
                assert!(known(name), "{}: {name}", symptom.name);
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
