//! `data/same_files.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::confidence::Confidence;
use crate::same_files::Builds;
use crate::same_files::SameFiles;

pub(crate) static SAME_FILES: SameFiles = super::ALL.same_files.file;

static SAME_FILES_BUILDS: [Builds; 4] = super::ALL.same_files.builds;

impl Listed for Builds {
    fn array() -> &'static [Self] {
        &SAME_FILES_BUILDS
    }
}

pub(super) struct Rows {
    builds: [Builds; 4],
    file: SameFiles,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut builds = Dealer::new();
    Rows {
        builds: [
            Builds { file: pen.str("cupy/__init__.py"), packages: pen.strs(["cupy", "cupy-cuda100", "cupy-cuda101", "cupy-cuda102", "cupy-cuda110", "cupy-cuda111", "cupy-cuda112", "cupy-cuda113", "cupy-cuda114", "cupy-cuda115", "cupy-cuda116", "cupy-cuda117", "cupy-cuda11x", "cupy-cuda12x", "cupy-cuda13x", "cupy-cuda80", "cupy-cuda90", "cupy-cuda91", "cupy-cuda92", "cupy-rocm-4-0", "cupy-rocm-4-2", "cupy-rocm-4-3", "cupy-rocm-5-0", "cupy-rocm-7-0"]), cpu: pen.strs([]), effect: pen.str("CuPy says \"CuPy may not function correctly because multiple CuPy packages are installed in your environment\""), confidence: Confidence::Doc },
            Builds { file: pen.str("faiss/swigfaiss.py"), packages: pen.strs(["faiss-cpu", "faiss-gpu", "faiss-gpu-cu11", "faiss-gpu-cu12"]), cpu: pen.strs(["faiss-cpu"]), effect: pen.str("with the CPU build on top there is no GPU: \"module 'faiss' has no attribute 'StandardGpuResources'\""), confidence: Confidence::Verified },
            Builds { file: pen.str("nvidia/nccl/lib/libnccl.so.2"), packages: pen.strs(["nvidia-nccl-cu11", "nvidia-nccl-cu12", "nvidia-nccl-cu13"]), cpu: pen.strs([]), effect: pen.str("a library built for one CUDA major loads NCCL of another"), confidence: Confidence::Verified },
            Builds { file: pen.str("onnxruntime/__init__.py"), packages: pen.strs(["onnxruntime", "onnxruntime-gpu"]), cpu: pen.strs(["onnxruntime"]), effect: pen.str("with the CPU build on top only CPUExecutionProvider is left, without an error"), confidence: Confidence::Verified },
        ],
        file: SameFiles { rows: builds.next(4) },
    }
}
