//! `data/installs.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::confidence::Confidence;
use crate::install::Era;
use crate::install::Extra;
use crate::install::ForOneTorch;
use crate::install::Installs;
use crate::install::Named;

pub(crate) static INSTALLS: Installs = super::ALL.installs.file;

static INSTALLS_ERA: [Era; 8] = super::ALL.installs.era;

impl Listed for Era {
    fn array() -> &'static [Self] {
        &INSTALLS_ERA
    }
}

static INSTALLS_FOR_ONE_TORCH: [ForOneTorch; 3] = super::ALL.installs.for_one_torch;

impl Listed for ForOneTorch {
    fn array() -> &'static [Self] {
        &INSTALLS_FOR_ONE_TORCH
    }
}

static INSTALLS_NAMED: [Named; 24] = super::ALL.installs.named;

impl Listed for Named {
    fn array() -> &'static [Self] {
        &INSTALLS_NAMED
    }
}

static INSTALLS_EXTRA: [Extra; 2] = super::ALL.installs.extra;

impl Listed for Extra {
    fn array() -> &'static [Self] {
        &INSTALLS_EXTRA
    }
}

pub(super) struct Rows {
    era: [Era; 8],
    for_one_torch: [ForOneTorch; 3],
    named: [Named; 24],
    extra: [Extra; 2],
    file: Installs,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut era = Dealer::new();
    let mut for_one_torch = Dealer::new();
    let mut named = Dealer::new();
    let mut extra = Dealer::new();
    Rows {
        era: [
            Era { package: pen.str("onnxruntime-gpu"), from: Some(pen.str("1.28")), before: None, cuda: 13, cudnn: 9, extra: Some(pen.str("cuda,cudnn")), confidence: Confidence::Verified },
            Era { package: pen.str("onnxruntime-gpu"), from: Some(pen.str("1.27")), before: Some(pen.str("1.28")), cuda: 13, cudnn: 9, extra: None, confidence: Confidence::Verified },
            Era { package: pen.str("onnxruntime-gpu"), from: Some(pen.str("1.21")), before: Some(pen.str("1.27")), cuda: 12, cudnn: 9, extra: Some(pen.str("cuda,cudnn")), confidence: Confidence::Verified },
            Era { package: pen.str("onnxruntime-gpu"), from: Some(pen.str("1.19")), before: Some(pen.str("1.21")), cuda: 12, cudnn: 9, extra: None, confidence: Confidence::Verified },
            Era { package: pen.str("onnxruntime-gpu"), from: None, before: Some(pen.str("1.19")), cuda: 11, cudnn: 8, extra: None, confidence: Confidence::Doc },
            Era { package: pen.str("ctranslate2"), from: Some(pen.str("4.5")), before: None, cuda: 12, cudnn: 9, extra: None, confidence: Confidence::Doc },
            Era { package: pen.str("ctranslate2"), from: Some(pen.str("4.0")), before: Some(pen.str("4.5")), cuda: 12, cudnn: 8, extra: None, confidence: Confidence::Doc },
            Era { package: pen.str("ctranslate2"), from: Some(pen.str("3.0")), before: Some(pen.str("4.0")), cuda: 11, cudnn: 8, extra: None, confidence: Confidence::Doc },
        ],
        for_one_torch: [
            ForOneTorch { package: pen.str("sglang") },
            ForOneTorch { package: pen.str("vllm") },
            ForOneTorch { package: pen.str("xformers") },
        ],
        named: [
            Named { package: pen.str("cupy"), cuda: 11, name: pen.str("cupy-cuda11x"), extra: None, confidence: Confidence::Verified },
            Named { package: pen.str("cupy"), cuda: 12, name: pen.str("cupy-cuda12x"), extra: Some(pen.str("ctk")), confidence: Confidence::Verified },
            Named { package: pen.str("cupy"), cuda: 13, name: pen.str("cupy-cuda13x"), extra: Some(pen.str("ctk")), confidence: Confidence::Doc },
            Named { package: pen.str("cucim"), cuda: 12, name: pen.str("cucim-cu12"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("cucim"), cuda: 13, name: pen.str("cucim-cu13"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("cudf"), cuda: 12, name: pen.str("cudf-cu12"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("cudf"), cuda: 13, name: pen.str("cudf-cu13"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("cugraph"), cuda: 12, name: pen.str("cugraph-cu12"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("cugraph"), cuda: 13, name: pen.str("cugraph-cu13"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("cuml"), cuda: 12, name: pen.str("cuml-cu12"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("cuml"), cuda: 13, name: pen.str("cuml-cu13"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("cuvs"), cuda: 12, name: pen.str("cuvs-cu12"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("cuvs"), cuda: 13, name: pen.str("cuvs-cu13"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("pylibraft"), cuda: 12, name: pen.str("pylibraft-cu12"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("pylibraft"), cuda: 13, name: pen.str("pylibraft-cu13"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("raft-dask"), cuda: 12, name: pen.str("raft-dask-cu12"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("raft-dask"), cuda: 13, name: pen.str("raft-dask-cu13"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("rmm"), cuda: 12, name: pen.str("rmm-cu12"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("rmm"), cuda: 13, name: pen.str("rmm-cu13"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("nvidia-dali"), cuda: 11, name: pen.str("nvidia-dali-cuda110"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("nvidia-dali"), cuda: 12, name: pen.str("nvidia-dali-cuda120"), extra: None, confidence: Confidence::Verified },
            Named { package: pen.str("nvidia-dali"), cuda: 13, name: pen.str("nvidia-dali-cuda130"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("tensorrt"), cuda: 12, name: pen.str("tensorrt-cu12"), extra: None, confidence: Confidence::Doc },
            Named { package: pen.str("tensorrt"), cuda: 13, name: pen.str("tensorrt-cu13"), extra: None, confidence: Confidence::Doc },
        ],
        extra: [
            Extra { package: pen.str("jax"), extra: pen.str("cuda12"), cuda: 12, from: pen.str("0.4.22"), confidence: Confidence::Verified },
            Extra { package: pen.str("jax"), extra: pen.str("cuda13"), cuda: 13, from: pen.str("0.7.0"), confidence: Confidence::Verified },
        ],
        file: Installs { eras: era.next(8), for_one_torch: for_one_torch.next(3), names: named.next(24), extras: extra.next(2) },
    }
}
