//! `!reset` and `!override`: an overriding file takes something away from the files before it.

use std::collections::HashMap;

use source::Location;

use crate::path::{KeyPath, Step};
use crate::value::{Kind, Value};

/// A `!reset` or `!override` tag: what earlier files say here does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reset {
    /// The value that is dropped.
    pub path: KeyPath,
    /// The tag.
    pub location: Location,
    /// Whether a new value stands beside the tag (`!override`).
    pub replaces: bool,
    /// What it dropped; `None` where no earlier file has a value there.
    pub removed: Option<Box<Value>>,
}

/// Drops from `target` what the resets name, and notes on each reset what it dropped.
///
/// As in Compose, a tag on an item of a sequence drops nothing.
pub(crate) fn apply(target: &mut Value, resets: &mut [Reset]) {
    if resets.is_empty() {
        return;
    }
    let mut tree = Tree::default();
    for (index, reset) in resets.iter().enumerate() {
        tree.add(&reset.path.0, index);
    }
    tree.apply(target, resets);
}

/// The reset paths, so that a mapping is walked once however many there are.
#[derive(Default)]
struct Tree {
    here: Option<usize>,
    inside: HashMap<Box<str>, Self>,
}

impl Tree {
    fn add(&mut self, path: &[Step], index: usize) {
        let mut at = self;
        for step in path {
            let Step::Key(key) = step else { return };
            at = at.inside.entry(key.clone()).or_default();
        }
        at.here = Some(index);
    }

    fn apply(&self, target: &mut Value, resets: &mut [Reset]) {
        let Kind::Mapping(mapping) = &mut target.kind else {
            return;
        };
        mapping.retain(|entry| {
            let Some(inside) = self.inside.get(&*entry.key) else {
                return true;
            };
            let Some(index) = inside.here else {
                inside.apply(&mut entry.value, resets);
                return true;
            };
            let location = entry.value.location;
            let gone = std::mem::replace(&mut entry.value, Value::new(location, Kind::Null));
            resets[index].removed = Some(Box::new(gone));
            false
        });
    }
}
