//! The messages of the tables as patterns over letters without blanks.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use facts::symptom::{self, Kind, Piece, Symptom};

use super::plain::Plain;
use super::prefix;

/// A part of a pattern.
pub(super) enum Part {
    /// Letters without blanks, in lower case.
    Letters(Vec<u8>),
    /// A variable part.
    Variable { name: &'static str, kind: Kind },
}

/// One message of the tables.
pub(super) struct Pattern {
    pub(super) symptom: &'static Symptom,
    pub(super) parts: Vec<Part>,
    /// The part that is looked for first.
    pub(super) anchor: usize,
}

/// All messages, and the automaton that finds their anchors.
pub(super) struct Patterns {
    pub(super) automaton: Option<AhoCorasick>,
    /// In the order of the automaton's patterns.
    pub(super) patterns: Vec<Pattern>,
}

impl Patterns {
    /// The messages of the tables.
    pub(super) fn get() -> &'static Self {
        static PATTERNS: OnceLock<Patterns> = OnceLock::new();
        PATTERNS.get_or_init(|| Self::of(symptom::all()))
    }

    fn of(symptoms: &'static [Symptom]) -> Self {
        let patterns: Vec<Pattern> = symptoms
            .iter()
            .flat_map(|symptom| {
                let messages = symptom.messages.iter();
                messages.filter_map(move |message| Pattern::new(symptom, message))
            })
            .collect();
        let anchors = patterns.iter().map(Pattern::anchor);
        // Cannot fail: the tables hold few and short messages.
        let automaton = AhoCorasick::new(anchors).ok();
        Self {
            automaton,
            patterns,
        }
    }
}

impl Pattern {
    fn new(symptom: &'static Symptom, message: &'static str) -> Option<Self> {
        let part = |piece| match piece {
            Piece::Text(text) => Part::Letters(letters(&text)),
            Piece::Variable(name) => Part::Variable {
                name,
                kind: symptom
                    .variables
                    .get(name)
                    .map_or(Kind::Word, |variable| variable.kind),
            },
        };
        let length = |part: &Part| match part {
            Part::Letters(letters) => letters.len(),
            Part::Variable { .. } => 0,
        };
        // Quotes and blanks alone are no part.
        let says = |part: &Part| matches!(part, Part::Variable { .. }) || length(part) > 0;
        let parts = symptom::pieces(message).into_iter().map(part);
        let parts: Vec<Part> = parts.filter(says).collect();
        let anchor = (0..parts.len()).max_by_key(|&at| length(&parts[at]))?;
        (length(&parts[anchor]) > 0).then_some(Self {
            symptom,
            parts,
            anchor,
        })
    }

    /// The letters that are looked for first.
    pub(super) fn anchor(&self) -> &[u8] {
        match &self.parts[self.anchor] {
            Part::Letters(letters) => letters,
            Part::Variable { .. } => &[],
        }
    }
}

fn letters(text: &str) -> Vec<u8> {
    let mut plain = Plain::default();
    plain.fill(text.as_bytes(), &mut prefix::State::default(), false);
    plain.letters
}
