//! What is too much to check: told before it is taken apart and by name, so that the other inputs are still checked.

use std::collections::BTreeMap;
use std::sync::Mutex;

use camino::Utf8Path;
use source::{MAX_PARTS, PARTS_OF_A_BYTE, SourceFile, parts, too_much};

use crate::failure::Failure;

/// Requirements files hold more: a hash in a line of its own for every wheel of every package.
const MAX_REQUIREMENTS: usize = 2 * MAX_PARTS;

/// Of lock files and the like only some entries are kept. The largest that projects have, of 2 MB, come to 200,000.
const MAX_STRUCTURED: usize = 4 * MAX_PARTS;

/// A Dockerfile, unless it is too much to check.
pub(crate) fn within(file: SourceFile) -> Result<SourceFile, Failure> {
    match excess(&file, MAX_PARTS) {
        Some(message) => Err(Failure::new(file.name(), message)),
        None => Ok(file),
    }
}

fn excess(file: &SourceFile, most: usize) -> Option<String> {
    // A line of one word has the most parts for its bytes.
    let may_have = file.text().len().saturating_mul(PARTS_OF_A_BYTE) > most;
    (may_have && parts(file.text()) > most).then(|| too_much(most))
}

/// How much of a file that is read for a Dockerfile is checked, by its name.
fn most(path: &Utf8Path) -> usize {
    let name = path.file_name().unwrap_or_default();
    match path.extension().unwrap_or_default() {
        "json" | "lock" | "toml" | "yaml" | "yml" => MAX_STRUCTURED,
        _ if name == "Pipfile" => MAX_STRUCTURED,
        "txt" | "in" => MAX_REQUIREMENTS,
        _ => MAX_PARTS,
    }
}

/// The files that were named by others and are not checked.
#[derive(Default)]
pub(crate) struct Refused(Mutex<BTreeMap<String, String>>);

impl Refused {
    /// Whether a file that is read for a Dockerfile is too much to check.
    pub(crate) fn has(&self, file: &SourceFile) -> bool {
        let path = Utf8Path::new(file.name());
        match excess(file, most(path)) {
            Some(message) => {
                self.add(path, message);
                true
            }
            None => false,
        }
    }

    /// Takes note of a file and why it is not checked.
    pub(crate) fn add(&self, path: &Utf8Path, reason: String) {
        if let Ok(mut files) = self.0.lock() {
            files.insert(path.to_string(), reason);
        }
    }

    /// What is to be said of them.
    pub(crate) fn failures(&self) -> Vec<Failure> {
        let files = self.0.lock();
        let files = files.iter().flat_map(|files| files.iter());
        files
            .map(|(file, reason)| Failure::new(file, reason))
            .collect()
    }
}
