//! `data/tensorflow.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::confidence::Confidence;
use crate::tensorflow::Tensorflow;
use crate::tensorflow::TensorflowRelease;

pub(crate) static TENSORFLOW: Tensorflow = super::ALL.tensorflow.file;

static TENSORFLOW_TENSORFLOW_RELEASE: [TensorflowRelease; 29] = super::ALL.tensorflow.tensorflow_release;

impl Listed for TensorflowRelease {
    fn array() -> &'static [Self] {
        &TENSORFLOW_TENSORFLOW_RELEASE
    }
}

pub(super) struct Rows {
    tensorflow_release: [TensorflowRelease; 29],
    file: Tensorflow,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut tensorflow_release = Dealer::new();
    Rows {
        tensorflow_release: [
            TensorflowRelease { version: pen.str("2.21.0"), python: pen.str("3.10-3.13"), cuda: pen.str("12.5"), cudnn: pen.str("9.3"), and_cuda: true, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.20.0"), python: pen.str("3.9-3.13"), cuda: pen.str("12.5"), cudnn: pen.str("9.3"), and_cuda: true, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.19.x"), python: pen.str("3.9-3.12"), cuda: pen.str("12.5"), cudnn: pen.str("9.3"), and_cuda: true, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.18.x"), python: pen.str("3.9-3.12"), cuda: pen.str("12.5"), cudnn: pen.str("9.3"), and_cuda: true, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.17.x"), python: pen.str("3.9-3.12"), cuda: pen.str("12.3"), cudnn: pen.str("8.9"), and_cuda: true, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.16.x"), python: pen.str("3.9-3.12"), cuda: pen.str("12.3"), cudnn: pen.str("8.9"), and_cuda: true, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.15.x"), python: pen.str("3.9-3.11"), cuda: pen.str("12.2"), cudnn: pen.str("8.9"), and_cuda: true, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.14.x"), python: pen.str("3.9-3.11"), cuda: pen.str("11.8"), cudnn: pen.str("8.7"), and_cuda: true, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.13.x"), python: pen.str("3.8-3.11"), cuda: pen.str("11.8"), cudnn: pen.str("8.6"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.12.x"), python: pen.str("3.8-3.11"), cuda: pen.str("11.8"), cudnn: pen.str("8.6"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.11.0"), python: pen.str("3.7-3.10"), cuda: pen.str("11.2"), cudnn: pen.str("8.1"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.10.0"), python: pen.str("3.7-3.10"), cuda: pen.str("11.2"), cudnn: pen.str("8.1"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.9.0"), python: pen.str("3.7-3.10"), cuda: pen.str("11.2"), cudnn: pen.str("8.1"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.8.0"), python: pen.str("3.7-3.10"), cuda: pen.str("11.2"), cudnn: pen.str("8.1"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.7.0"), python: pen.str("3.7-3.9"), cuda: pen.str("11.2"), cudnn: pen.str("8.1"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.6.0"), python: pen.str("3.6-3.9"), cuda: pen.str("11.2"), cudnn: pen.str("8.1"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.5.0"), python: pen.str("3.6-3.9"), cuda: pen.str("11.2"), cudnn: pen.str("8.1"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.4.0"), python: pen.str("3.6-3.8"), cuda: pen.str("11.0"), cudnn: pen.str("8.0"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.3.0"), python: pen.str("3.5-3.8"), cuda: pen.str("10.1"), cudnn: pen.str("7.6"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.2.0"), python: pen.str("3.5-3.8"), cuda: pen.str("10.1"), cudnn: pen.str("7.6"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.1.0"), python: pen.str("2.7, 3.5-3.7"), cuda: pen.str("10.1"), cudnn: pen.str("7.6"), and_cuda: false, separate_gpu_package: false, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("2.0.0"), python: pen.str("2.7, 3.3-3.7"), cuda: pen.str("10.0"), cudnn: pen.str("7.4"), and_cuda: false, separate_gpu_package: true, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("1.15.0"), python: pen.str("2.7, 3.3-3.7"), cuda: pen.str("10.0"), cudnn: pen.str("7.4"), and_cuda: false, separate_gpu_package: true, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("1.14.0"), python: pen.str("2.7, 3.3-3.7"), cuda: pen.str("10.0"), cudnn: pen.str("7.4"), and_cuda: false, separate_gpu_package: true, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("1.13.1"), python: pen.str("2.7, 3.3-3.7"), cuda: pen.str("10.0"), cudnn: pen.str("7.4"), and_cuda: false, separate_gpu_package: true, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("1.12.0"), python: pen.str("2.7, 3.3-3.6"), cuda: pen.str("9"), cudnn: pen.str("7"), and_cuda: false, separate_gpu_package: true, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("1.5-1.11"), python: pen.str("2.7, 3.3-3.6"), cuda: pen.str("9"), cudnn: pen.str("7"), and_cuda: false, separate_gpu_package: true, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("1.3-1.4"), python: pen.str("2.7, 3.3-3.6"), cuda: pen.str("8"), cudnn: pen.str("6"), and_cuda: false, separate_gpu_package: true, confidence: Confidence::Verified },
            TensorflowRelease { version: pen.str("1.0-1.2"), python: pen.str("2.7, 3.3-3.6"), cuda: pen.str("8"), cudnn: pen.str("5.1"), and_cuda: false, separate_gpu_package: true, confidence: Confidence::Verified },
        ],
        file: Tensorflow { latest: pen.str("2.21.0"), releases: tensorflow_release.next(29) },
    }
}
