//! What probes share: the machine, and the facts as far as they are known.

use crate::facts::{Evidence, HostFacts, Layer, SCHEMA_VERSION, Unknown};
use crate::system::{FILE_LIMIT, Keep, System, Trouble, keep};

/// A machine and what is known of it so far.
pub(super) struct Sight<'a> {
    pub(super) system: &'a dyn System,
    pub(super) facts: HostFacts,
}

impl<'a> Sight<'a> {
    pub(super) fn new(system: &'a dyn System) -> Self {
        let facts = HostFacts {
            schema_version: SCHEMA_VERSION,
            ..HostFacts::default()
        };
        Self { system, facts }
    }

    /// Remembers what was seen.
    pub(super) fn saw(&mut self, layer: Layer, source: &str, value: impl Into<String>) {
        self.facts.evidence.push(Evidence {
            layer,
            source: source.to_owned(),
            value: value.into(),
        });
    }

    /// Remembers what could not be looked at. That something is absent is an answer.
    pub(super) fn missed(&mut self, layer: Layer, source: &str, trouble: &Trouble) {
        if !trouble.is_absent() {
            self.unknown(layer, source, trouble.to_string());
        }
    }

    /// Remembers that something is not known.
    pub(super) fn unknown(&mut self, layer: Layer, source: &str, why: impl Into<String>) {
        self.facts.unknown.push(Unknown {
            layer,
            source: source.to_owned(),
            why: why.into(),
        });
    }

    /// The first line of a small file; `None` where it is absent or cannot be read.
    pub(super) fn read(&mut self, layer: Layer, path: &str) -> Option<String> {
        self.read_of(layer, path, &keep::first_line)
    }

    /// What is kept of a small file, without blanks around it; `None` where it is absent or cannot be read.
    pub(super) fn read_of(&mut self, layer: Layer, path: &str, keep: Keep<'_>) -> Option<String> {
        match self.system.text_of(path, FILE_LIMIT, keep) {
            Ok(text) => Some(text.trim_matches(['\0', ' ', '\t', '\r', '\n']).to_owned()),
            Err(trouble) => {
                self.missed(layer, path, &trouble);
                None
            }
        }
    }
}
