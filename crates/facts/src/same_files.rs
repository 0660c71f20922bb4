//! Packages of different names that install the same files: builds of one library.

use serde::Deserialize;

use crate::Confidence;
use crate::table::Table;

/// Builds of one library, of which an environment can hold one.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Builds {
    /// A file that each of them installs.
    pub file: &'static str,
    /// PEP 503 names.
    pub packages: Vec<&'static str>,
    /// Those without GPU code.
    pub cpu: Vec<&'static str>,
    /// What the user meets where two are installed.
    pub effect: String,
    /// How the row was established.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: &'static str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Data {
    rows: Vec<Builds>,
}

static DATA: Table<Data> = Table::new(include_str!("../data/same_files.json"));

/// The builds that a package is one of. `name` as PEP 503 normalises it.
#[must_use]
pub fn of(name: &str) -> Option<&'static Builds> {
    let mut rows = DATA.get().rows.iter();
    rows.find(|row| row.packages.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_and_each_package_is_in_one_row() {
        assert_eq!(DATA.error(), None);
        let rows = &DATA.get().rows;
        assert!(!rows.is_empty());
        for row in rows {
            assert!(row.confidence.supports_errors(), "{}", row.file);
            for name in &row.packages {
                assert_eq!(of(name), Some(row), "{name}");
            }
            assert!(row.cpu.iter().all(|name| row.packages.contains(name)));
        }
    }
}
