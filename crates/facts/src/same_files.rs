//! Packages of different names that install the same files: builds of one library.

use crate::Confidence;
use crate::generated::SAME_FILES;
use crate::packed::{List, Str};

/// Builds of one library, of which an environment can hold one.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Builds {
    /// A file that each of them installs.
    pub file: Str,
    /// PEP 503 names.
    pub packages: List<Str>,
    /// Those without GPU code.
    pub cpu: List<Str>,
    /// What the user meets where two are installed.
    pub effect: Str,
    /// How the row was established.
    pub confidence: Confidence,
}

/// `data/same_files.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct SameFiles {
    pub(crate) rows: List<Builds>,
}

/// The builds that a package is one of. `name` as PEP 503 normalises it.
#[must_use]
pub fn of(name: &str) -> Option<&'static Builds> {
    let mut rows = SAME_FILES.rows.iter();
    rows.find(|row| row.packages.has(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_is_in_one_row() {
        let rows = SAME_FILES.rows.as_slice();
        assert!(!rows.is_empty());
        for row in rows {
            assert!(row.confidence.supports_errors(), "{}", row.file);
            for name in &row.packages {
                assert_eq!(of(name), Some(row), "{name}");
            }
            assert!(row.cpu.texts().all(|name| row.packages.has(name)));
        }
    }
}
