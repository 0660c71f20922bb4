//! `data/pytorch_indexes.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::confidence::Confidence;
use crate::pytorch_index::Host;
use crate::pytorch_index::Index;
use crate::pytorch_index::Nearest;
use crate::pytorch_index::Never;
use crate::pytorch_index::PytorchIndexes;
use crate::version::CudaVersion;

pub(crate) static PYTORCH_INDEXES: PytorchIndexes = super::ALL.pytorch_indexes.file;

static PYTORCH_INDEXES_INDEX: [Index; 47] = super::ALL.pytorch_indexes.index;

impl Listed for Index {
    fn array() -> &'static [Self] {
        &PYTORCH_INDEXES_INDEX
    }
}

static PYTORCH_INDEXES_NEVER: [Never; 10] = super::ALL.pytorch_indexes.never;

impl Listed for Never {
    fn array() -> &'static [Self] {
        &PYTORCH_INDEXES_NEVER
    }
}

static PYTORCH_INDEXES_NEAREST: [Nearest; 26] = super::ALL.pytorch_indexes.nearest;

impl Listed for Nearest {
    fn array() -> &'static [Self] {
        &PYTORCH_INDEXES_NEAREST
    }
}

static PYTORCH_INDEXES_HOST: [Host; 32] = super::ALL.pytorch_indexes.host;

impl Listed for Host {
    fn array() -> &'static [Self] {
        &PYTORCH_INDEXES_HOST
    }
}

pub(super) struct Rows {
    index: [Index; 47],
    never: [Never; 10],
    nearest: [Nearest; 26],
    host: [Host; 32],
    file: PytorchIndexes,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut index = Dealer::new();
    let mut never = Dealer::new();
    let mut nearest = Dealer::new();
    let mut host = Dealer::new();
    Rows {
        index: [
            Index { suffix: pen.str("cpu"), kind: pen.str("cpu"), cuda: None, min_driver: None, torch_first: Some(pen.str("1.0.0")), torch_last: Some(pen.str("2.15.0")), torch: pen.strs([]), complete: true, status: pen.str("current"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu100"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(10, 0)), min_driver: Some(pen.str("410.48")), torch_first: Some(pen.str("1.0.0")), torch_last: Some(pen.str("1.4.0")), torch: pen.strs(["1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.3.0", "1.3.1", "1.4.0"]), complete: false, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu101"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(10, 1)), min_driver: Some(pen.str("418.39")), torch_first: Some(pen.str("1.4.0")), torch_last: Some(pen.str("1.8.1")), torch: pen.strs(["1.4.0", "1.5.0", "1.5.1", "1.6.0", "1.7.0", "1.7.1", "1.8.1"]), complete: false, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu102"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(10, 2)), min_driver: Some(pen.str("440.33")), torch_first: Some(pen.str("1.5.0")), torch_last: Some(pen.str("1.12.1")), torch: pen.strs(["1.5.0", "1.5.1", "1.6.0", "1.7.0", "1.7.1", "1.8.0", "1.8.1", "1.8.2(LTS)", "1.9.0", "1.9.1", "1.10.0", "1.10.1", "1.11.0", "1.12.0", "1.12.1"]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu110"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(11, 0)), min_driver: Some(pen.str("450.36.06")), torch_first: Some(pen.str("1.7.0")), torch_last: Some(pen.str("1.7.1")), torch: pen.strs(["1.7.0", "1.7.1"]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu111"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(11, 1)), min_driver: Some(pen.str("450.80.02")), torch_first: Some(pen.str("1.8.0")), torch_last: Some(pen.str("1.10.1")), torch: pen.strs(["1.8.0", "1.8.1", "1.8.2(LTS)", "1.9.0", "1.9.1", "1.10.0", "1.10.1"]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu113"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(11, 3)), min_driver: Some(pen.str("450.80.02")), torch_first: Some(pen.str("1.10.0")), torch_last: Some(pen.str("1.12.1")), torch: pen.strs(["1.10.0", "1.10.1", "1.11.0", "1.12.0", "1.12.1"]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu115"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(11, 5)), min_driver: Some(pen.str("450.80.02")), torch_first: Some(pen.str("1.11.0")), torch_last: Some(pen.str("1.11.0")), torch: pen.strs(["1.11.0"]), complete: true, status: pen.str("archived"), confidence: Confidence::Doc },
            Index { suffix: pen.str("cu116"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(11, 6)), min_driver: Some(pen.str("450.80.02")), torch_first: Some(pen.str("1.12.0")), torch_last: Some(pen.str("1.13.1")), torch: pen.strs(["1.12.0", "1.12.1", "1.13.0", "1.13.1"]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu117"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(11, 7)), min_driver: Some(pen.str("450.80.02")), torch_first: Some(pen.str("1.13.0")), torch_last: Some(pen.str("2.0.1")), torch: pen.strs(["1.13.0", "1.13.1", "2.0.0", "2.0.1"]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu118"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(11, 8)), min_driver: Some(pen.str("450.80.02")), torch_first: Some(pen.str("2.0.0")), torch_last: Some(pen.str("2.7.1")), torch: pen.strs(["2.0.0", "2.0.1", "2.1.0", "2.1.1", "2.1.2", "2.2.0", "2.2.1", "2.2.2", "2.3.0", "2.3.1", "2.4.0", "2.4.1", "2.5.0", "2.5.1", "2.6.0", "2.7.0", "2.7.1"]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu121"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(12, 1)), min_driver: Some(pen.str("525.60.13")), torch_first: Some(pen.str("2.1.0")), torch_last: Some(pen.str("2.5.1")), torch: pen.strs(["2.1.0", "2.1.1", "2.1.2", "2.2.0", "2.2.1", "2.2.2", "2.3.0", "2.3.1", "2.4.0", "2.4.1", "2.5.0", "2.5.1"]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu124"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(12, 4)), min_driver: Some(pen.str("525.60.13")), torch_first: Some(pen.str("2.4.0")), torch_last: Some(pen.str("2.6.0")), torch: pen.strs(["2.4.0", "2.4.1", "2.5.0", "2.5.1", "2.6.0"]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu126"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(12, 6)), min_driver: Some(pen.str("525.60.13")), torch_first: Some(pen.str("2.6.0")), torch_last: Some(pen.str("2.14.1")), torch: pen.strs(["2.6.0", "2.7.0", "2.7.1", "2.8.0", "2.9.0", "2.9.1", "2.10.0", "2.11.0", "2.12.0", "2.12.1", "2.13.0", "2.14.0", "2.14.1"]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu128"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(12, 8)), min_driver: Some(pen.str("525.60.13")), torch_first: Some(pen.str("2.7.0")), torch_last: Some(pen.str("2.11.0")), torch: pen.strs(["2.7.0", "2.7.1", "2.8.0", "2.9.0", "2.9.1", "2.10.0", "2.11.0"]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu129"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(12, 9)), min_driver: Some(pen.str("525.60.13")), torch_first: Some(pen.str("2.8.0")), torch_last: Some(pen.str("2.13.0")), torch: pen.strs(["2.8.0", "2.9.0", "2.9.1", "2.11.0", "2.12.1", "2.13.0"]), complete: false, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu130"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(13, 0)), min_driver: Some(pen.str("580.65.06")), torch_first: Some(pen.str("2.9.0")), torch_last: Some(pen.str("2.15.0")), torch: pen.strs(["2.9.0", "2.9.1", "2.10.0", "2.11.0", "2.12.0", "2.12.1", "2.13.0", "2.14.0", "2.14.1", "2.15.0"]), complete: true, status: pen.str("current"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu132"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(13, 2)), min_driver: Some(pen.str("580.65.06")), torch_first: Some(pen.str("2.12.0")), torch_last: Some(pen.str("2.15.0")), torch: pen.strs(["2.12.0", "2.12.1", "2.13.0", "2.14.0", "2.14.1", "2.15.0"]), complete: true, status: pen.str("current"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu134"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(13, 4)), min_driver: Some(pen.str("580.65.06")), torch_first: None, torch_last: None, torch: pen.strs([]), complete: false, status: pen.str("nightly-only"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu75"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(7, 5)), min_driver: Some(pen.str("352.31")), torch_first: Some(pen.str("0.1.6")), torch_last: Some(pen.str("0.3.0.post4")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu80"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(8, 0)), min_driver: Some(pen.str("375.26")), torch_first: Some(pen.str("0.1.6")), torch_last: Some(pen.str("1.0.0")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("cu90"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(9, 0)), min_driver: Some(pen.str("384.81")), torch_first: Some(pen.str("0.3.0")), torch_last: Some(pen.str("1.1.0")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Doc },
            Index { suffix: pen.str("cu91"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(9, 1)), min_driver: Some(pen.str("390.46")), torch_first: Some(pen.str("0.3.1")), torch_last: Some(pen.str("0.4.0")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Unverified },
            Index { suffix: pen.str("cu92"), kind: pen.str("cuda"), cuda: Some(CudaVersion::new(9, 2)), min_driver: Some(pen.str("396.26")), torch_first: Some(pen.str("0.4.1")), torch_last: Some(pen.str("1.7.1")), torch: pen.strs(["1.2.0", "1.3.0", "1.3.1", "1.4.0", "1.5.0", "1.5.1", "1.6.0", "1.7.0", "1.7.1"]), complete: false, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm3.10"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("1.8.1")), torch_last: Some(pen.str("1.8.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm4.0.1"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("1.8.0")), torch_last: Some(pen.str("1.10.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm4.1"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("1.9.0")), torch_last: Some(pen.str("1.10.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm4.2"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("1.9.0")), torch_last: Some(pen.str("1.10.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm4.5.2"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("1.11.0")), torch_last: Some(pen.str("1.11.0")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm5.1.1"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("1.12.0")), torch_last: Some(pen.str("1.12.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm5.2"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("1.13.0")), torch_last: Some(pen.str("1.13.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm5.3"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.0.0")), torch_last: Some(pen.str("2.0.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm5.4.2"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.0.0")), torch_last: Some(pen.str("2.0.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm5.5"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.1.0")), torch_last: Some(pen.str("2.1.2")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm5.6"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.1.0")), torch_last: Some(pen.str("2.2.2")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm5.7"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.2.0")), torch_last: Some(pen.str("2.3.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm6.0"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.3.0")), torch_last: Some(pen.str("2.4.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm6.1"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.4.0")), torch_last: Some(pen.str("2.6.0")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm6.2"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.5.0")), torch_last: Some(pen.str("2.5.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm6.2.4"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.6.0")), torch_last: Some(pen.str("2.7.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm6.3"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.7.0")), torch_last: Some(pen.str("2.9.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm6.4"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.8.0")), torch_last: Some(pen.str("2.9.1")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm7.0"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.10.0")), torch_last: Some(pen.str("2.10.0")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm7.1"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.10.0")), torch_last: Some(pen.str("2.13.0")), torch: pen.strs([]), complete: true, status: pen.str("archived"), confidence: Confidence::Verified },
            Index { suffix: pen.str("rocm7.14"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.14.0")), torch_last: Some(pen.str("2.14.1")), torch: pen.strs([]), complete: true, status: pen.str("current"), confidence: Confidence::Doc },
            Index { suffix: pen.str("rocm7.2"), kind: pen.str("rocm"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.11.0")), torch_last: Some(pen.str("2.14.1")), torch: pen.strs([]), complete: true, status: pen.str("current"), confidence: Confidence::Verified },
            Index { suffix: pen.str("xpu"), kind: pen.str("xpu"), cuda: None, min_driver: None, torch_first: Some(pen.str("2.6.0")), torch_last: Some(pen.str("2.15.0")), torch: pen.strs([]), complete: true, status: pen.str("current"), confidence: Confidence::Verified },
        ],
        never: [
            Never { suffix: pen.str("cu112"), cuda: CudaVersion::new(11, 2), confidence: Confidence::Doc },
            Never { suffix: pen.str("cu114"), cuda: CudaVersion::new(11, 4), confidence: Confidence::Doc },
            Never { suffix: pen.str("cu119"), cuda: CudaVersion::new(11, 9), confidence: Confidence::Doc },
            Never { suffix: pen.str("cu120"), cuda: CudaVersion::new(12, 0), confidence: Confidence::Verified },
            Never { suffix: pen.str("cu122"), cuda: CudaVersion::new(12, 2), confidence: Confidence::Verified },
            Never { suffix: pen.str("cu123"), cuda: CudaVersion::new(12, 3), confidence: Confidence::Verified },
            Never { suffix: pen.str("cu125"), cuda: CudaVersion::new(12, 5), confidence: Confidence::Verified },
            Never { suffix: pen.str("cu127"), cuda: CudaVersion::new(12, 7), confidence: Confidence::Verified },
            Never { suffix: pen.str("cu131"), cuda: CudaVersion::new(13, 1), confidence: Confidence::Verified },
            Never { suffix: pen.str("cu133"), cuda: CudaVersion::new(13, 3), confidence: Confidence::Verified },
        ],
        nearest: [
            Nearest { base: CudaVersion::new(10, 1), suffix: pen.str("cu101"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(10, 2), suffix: pen.str("cu102"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(11, 0), suffix: pen.str("cu110"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(11, 1), suffix: pen.str("cu111"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(11, 2), suffix: pen.str("cu111"), exact: false, reason: pen.str("no cu112"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(11, 3), suffix: pen.str("cu113"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(11, 4), suffix: pen.str("cu113"), exact: false, reason: pen.str("no cu114"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(11, 5), suffix: pen.str("cu113"), exact: false, reason: pen.str("cu115 is an unlisted experimental build of 1.11.0 only"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(11, 6), suffix: pen.str("cu116"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(11, 7), suffix: pen.str("cu117"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(11, 8), suffix: pen.str("cu118"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(12, 0), suffix: pen.str("cu121"), exact: false, reason: pen.str("no 12.x index is <= 12.0, so take the lowest of the major; runs by minor-version compatibility (driver >=525.60.13)"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(12, 1), suffix: pen.str("cu121"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(12, 2), suffix: pen.str("cu121"), exact: false, reason: pen.str("no cu122"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(12, 3), suffix: pen.str("cu121"), exact: false, reason: pen.str("no cu123"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(12, 4), suffix: pen.str("cu124"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(12, 5), suffix: pen.str("cu124"), exact: false, reason: pen.str("no cu125"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(12, 6), suffix: pen.str("cu126"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(12, 7), suffix: pen.str("cu126"), exact: false, reason: pen.str("no cu127; no such image either"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(12, 8), suffix: pen.str("cu128"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(12, 9), suffix: pen.str("cu129"), exact: true, reason: pen.str("exact (irregular coverage)"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(13, 0), suffix: pen.str("cu130"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(13, 1), suffix: pen.str("cu130"), exact: false, reason: pen.str("no cu131"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(13, 2), suffix: pen.str("cu132"), exact: true, reason: pen.str("exact"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(13, 3), suffix: pen.str("cu132"), exact: false, reason: pen.str("no cu133"), confidence: Confidence::Verified },
            Nearest { base: CudaVersion::new(13, 4), suffix: pen.str("cu132"), exact: false, reason: pen.str("cu134 is nightly-only"), confidence: Confidence::Verified },
        ],
        host: [
            Host { host: pen.str("download.pytorch.org"), role: pen.str("pytorch") },
            Host { host: pen.str("download-r2.pytorch.org"), role: pen.str("pytorch") },
            Host { host: pen.str("pypi.org"), role: pen.str("pypi") },
            Host { host: pen.str("pypi.python.org"), role: pen.str("pypi") },
            Host { host: pen.str("pypi.tuna.tsinghua.edu.cn"), role: pen.str("pypi") },
            Host { host: pen.str("mirrors.aliyun.com/pypi"), role: pen.str("pypi") },
            Host { host: pen.str("mirrors.cloud.tencent.com/pypi"), role: pen.str("pypi") },
            Host { host: pen.str("pypi.mirrors.ustc.edu.cn"), role: pen.str("pypi") },
            Host { host: pen.str("mirrors.ustc.edu.cn/pypi"), role: pen.str("pypi") },
            Host { host: pen.str("pypi.douban.com"), role: pen.str("pypi") },
            Host { host: pen.str("mirror.baidu.com/pypi"), role: pen.str("pypi") },
            Host { host: pen.str("repo.huaweicloud.com/repository/pypi"), role: pen.str("pypi") },
            Host { host: pen.str("mirrors.huaweicloud.com/repository/pypi"), role: pen.str("pypi") },
            Host { host: pen.str("mirrors.bfsu.edu.cn/pypi"), role: pen.str("pypi") },
            Host { host: pen.str("test.pypi.org"), role: pen.str("pypi") },
            Host { host: pen.str("mirror.sjtu.edu.cn/pytorch-wheels"), role: pen.str("pytorch-mirror") },
            Host { host: pen.str("mirrors.aliyun.com/pytorch-wheels"), role: pen.str("pytorch-mirror") },
            Host { host: pen.str("mirror.nju.edu.cn/pytorch"), role: pen.str("pytorch-mirror") },
            Host { host: pen.str("pypi.nvidia.com"), role: pen.str("nvidia") },
            Host { host: pen.str("pypi.ngc.nvidia.com"), role: pen.str("nvidia") },
            Host { host: pen.str("abetlen.github.io"), role: pen.str("foreign") },
            Host { host: pen.str("data.pyg.org"), role: pen.str("foreign") },
            Host { host: pen.str("data.dgl.ai"), role: pen.str("foreign") },
            Host { host: pen.str("flashinfer.ai"), role: pen.str("foreign") },
            Host { host: pen.str("www.paddlepaddle.org.cn"), role: pen.str("foreign") },
            Host { host: pen.str("wheels.vllm.ai"), role: pen.str("foreign") },
            Host { host: pen.str("download.openmmlab.com"), role: pen.str("foreign") },
            Host { host: pen.str("docs.gsplat.studio"), role: pen.str("foreign") },
            Host { host: pen.str("nvidia-kaolin.s3.us-east-2.amazonaws.com"), role: pen.str("foreign") },
            Host { host: pen.str("storage.googleapis.com/jax-releases"), role: pen.str("foreign") },
            Host { host: pen.str("dl.fbaipublicfiles.com"), role: pen.str("foreign") },
            Host { host: pen.str("huggingface.github.io/autogptq-index"), role: pen.str("foreign") },
        ],
        file: PytorchIndexes { packages: pen.strs(["executorch", "fbgemm-gpu", "fbgemm-gpu-genai", "pytorch-triton", "pytorch-triton-rocm", "pytorch-triton-xpu", "torch", "torch-tensorrt", "torchao", "torcharrow", "torchaudio", "torchcodec", "torchcomms", "torchcsprng", "torchdata", "torchdistx", "torchrec", "torchserve", "torchtext", "torchtitan", "torchtune", "torchvision", "triton", "triton-rocm", "triton-xpu", "vllm", "xformers"]), indexes: index.next(47), never: never.next(10), nearest: nearest.next(26), hosts: host.next(32) },
    }
}
