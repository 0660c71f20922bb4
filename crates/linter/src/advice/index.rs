//! Which PyTorch wheel index suits a driver or a GPU.

use facts::pytorch_index::{self, Index};
use facts::torch::{self, TorchRelease};
use facts::{ComputeCapability, CudaVersion};

/// The CUDA indexes, oldest CUDA first.
pub fn cuda_indexes() -> Vec<(CudaVersion, &'static Index)> {
    let with_cuda = |index: &'static Index| Some((index.cuda?, index));
    let mut found: Vec<_> = pytorch_index::all().iter().filter_map(with_cuda).collect();
    found.sort_by_key(|(cuda, _)| *cuda);
    found
}

/// The newest release that an index is known to have, and that `fits`.
pub fn newest_on(
    index: &Index,
    fits: impl Fn(&TorchRelease) -> bool,
) -> Option<&'static TorchRelease> {
    let has = |release: &&TorchRelease| {
        pytorch_index::has(&index.suffix, &release.version) == Some(true) && fits(release)
    };
    torch::all().iter().rev().find(has)
}

/// Of the indexes for a CUDA major, the one with the newest PyTorch; a driver of that major runs it.
#[must_use]
pub fn for_major(major: u16) -> Option<&'static Index> {
    newest(|cuda| cuda.major == major, |_, _| true).map(|(index, _)| index)
}

/// The index whose newest PyTorch has code for a GPU, for a CUDA major that runs on the most drivers.
#[must_use]
pub fn for_gpu(gpu: ComputeCapability) -> Option<(&'static Index, &'static TorchRelease)> {
    let runs =
        |index: &Index, release: &TorchRelease| release.runs_on(&index.suffix, gpu) == Some(true);
    let majors = [12, 13];
    majors
        .into_iter()
        .find_map(|major| newest(|cuda| cuda.major == major, runs))
}

fn newest(
    cuda_fits: impl Fn(CudaVersion) -> bool,
    fits: impl Fn(&Index, &TorchRelease) -> bool,
) -> Option<(&'static Index, &'static TorchRelease)> {
    let found = cuda_indexes().into_iter().filter_map(|(cuda, index)| {
        let release = newest_on(index, |release| fits(index, release))?;
        let age = torch::all()
            .iter()
            .position(|row| row.version == release.version);
        cuda_fits(cuda).then_some(((age, cuda), index, release))
    });
    let (_, index, release) = found.max_by_key(|(key, ..)| *key)?;
    Some((index, release))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_major_has_an_index_with_the_newest_torch() {
        assert_eq!(for_major(12).unwrap().suffix, "cu126");
        assert_eq!(for_major(11).unwrap().suffix, "cu118");
        assert_eq!(for_major(13).unwrap().suffix, "cu132");
        assert!(for_major(99).is_none());
    }

    #[test]
    fn a_gpu_has_an_index_with_its_code() {
        let gpu = |text| {
            let (index, release) = for_gpu(ComputeCapability::parse(text).unwrap()).unwrap();
            (index.suffix.as_str(), release.version.as_str())
        };
        assert_eq!(gpu("12.0"), ("cu128", "2.11.0"));
        assert_eq!(gpu("6.1"), ("cu126", "2.14.1"));
        assert_eq!(gpu("8.9"), ("cu126", "2.14.1"));
    }
}
