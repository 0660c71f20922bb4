//! GPUs, and which toolkit compiles for which compute capability.

use crate::generated::GPU_ARCHS;
use crate::packed::{List, Str};
use crate::{ComputeCapability, Confidence, CudaVersion};

/// One compute capability.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Capability {
    /// 8.6.
    pub capability: ComputeCapability,
    /// `Ampere`.
    pub architecture: Str,
    /// The first toolkit whose nvcc knows it.
    pub first_toolkit: CudaVersion,
    /// The last one, when it was removed.
    pub last_toolkit: Option<CudaVersion>,
    /// How the row was established.
    pub confidence: Confidence,
}

/// Where a GPU model is sold to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Kind {
    /// `GeForce` and TITAN.
    Consumer,
    /// RTX PRO, Quadro.
    Workstation,
    /// H100, L4, T4: the only ones for which `cuda-compat` is meant.
    DataCenter,
    /// Jetson modules.
    Jetson,
}

/// One GPU model.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Gpu {
    /// `RTX 4090`.
    pub name: Str,
    /// Other names for it: `DGX Spark`.
    pub aliases: List<Str>,
    /// Its compute capability.
    pub capability: ComputeCapability,
    /// Where it is sold to.
    pub kind: Kind,
    /// `Ada Lovelace`.
    pub architecture: Str,
    /// How the row was established.
    pub confidence: Confidence,
}

/// `data/gpu_archs.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct GpuArchs {
    pub(crate) capabilities: List<Capability>,
    pub(crate) gpus: List<Gpu>,
}

/// Every compute capability.
pub fn capabilities() -> &'static [Capability] {
    GPU_ARCHS.capabilities.as_slice()
}

/// Every GPU model.
pub fn gpus() -> &'static [Gpu] {
    GPU_ARCHS.gpus.as_slice()
}

/// The row of a compute capability.
#[must_use]
pub fn capability(wanted: ComputeCapability) -> Option<&'static Capability> {
    capabilities().iter().find(|row| row.capability == wanted)
}

/// Whether a toolkit compiles for a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiles {
    /// It does.
    Yes,
    /// The toolkit is too old.
    NeedsNewer(CudaVersion),
    /// The toolkit has dropped it.
    RemovedAfter(CudaVersion),
}

/// Whether a toolkit compiles for a capability; `None` where the tables do not say.
#[must_use]
pub fn compiles(toolkit: CudaVersion, wanted: ComputeCapability) -> Option<Compiles> {
    let row = capability(wanted).filter(|row| row.confidence.supports_errors())?;
    Some(match row.last_toolkit {
        _ if toolkit < row.first_toolkit => Compiles::NeedsNewer(row.first_toolkit),
        Some(last) if toolkit > last => Compiles::RemovedAfter(last),
        _ => Compiles::Yes,
    })
}

/// Whether code compiled for `compiled` (`8.6`, `9.0+PTX`) runs on a GPU: binaries run on the same major with an
/// equal or higher minor, PTX on anything as new or newer. `None` where an entry cannot be read.
///
/// Source: CUDA C++ programming guide, binary and PTX compatibility.
#[must_use]
pub fn runs<'c>(
    compiled: impl IntoIterator<Item = &'c str>,
    gpu: ComputeCapability,
) -> Option<bool> {
    let mut fits = false;
    let mut any = false;
    for entry in compiled {
        any = true;
        let (number, ptx) = match entry.strip_suffix("+PTX") {
            Some(number) => (number, true),
            None => (entry, false),
        };
        let code = ComputeCapability::parse(number)?;
        let binary = code.major == gpu.major && code.minor <= gpu.minor;
        fits |= binary || (ptx && code <= gpu);
    }
    any.then_some(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gpu_has_a_known_capability() {
        for gpu in gpus() {
            assert!(capability(gpu.capability).is_some(), "{}", gpu.name);
        }
    }

    #[test]
    fn binaries_run_within_a_major_and_ptx_on_what_is_newer() {
        let cc = |text| ComputeCapability::parse(text).unwrap();
        let cu121 = ["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"];
        assert_eq!(runs(cu121, cc("8.9")), Some(true));
        assert_eq!(runs(cu121, cc("6.1")), Some(true));
        assert_eq!(runs(cu121, cc("12.0")), Some(false));
        let cu128 = ["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"];
        assert_eq!(runs(cu128, cc("12.1")), Some(true));
        assert_eq!(runs(cu128, cc("13.0")), Some(true));
        assert_eq!(runs(cu128, cc("7.0")), Some(false));
        assert_eq!(runs(["8.6"], cc("8.0")), Some(false));
        assert_eq!(runs([], cc("8.0")), None);
        assert_eq!(runs(["Hopper"], cc("9.0")), None);
    }

    #[test]
    fn toolkits_know_some_architectures() {
        let cc = |text| ComputeCapability::parse(text).unwrap();
        let cuda = CudaVersion::new;
        assert_eq!(compiles(cuda(12, 1), cc("8.6")), Some(Compiles::Yes));
        assert_eq!(
            compiles(cuda(12, 1), cc("12.0")),
            Some(Compiles::NeedsNewer(cuda(12, 8)))
        );
        assert_eq!(
            compiles(cuda(13, 0), cc("6.1")),
            Some(Compiles::RemovedAfter(cuda(12, 9)))
        );
        assert_eq!(compiles(cuda(12, 1), cc("99.0")), None);
    }
}
