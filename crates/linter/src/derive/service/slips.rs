//! Misspelt keys: which key was meant by one that Compose does not know. A key that is misspelt counts as given, so
//! that whoever misses it looks here first.

use std::collections::{HashMap, HashSet};

use compose::{KeyPath, Problem, ProblemKind, Project, SchemaError, Step};
use source::{Location, suggest};

use super::values::value_at;

/// The keys of a device request, from the Compose Specification.
pub const REQUEST_KEYS: [&str; 5] = ["capabilities", "count", "device_ids", "driver", "options"];

/// A key that Compose does not know, in the place of one that is missing.
#[derive(Clone, Debug)]
pub struct Slip {
    /// The key that was meant.
    pub meant: &'static str,
    /// The key as it is written.
    pub at: Location,
    /// Whether that is the only place, so that the key can be renamed there.
    once: bool,
}

/// The misspelt keys of a project.
#[derive(Debug, Default)]
pub struct Slips {
    /// By the mapping they are in; of several that mean the same key the first.
    by_parent: HashMap<KeyPath, Vec<Slip>>,
    /// What the services lack because of them, as dotted paths below the service.
    by_service: HashMap<String, HashSet<String>>,
}

impl Slips {
    /// Of all keys that Compose refuses.
    pub fn of(project: &Project) -> Self {
        let mut slips = Self::default();
        for problem in &project.problems {
            let ProblemKind::Schema(SchemaError::UnknownKey(key)) = &problem.kind else {
                continue;
            };
            let parent = parent_of(problem);
            let Some(meant) = meant(&parent, key) else {
                continue;
            };
            if is_given(project, &parent, meant) || slips.instead_of(&parent, meant).is_some() {
                continue;
            }
            if let Some(service) = parent.service() {
                let below = KeyPath(parent.0.get(2..).unwrap_or_default().to_vec());
                let missing = if below.0.is_empty() {
                    meant.to_owned()
                } else {
                    format!("{below}.{meant}")
                };
                let of_service = slips.by_service.entry(service.to_owned());
                of_service.or_default().insert(missing);
            }
            let at = problem.location;
            let value = value_at(project, &problem.path);
            let once = value.is_none_or(|value| value.earlier.is_empty());
            let of_parent = slips.by_parent.entry(parent);
            of_parent.or_default().push(Slip { meant, at, once });
        }
        slips
    }

    /// The misspelt key that stands where `key` belongs in the mapping at `parent`.
    pub fn instead_of(&self, parent: &KeyPath, key: &str) -> Option<&Slip> {
        let mut slips = self.by_parent.get(parent)?.iter();
        slips.find(|slip| slip.meant == key)
    }

    /// What was meant by the unknown key that a problem is about, where it can be renamed to that.
    pub fn meant_by(&self, problem: &Problem) -> Option<&'static str> {
        let mut slips = self.by_parent.get(&parent_of(problem))?.iter();
        let slip = slips.find(|slip| slip.at == problem.location && slip.once)?;
        Some(slip.meant)
    }

    /// What a service lacks because of misspelt keys, as dotted paths below it.
    pub(super) fn of_service(&self, name: &str) -> Option<&HashSet<String>> {
        self.by_service.get(name)
    }
}

/// Whether the mapping at `parent` has a key, as far as that can be told.
fn is_given(project: &Project, parent: &KeyPath, key: &str) -> bool {
    let beside = if parent.0.is_empty() {
        match key {
            "services" => return project.services_at.is_some(),
            "name" | "version" | "include" => return true,
            _ => Some(&project.sections),
        }
    } else if parent.service().is_some() {
        value_at(project, parent)
    } else {
        parent
            .0
            .iter()
            .try_fold(&project.sections, |value, step| match step {
                Step::Key(key) => value.get(key),
                Step::Item(index) => value.as_sequence()?.get(*index),
            })
    };
    beside.is_none_or(|mapping| mapping.get(key).is_some())
}

/// The mapping that the key of a problem is in.
pub fn parent_of(problem: &Problem) -> KeyPath {
    let above = problem.path.0.split_last().map(|(_, above)| above.to_vec());
    KeyPath(above.unwrap_or_default())
}

/// Which known key of the mapping at `parent` an unknown one means, by what other tools call it or by its letters.
pub fn meant(parent: &KeyPath, key: &str) -> Option<&'static str> {
    let known = compose::known_keys(parent);
    // Only a device request has this one.
    if known.contains(&"device_ids") {
        return meant_in_request(key);
    }
    suggest::nearest(&plain(key), known.into_iter())
}

/// [`meant`], for an item of `devices` or `gpus`; `None` for keys that it has, and for those of extensions.
pub fn meant_in_request(key: &str) -> Option<&'static str> {
    if REQUEST_KEYS.contains(&key) || key.starts_with("x-") {
        return None;
    }
    let name = plain(key);
    match name.as_str() {
        "ids" | "device" | "gpu_ids" | "devices" | "id" => Some("device_ids"),
        "capability" | "caps" => Some("capabilities"),
        "gpus" | "number" | "num_gpus" => Some("count"),
        _ => suggest::nearest(&name, REQUEST_KEYS.into_iter()),
    }
}

fn plain(key: &str) -> String {
    key.trim().to_ascii_lowercase()
}
