use std::collections::BTreeMap;

use crate::dotenv::Assignment;
use crate::template::Found;
use crate::value::Resolution;

/// What `$NAME` stands for, and where that was set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    map: BTreeMap<String, Variable>,
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

    /// Sets what is not set yet: the process environment wins over files, earlier files over later ones.
    pub(crate) fn add_file(&mut self, assignments: &[Assignment]) {
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
            self.map.insert(name.to_owned(), variable);
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
