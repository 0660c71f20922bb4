//! The messages of the tables as patterns over letters without blanks.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, Input};
use facts::symptom::{self, Kind, Piece, Symptom};
use memchr::memmem;

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
    /// In the order of the automaton's patterns.
    patterns: Vec<Pattern>,
    automaton: OnceLock<Option<AhoCorasick>>,
}

/// Building the automaton takes as long as looking for each anchor in this many letters.
const FEW_LETTERS: usize = 64 << 10;

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
        Self {
            patterns,
            automaton: OnceLock::new(),
        }
    }

    /// Where anchors stand in the letters, with their patterns: in the order in which they end, long ones first.
    pub(super) fn anchors(&self, letters: &[u8]) -> Vec<(usize, &Pattern)> {
        if letters.len() <= FEW_LETTERS {
            self.each_anchor(letters)
        } else {
            self.all_anchors(letters)
        }
    }

    pub(super) fn each_anchor(&self, letters: &[u8]) -> Vec<(usize, &Pattern)> {
        let mut found = Vec::new();
        for pattern in &self.patterns {
            let anchor = memmem::Finder::new(pattern.anchor());
            let mut from = 0;
            while let Some(at) = anchor.find(&letters[from..]) {
                found.push((from + at, pattern));
                from += at + 1;
            }
        }
        found.sort_by_key(|(at, pattern)| (at + pattern.anchor().len(), *at));
        found
    }

    pub(super) fn all_anchors(&self, letters: &[u8]) -> Vec<(usize, &Pattern)> {
        let automaton = self.automaton.get_or_init(|| {
            // Cannot fail: the tables hold few and short messages.
            AhoCorasick::new(self.patterns.iter().map(Pattern::anchor)).ok()
        });
        let found = automaton
            .iter()
            .flat_map(|automaton| automaton.find_overlapping_iter(Input::new(letters)));
        found
            .map(|at| (at.start(), &self.patterns[at.pattern().as_usize()]))
            .collect()
    }
}

impl Pattern {
    fn new(symptom: &'static Symptom, message: &'static str) -> Option<Self> {
        let part = |piece| match piece {
            Piece::Text(text) => Part::Letters(letters(&text)),
            Piece::Variable(name) => Part::Variable {
                name,
                kind: symptom
                    .variable(name)
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
