//! CUDA toolkits and the drivers they need.

use serde::Deserialize;

use crate::table::Table;
use crate::{Confidence, CudaVersion, DriverVersion};

/// The lowest driver of a CUDA major: minor-version compatibility.
#[derive(Debug, Deserialize)]
pub struct Family {
    /// 12 of 12.x.
    pub major: u16,
    /// Lowest Linux driver that runs any 12.x.
    pub min_driver: &'static str,
    /// How the row was established.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: &'static str,
}

/// One toolkit release.
#[derive(Debug, Deserialize)]
pub struct Toolkit {
    /// `12.4 Update 1`.
    pub name: &'static str,
    /// `12.4.1`.
    pub version: &'static str,
    /// The Linux driver it shipped with.
    pub driver: Option<&'static str>,
    /// How the row was established.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: &'static str,
}

/// One driver branch.
#[derive(Debug, Deserialize)]
pub struct Branch {
    /// `535`.
    pub branch: &'static str,
    /// The newest CUDA version it reports.
    pub max_cuda: Option<&'static str>,
    /// How the row was established.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: &'static str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Data {
    families: Vec<Family>,
    toolkits: Vec<Toolkit>,
    branches: Vec<Branch>,
}

static DATA: Table<Data> = Table::new(include_str!("../data/cuda.json"));

/// The lowest Linux driver for a CUDA major; `None` where the tables do not say.
pub fn min_driver(major: u16) -> Option<&'static str> {
    DATA.get()
        .families
        .iter()
        .find(|row| row.major == major)
        .map(|row| row.min_driver)
}

/// Whether a driver runs programs built for a CUDA major; `None` where the tables do not say.
#[must_use]
pub fn runs_major(driver: &DriverVersion, major: u16) -> Option<bool> {
    let needed: DriverVersion = min_driver(major)?.parse().ok()?;
    // A bare branch number stands for its newest release.
    let newest_of_branch = driver.is_branch() && driver.branch() == needed.branch();
    Some(*driver >= needed || newest_of_branch)
}

/// Toolkit releases, newest first.
pub fn toolkits() -> &'static [Toolkit] {
    &DATA.get().toolkits
}

/// Driver branches, newest first.
pub fn branches() -> &'static [Branch] {
    &DATA.get().branches
}

/// Whether a toolkit of this version was ever released; `None` when newer than the tables.
#[must_use]
pub fn toolkit_exists(version: CudaVersion) -> Option<bool> {
    let known = |row: &Toolkit| row.version.parse::<CudaVersion>().ok();
    let newest = toolkits().iter().filter_map(known).max()?;
    (version <= newest).then(|| {
        toolkits()
            .iter()
            .filter_map(known)
            .any(|row| row == version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        assert_eq!(DATA.error(), None);
        assert!(
            toolkits()
                .iter()
                .all(|row| !row.source.is_empty() && row.version.parse::<CudaVersion>().is_ok())
        );
        assert!(branches().iter().all(|row| !row.source.is_empty()));
    }

    #[test]
    fn majors_have_minimum_drivers() {
        assert_eq!(min_driver(11), Some("450.80.02"));
        assert_eq!(min_driver(12), Some("525.60.13"));
        assert_eq!(min_driver(13), Some("580.65.06"));
        let driver: DriverVersion = "535.104.05".parse().unwrap();
        assert_eq!(runs_major(&driver, 12), Some(true));
        assert_eq!(runs_major(&driver, 13), Some(false));
        assert_eq!(runs_major(&driver, 99), None);
        let branch: DriverVersion = "525".parse().unwrap();
        assert_eq!(runs_major(&branch, 12), Some(true));
        let early: DriverVersion = "525.53".parse().unwrap();
        assert_eq!(runs_major(&early, 12), Some(false));
    }

    #[test]
    fn cuda_12_7_was_never_released() {
        assert_eq!(toolkit_exists(CudaVersion::new(12, 7)), Some(false));
        assert_eq!(toolkit_exists(CudaVersion::new(12, 8)), Some(true));
        assert_eq!(toolkit_exists(CudaVersion::new(99, 0)), None);
    }
}
