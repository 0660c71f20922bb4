//! `data/cuda.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::confidence::Confidence;
use crate::cuda::Branch;
use crate::cuda::Cuda;
use crate::cuda::Family;
use crate::cuda::Gate;
use crate::cuda::Toolkit;
use crate::version::CudaVersion;

pub(crate) static CUDA: Cuda = super::ALL.cuda.file;

static CUDA_FAMILY: [Family; 3] = super::ALL.cuda.family;

impl Listed for Family {
    fn array() -> &'static [Self] {
        &CUDA_FAMILY
    }
}

static CUDA_TOOLKIT: [Toolkit; 74] = super::ALL.cuda.toolkit;

impl Listed for Toolkit {
    fn array() -> &'static [Self] {
        &CUDA_TOOLKIT
    }
}

static CUDA_BRANCH: [Branch; 35] = super::ALL.cuda.branch;

impl Listed for Branch {
    fn array() -> &'static [Self] {
        &CUDA_BRANCH
    }
}

static CUDA_GATE: [Gate; 13] = super::ALL.cuda.gate;

impl Listed for Gate {
    fn array() -> &'static [Self] {
        &CUDA_GATE
    }
}

static CUDA_U32: [u32; 39] = super::ALL.cuda.u32;

impl Listed for u32 {
    fn array() -> &'static [Self] {
        &CUDA_U32
    }
}

pub(super) struct Rows {
    family: [Family; 3],
    toolkit: [Toolkit; 74],
    branch: [Branch; 35],
    gate: [Gate; 13],
    u32: [u32; 39],
    file: Cuda,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut family = Dealer::new();
    let mut toolkit = Dealer::new();
    let mut branch = Dealer::new();
    let mut gate = Dealer::new();
    let mut u32 = Dealer::new();
    Rows {
        family: [
            Family { major: 13, min_driver: pen.str("580.65.06"), confidence: Confidence::Verified },
            Family { major: 12, min_driver: pen.str("525.60.13"), confidence: Confidence::Verified },
            Family { major: 11, min_driver: pen.str("450.80.02"), confidence: Confidence::Verified },
        ],
        toolkit: [
            Toolkit { name: pen.str("13.5 GA"), version: pen.str("13.5.0"), driver: None, confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.4 Update 2"), version: pen.str("13.4.3"), driver: None, confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.4 Update 1"), version: pen.str("13.4.2"), driver: None, confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.4 GA"), version: pen.str("13.4.1"), driver: None, confidence: Confidence::Doc },
            Toolkit { name: pen.str("13.3 Update 1"), version: pen.str("13.3.1"), driver: Some(pen.str("610.43.02")), confidence: Confidence::Doc },
            Toolkit { name: pen.str("13.3 GA"), version: pen.str("13.3.0"), driver: Some(pen.str("610.43.02")), confidence: Confidence::Doc },
            Toolkit { name: pen.str("13.2 Update 2"), version: pen.str("13.2.2"), driver: Some(pen.str("595.71.05")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.2 Update 1"), version: pen.str("13.2.1"), driver: Some(pen.str("595.58.03")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.2 GA"), version: pen.str("13.2.0"), driver: Some(pen.str("595.45.04")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.1 Update 2"), version: pen.str("13.1.2"), driver: None, confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.1 Update 1"), version: pen.str("13.1.1"), driver: Some(pen.str("590.48.01")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.1 GA"), version: pen.str("13.1.0"), driver: Some(pen.str("590.44.01")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.0 Update 3"), version: pen.str("13.0.3"), driver: None, confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.0 Update 2"), version: pen.str("13.0.2"), driver: Some(pen.str("580.95.05")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.0 Update 1"), version: pen.str("13.0.1"), driver: Some(pen.str("580.82.07")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("13.0 GA"), version: pen.str("13.0.0"), driver: Some(pen.str("580.65.06")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.9 Update 2"), version: pen.str("12.9.2"), driver: None, confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.9 Update 1"), version: pen.str("12.9.1"), driver: Some(pen.str("575.57.08")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.9 GA"), version: pen.str("12.9.0"), driver: Some(pen.str("575.51.03")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.8 Update 2"), version: pen.str("12.8.2"), driver: None, confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.8 Update 1"), version: pen.str("12.8.1"), driver: Some(pen.str("570.124.06")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.8 GA"), version: pen.str("12.8.0"), driver: Some(pen.str("570.26")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.6 Update 3"), version: pen.str("12.6.3"), driver: Some(pen.str("560.35.05")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.6 Update 2"), version: pen.str("12.6.2"), driver: Some(pen.str("560.35.03")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.6 Update 1"), version: pen.str("12.6.1"), driver: Some(pen.str("560.35.03")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.6 GA"), version: pen.str("12.6.0"), driver: Some(pen.str("560.28.03")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.5 Update 1"), version: pen.str("12.5.1"), driver: Some(pen.str("555.42.06")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.5 GA"), version: pen.str("12.5.0"), driver: Some(pen.str("555.42.02")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.4 Update 1"), version: pen.str("12.4.1"), driver: Some(pen.str("550.54.15")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.4 GA"), version: pen.str("12.4.0"), driver: Some(pen.str("550.54.14")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.3 Update 1"), version: pen.str("12.3.1"), driver: Some(pen.str("545.23.08")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.3 GA"), version: pen.str("12.3.0"), driver: Some(pen.str("545.23.06")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.2 Update 2"), version: pen.str("12.2.2"), driver: Some(pen.str("535.104.05")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.2 Update 1"), version: pen.str("12.2.1"), driver: Some(pen.str("535.86.09")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.2 GA"), version: pen.str("12.2.0"), driver: Some(pen.str("535.54.03")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.1 Update 1"), version: pen.str("12.1.1"), driver: Some(pen.str("530.30.02")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.1 GA"), version: pen.str("12.1.0"), driver: Some(pen.str("530.30.02")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.0 Update 1"), version: pen.str("12.0.1"), driver: Some(pen.str("525.85.12")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("12.0 GA"), version: pen.str("12.0.0"), driver: Some(pen.str("525.60.13")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.8 GA"), version: pen.str("11.8.0"), driver: Some(pen.str("520.61.05")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.7 Update 1"), version: pen.str("11.7.1"), driver: Some(pen.str("515.48.07")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.7 GA"), version: pen.str("11.7.0"), driver: Some(pen.str("515.43.04")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.6 Update 2"), version: pen.str("11.6.2"), driver: Some(pen.str("510.47.03")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.6 Update 1"), version: pen.str("11.6.1"), driver: Some(pen.str("510.47.03")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.6 GA"), version: pen.str("11.6.0"), driver: Some(pen.str("510.39.01")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.5 Update 2"), version: pen.str("11.5.2"), driver: Some(pen.str("495.29.05")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.5 Update 1"), version: pen.str("11.5.1"), driver: Some(pen.str("495.29.05")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.5 GA"), version: pen.str("11.5.0"), driver: Some(pen.str("495.29.05")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.4 Update 4"), version: pen.str("11.4.4"), driver: Some(pen.str("470.82.01")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.4 Update 3"), version: pen.str("11.4.3"), driver: Some(pen.str("470.82.01")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.4 Update 2"), version: pen.str("11.4.2"), driver: Some(pen.str("470.57.02")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.4 Update 1"), version: pen.str("11.4.1"), driver: Some(pen.str("470.57.02")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.4 GA"), version: pen.str("11.4.0"), driver: Some(pen.str("470.42.01")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.3 Update 1"), version: pen.str("11.3.1"), driver: Some(pen.str("465.19.01")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.3 GA"), version: pen.str("11.3.0"), driver: Some(pen.str("465.19.01")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.2 Update 2"), version: pen.str("11.2.2"), driver: Some(pen.str("460.32.03")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.2 Update 1"), version: pen.str("11.2.1"), driver: Some(pen.str("460.32.03")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.2 GA"), version: pen.str("11.2.0"), driver: Some(pen.str("460.27.03")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.1 Update 1"), version: pen.str("11.1.1"), driver: Some(pen.str("455.32")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.1 GA"), version: pen.str("11.1.0"), driver: Some(pen.str("455.23")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.0 Update 1"), version: pen.str("11.0.3"), driver: Some(pen.str("450.51.06")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.0 GA"), version: pen.str("11.0.2"), driver: Some(pen.str("450.51.05")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("11.0 RC"), version: pen.str("11.0.1"), driver: Some(pen.str("450.36.06")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("10.2"), version: pen.str("10.2.89"), driver: Some(pen.str("440.33")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("10.1"), version: pen.str("10.1.105"), driver: Some(pen.str("418.39")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("10.0"), version: pen.str("10.0.130"), driver: Some(pen.str("410.48")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("9.2 Update 1"), version: pen.str("9.2.148"), driver: Some(pen.str("396.37")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("9.2"), version: pen.str("9.2.88"), driver: Some(pen.str("396.26")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("9.1"), version: pen.str("9.1.85"), driver: Some(pen.str("390.46")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("9.0"), version: pen.str("9.0.76"), driver: Some(pen.str("384.81")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("8.0 GA2"), version: pen.str("8.0.61"), driver: Some(pen.str("375.26")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("8.0"), version: pen.str("8.0.44"), driver: Some(pen.str("367.48")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("7.5"), version: pen.str("7.5.16"), driver: Some(pen.str("352.31")), confidence: Confidence::Verified },
            Toolkit { name: pen.str("7.0"), version: pen.str("7.0.28"), driver: Some(pen.str("346.46")), confidence: Confidence::Verified },
        ],
        branch: [
            Branch { branch: pen.str("620"), max_cuda: None, end_of_life: Some(pen.str("2029-09")), confidence: Confidence::Verified },
            Branch { branch: pen.str("615/616"), max_cuda: Some(pen.str("13.4")), end_of_life: None, confidence: Confidence::Doc },
            Branch { branch: pen.str("610"), max_cuda: Some(pen.str("13.3")), end_of_life: Some(pen.str("2026-08")), confidence: Confidence::Verified },
            Branch { branch: pen.str("595"), max_cuda: Some(pen.str("13.2")), end_of_life: Some(pen.str("2027-03")), confidence: Confidence::Verified },
            Branch { branch: pen.str("590"), max_cuda: Some(pen.str("13.1")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("580"), max_cuda: Some(pen.str("13.0")), end_of_life: Some(pen.str("2028-06")), confidence: Confidence::Verified },
            Branch { branch: pen.str("575"), max_cuda: Some(pen.str("12.9")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("570"), max_cuda: Some(pen.str("12.8")), end_of_life: Some(pen.str("2026-02")), confidence: Confidence::Verified },
            Branch { branch: pen.str("565"), max_cuda: Some(pen.str("12.7")), end_of_life: None, confidence: Confidence::Doc },
            Branch { branch: pen.str("560"), max_cuda: Some(pen.str("12.6")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("555"), max_cuda: Some(pen.str("12.5")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("550"), max_cuda: Some(pen.str("12.4")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("545"), max_cuda: Some(pen.str("12.3")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("535"), max_cuda: Some(pen.str("12.2")), end_of_life: Some(pen.str("2026-06")), confidence: Confidence::Verified },
            Branch { branch: pen.str("530"), max_cuda: Some(pen.str("12.1")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("525"), max_cuda: Some(pen.str("12.0")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("520"), max_cuda: Some(pen.str("11.8")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("515"), max_cuda: Some(pen.str("11.7")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("510"), max_cuda: Some(pen.str("11.6")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("495"), max_cuda: Some(pen.str("11.5")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("470"), max_cuda: Some(pen.str("11.4")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("465"), max_cuda: Some(pen.str("11.3")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("460"), max_cuda: Some(pen.str("11.2")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("455"), max_cuda: Some(pen.str("11.1")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("450"), max_cuda: Some(pen.str("11.0")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("440"), max_cuda: Some(pen.str("10.2")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("418"), max_cuda: Some(pen.str("10.1")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("410"), max_cuda: Some(pen.str("10.0")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("396"), max_cuda: Some(pen.str("9.2")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("390"), max_cuda: Some(pen.str("9.1")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("384"), max_cuda: Some(pen.str("9.0")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("375"), max_cuda: Some(pen.str("8.0")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("367"), max_cuda: Some(pen.str("8.0")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("352"), max_cuda: Some(pen.str("7.5")), end_of_life: None, confidence: Confidence::Verified },
            Branch { branch: pen.str("346"), max_cuda: Some(pen.str("7.0")), end_of_life: None, confidence: Confidence::Verified },
        ],
        gate: [
            Gate { image_cuda: CudaVersion::new(11, 7), escape_branches: u32.next(1), geforce_escapes: true, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(11, 8), escape_branches: u32.next(1), geforce_escapes: true, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(12, 0), escape_branches: u32.next(1), geforce_escapes: true, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(12, 1), escape_branches: u32.next(2), geforce_escapes: true, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(12, 2), escape_branches: u32.next(2), geforce_escapes: true, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(12, 3), escape_branches: u32.next(3), geforce_escapes: true, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(12, 4), escape_branches: u32.next(3), geforce_escapes: true, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(12, 5), escape_branches: u32.next(3), geforce_escapes: false, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(12, 6), escape_branches: u32.next(3), geforce_escapes: false, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(12, 8), escape_branches: u32.next(5), geforce_escapes: false, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(12, 9), escape_branches: u32.next(5), geforce_escapes: false, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(13, 0), escape_branches: u32.next(5), geforce_escapes: false, confidence: Confidence::Verified },
            Gate { image_cuda: CudaVersion::new(13, 1), escape_branches: u32.next(5), geforce_escapes: false, confidence: Confidence::Verified },
        ],
        u32: [
            470,
            470,
            470,
            470,
            525,
            470,
            525,
            470,
            525,
            535,
            470,
            525,
            535,
            470,
            535,
            550,
            470,
            535,
            550,
            470,
            535,
            550,
            560,
            565,
            535,
            550,
            560,
            565,
            570,
            535,
            550,
            565,
            570,
            575,
            535,
            550,
            570,
            575,
            580,
        ],
        file: Cuda { families: family.next(3), toolkits: toolkit.next(74), branches: branch.next(35), gates: gate.next(13) },
    }
}
