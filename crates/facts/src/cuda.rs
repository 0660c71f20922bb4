//! CUDA toolkits and the drivers they need.

use crate::generated::CUDA;
use crate::packed::{List, Str};
use crate::{Confidence, CudaVersion, DriverVersion};

/// The lowest driver of a CUDA major: minor-version compatibility.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Family {
    /// 12 of 12.x.
    pub major: u16,
    /// Lowest Linux driver that runs any 12.x.
    pub min_driver: Str,
    /// How the row was established.
    pub confidence: Confidence,
}

/// One toolkit release.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Toolkit {
    /// `12.4 Update 1`.
    pub name: Str,
    /// `12.4.1`.
    pub version: Str,
    /// The Linux driver it shipped with.
    pub driver: Option<Str>,
    /// How the row was established.
    pub confidence: Confidence,
}

/// One driver branch.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Branch {
    /// `535`.
    pub branch: Str,
    /// The newest CUDA version it reports.
    pub max_cuda: Option<Str>,
    /// The month of its last release, `2026-06`, where that is past or announced.
    pub end_of_life: Option<Str>,
    /// How the row was established.
    pub confidence: Confidence,
}

/// What `NVIDIA_REQUIRE_CUDA` of an nvidia/cuda image asks before it starts.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Gate {
    /// The image's CUDA, and the least that the driver must report.
    pub image_cuda: CudaVersion,
    /// Driver branches that pass although they report less, for the GPUs that `cuda-compat` is meant for.
    pub escape_branches: List<u32>,
    /// Whether `GeForce` GPUs pass with these branches too.
    pub geforce_escapes: bool,
    /// How the row was established.
    pub confidence: Confidence,
}

/// `data/cuda.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Cuda {
    pub(crate) families: List<Family>,
    pub(crate) toolkits: List<Toolkit>,
    pub(crate) branches: List<Branch>,
    pub(crate) gates: List<Gate>,
}

/// The lowest Linux driver for a CUDA major; `None` where the tables do not say.
pub fn min_driver(major: u16) -> Option<&'static str> {
    let mut rows = CUDA.families.iter();
    rows.find(|row| row.major == major)
        .map(|row| row.min_driver.as_str())
}

/// Whether a driver runs programs built for a CUDA major; `None` where the tables do not say.
#[must_use]
pub fn runs_major(driver: &DriverVersion, major: u16) -> Option<bool> {
    suffices(driver, min_driver(major)?)
}

fn suffices(driver: &DriverVersion, needed: &str) -> Option<bool> {
    let needed: DriverVersion = needed.parse().ok()?;
    // A bare branch number stands for its newest release.
    let newest_of_branch = driver.is_branch() && driver.branch() == needed.branch();
    Some(*driver >= needed || newest_of_branch)
}

/// The lowest Linux driver for a CUDA version: that of its major, and before CUDA 11, which has no minor-version
/// compatibility, that of its first toolkit. `None` where the tables do not say.
#[must_use]
pub fn needed(cuda: CudaVersion) -> Option<&'static str> {
    if let Some(driver) = min_driver(cuda.major) {
        return Some(driver);
    }
    if cuda.major >= NEW_ENOUGH {
        return None;
    }
    let mut rows = toolkits().iter().rev();
    let first = rows.find(|row| {
        let version = row.version.parse::<CudaVersion>();
        version.is_ok_and(|version| (version.major, version.minor) == (cuda.major, cuda.minor))
    });
    first?.driver.map(Str::as_str)
}

/// The first major with minor-version compatibility.
const NEW_ENOUGH: u16 = 11;

/// Whether a driver runs programs built for a CUDA version; `None` where the tables do not say.
#[must_use]
pub fn runs(driver: &DriverVersion, cuda: CudaVersion) -> Option<bool> {
    suffices(driver, needed(cuda)?)
}

/// Toolkit releases, newest first.
pub fn toolkits() -> &'static [Toolkit] {
    CUDA.toolkits.as_slice()
}

/// Driver branches, newest first.
pub fn branches() -> &'static [Branch] {
    CUDA.branches.as_slice()
}

/// The newest CUDA version that a driver reports; `None` where the tables do not say.
#[must_use]
pub fn max_cuda(driver: &DriverVersion) -> Option<CudaVersion> {
    let of_branch = |row: &&Branch| {
        let mut names = row.branch.split('/');
        names.any(|name| name.parse() == Ok(driver.branch()))
    };
    branches().iter().find(of_branch)?.max_cuda?.parse().ok()
}

/// The month in which support of a driver's branch ended, `2026-06`; `None` where it has not ended by the day of the
/// facts, or the tables do not say. Branches before the oldest with a date have ended with it at the latest.
#[must_use]
pub fn driver_end_of_life(driver: &DriverVersion) -> Option<&'static str> {
    let ended = |row: &'static Branch| {
        let month = row.end_of_life?.as_str();
        let branch: u32 = row.branch.parse().ok()?;
        (month < crate::DATE).then_some((branch, month))
    };
    let dated = branches().iter().filter_map(ended);
    let own = dated.clone().find(|(branch, _)| *branch == driver.branch());
    let oldest = dated.min_by_key(|(branch, _)| *branch);
    let older = oldest.filter(|(branch, _)| driver.branch() < *branch);
    own.or(older).map(|(_, month)| month)
}

/// What nvidia/cuda images of this CUDA version ask before they start; `None` where the tables do not say.
#[must_use]
pub fn gate(image_cuda: CudaVersion) -> Option<&'static Gate> {
    let mut gates = CUDA.gates.as_slice().iter();
    gates.find(|gate| gate.image_cuda == image_cuda)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toolkits_have_versions() {
        for row in toolkits() {
            assert!(row.version.parse::<CudaVersion>().is_ok(), "{}", row.name);
        }
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
    fn before_cuda_11_each_minor_has_its_driver() {
        let needed = |major, minor| needed(CudaVersion::new(major, minor));
        assert_eq!(needed(10, 2), Some("440.33"));
        assert_eq!(needed(10, 1), Some("418.39"));
        assert_eq!(needed(10, 0), Some("410.48"));
        assert_eq!(needed(9, 2), Some("396.26"));
        assert_eq!(needed(12, 9), Some("525.60.13"));
        assert_eq!(needed(10, 9), None);
        assert_eq!(needed(99, 0), None);
        let runs = |driver: &str, cuda| runs(&driver.parse().unwrap(), cuda);
        assert_eq!(runs("390.157", CudaVersion::new(10, 2)), Some(false));
        assert_eq!(runs("440.33.01", CudaVersion::new(10, 2)), Some(true));
        assert_eq!(runs("440", CudaVersion::new(10, 2)), Some(true));
        assert_eq!(runs("535.104.05", CudaVersion::new(10, 0)), Some(true));
        assert_eq!(runs("535", CudaVersion::new(13, 0)), Some(false));
    }

    #[test]
    fn branches_report_a_cuda_version() {
        let max = |driver: &str| max_cuda(&driver.parse().unwrap());
        assert_eq!(max("535.104.05"), Some(CudaVersion::new(12, 2)));
        assert_eq!(max("580"), Some(CudaVersion::new(13, 0)));
        assert_eq!(max("616.92"), Some(CudaVersion::new(13, 4)));
        assert_eq!(max("700.01"), None);
    }

    #[test]
    fn images_ask_for_their_own_cuda_but_let_data_centre_branches_pass() {
        let gate = gate(CudaVersion::new(13, 0)).unwrap();
        assert!(gate.escape_branches.contains(&535) && !gate.geforce_escapes);
        assert!(
            super::gate(CudaVersion::new(12, 4))
                .unwrap()
                .geforce_escapes
        );
        assert!(super::gate(CudaVersion::new(12, 7)).is_none());
    }

    #[test]
    fn driver_branches_end() {
        let end = |driver: &str| driver_end_of_life(&driver.parse().unwrap());
        assert_eq!(end("535.274.02"), Some("2026-06"));
        assert_eq!(end("570.195.03"), Some("2026-02"));
        assert_eq!(end("610.43.02"), Some("2026-08"));
        assert_eq!(end("470.256.02"), Some("2026-06"));
        assert_eq!(end("580.95.05"), None);
        assert_eq!(end("595.45.04"), None);
        assert_eq!(end("700.10"), None);
    }
}
