use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::dotenv::Assignment;
use crate::template::Found;
use crate::value::Resolution;
use crate::weight;

/// What `$NAME` stands for, and where that was set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    /// Included projects share it as long as they add nothing.
    map: Arc<BTreeMap<String, Variable>>,
    weight: usize,
    /// The env files in it.
    files: BTreeSet<Utf8PathBuf>,
    /// Whether private values are put in as they are written, to see what messages say then.
    pub(crate) as_written: bool,
}

#[derive(Clone, Debug)]
struct Variable {
    text: String,
    known: bool,
    resolution: Resolution,
}

impl Variables {
    /// The process environment.
    pub(crate) fn from_environment(environment: &BTreeMap<String, String>) -> Self {
        let mut variables = Self::default();
        for (name, text) in environment {
            variables.set_default(name, text, true, Resolution::Environment);
        }
        variables
    }

    /// Whether an env file was added: once more, it would set nothing.
    pub(crate) fn has_file(&self, path: &Utf8Path) -> bool {
        self.files.contains(path)
    }

    /// What is copied when this is added: all variables, where others have the same and some are new.
    pub(crate) fn copied_for(&self, assignments: &[Assignment]) -> usize {
        let is_new = |assignment: &Assignment| !self.map.contains_key(&assignment.name);
        if Arc::strong_count(&self.map) > 1 && assignments.iter().any(is_new) {
            self.weight
        } else {
            0
        }
    }

    /// Sets what is not set yet: the process environment wins over files, earlier files over later ones.
    pub(crate) fn add_file(&mut self, path: &Utf8Path, assignments: &[Assignment]) {
        self.files.insert(path.to_owned());
        // Within one file the last assignment counts.
        for assignment in assignments.iter().rev() {
            self.set_default(
                &assignment.name,
                &assignment.text,
                assignment.known,
                Resolution::File(assignment.location),
            );
        }
    }

    pub(crate) fn set_default(
        &mut self,
        name: &str,
        text: &str,
        known: bool,
        resolution: Resolution,
    ) {
        if !self.map.contains_key(name) {
            let text = text.to_owned();
            let variable = Variable {
                text,
                known,
                resolution,
            };
            self.weight += weight::of_text(variable.text.len());
            Arc::make_mut(&mut self.map).insert(name.to_owned(), variable);
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<Found<'_>> {
        self.map.get(name).map(|variable| Found {
            text: &variable.text,
            known: variable.known,
            resolution: variable.resolution,
        })
    }

    /// The text of a variable that is certain and not blank.
    pub(crate) fn known(&self, name: &str) -> Option<&str> {
        let variable = self.map.get(name)?;
        (variable.known && !variable.text.is_empty()).then_some(&variable.text)
    }
}
