//! `data/torch_releases.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::confidence::Confidence;
use crate::torch::Build;
use crate::torch::TorchRelease;
use crate::torch::TorchReleases;
use crate::version::CudaVersion;

pub(crate) static TORCH_RELEASES: TorchReleases = super::ALL.torch_releases.file;

static TORCH_RELEASES_TORCH_RELEASE: [TorchRelease; 42] = super::ALL.torch_releases.torch_release;

impl Listed for TorchRelease {
    fn array() -> &'static [Self] {
        &TORCH_RELEASES_TORCH_RELEASE
    }
}

static TORCH_RELEASES_BUILD: [Build; 86] = super::ALL.torch_releases.build;

impl Listed for Build {
    fn array() -> &'static [Self] {
        &TORCH_RELEASES_BUILD
    }
}

pub(super) struct Rows {
    torch_release: [TorchRelease; 42],
    build: [Build; 86],
    file: TorchReleases,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut torch_release = Dealer::new();
    let mut build = Dealer::new();
    Rows {
        torch_release: [
            TorchRelease { version: pen.str("1.7.0"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("none"), min_driver: Some(pen.str("440.33")), indexes: pen.strs(["cu92", "cu101", "cu102", "cu110"]), torchvision: Some(pen.str("0.8.0")), torchaudio: Some(pen.str("0.7.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.6", "3.7", "3.8"]), archs: build.next(0), confidence: Confidence::Doc },
            TorchRelease { version: pen.str("1.7.1"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("none"), min_driver: Some(pen.str("440.33")), indexes: pen.strs(["cu92", "cu101", "cu102", "cu110"]), torchvision: Some(pen.str("0.8.2")), torchaudio: Some(pen.str("0.7.2")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.6", "3.7", "3.8", "3.9"]), archs: build.next(0), confidence: Confidence::Doc },
            TorchRelease { version: pen.str("1.8.0"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("440.33")), indexes: pen.strs(["cu102", "cu111"]), torchvision: Some(pen.str("0.9.0")), torchaudio: Some(pen.str("0.8.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.6", "3.7", "3.8", "3.9"]), archs: build.next(0), confidence: Confidence::Doc },
            TorchRelease { version: pen.str("1.8.1"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("440.33")), indexes: pen.strs(["cu101", "cu102", "cu111"]), torchvision: Some(pen.str("0.9.1")), torchaudio: Some(pen.str("0.8.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.6", "3.7", "3.8", "3.9"]), archs: build.next(0), confidence: Confidence::Doc },
            TorchRelease { version: pen.str("1.9.0"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("440.33")), indexes: pen.strs(["cu102", "cu111"]), torchvision: Some(pen.str("0.10.0")), torchaudio: Some(pen.str("0.9.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.6", "3.7", "3.8", "3.9"]), archs: build.next(0), confidence: Confidence::Doc },
            TorchRelease { version: pen.str("1.9.1"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("440.33")), indexes: pen.strs(["cu102", "cu111"]), torchvision: Some(pen.str("0.10.1")), torchaudio: Some(pen.str("0.9.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.6", "3.7", "3.8", "3.9"]), archs: build.next(0), confidence: Confidence::Doc },
            TorchRelease { version: pen.str("1.10.0"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("440.33")), indexes: pen.strs(["cu102", "cu111", "cu113"]), torchvision: Some(pen.str("0.11.0")), torchaudio: Some(pen.str("0.10.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.6", "3.7", "3.8", "3.9"]), archs: build.next(0), confidence: Confidence::Doc },
            TorchRelease { version: pen.str("1.10.1"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("440.33")), indexes: pen.strs(["cu102", "cu111", "cu113"]), torchvision: Some(pen.str("0.11.2")), torchaudio: Some(pen.str("0.10.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.6", "3.7", "3.8", "3.9"]), archs: build.next(0), confidence: Confidence::Doc },
            TorchRelease { version: pen.str("1.10.2"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("440.33")), indexes: pen.strs([]), torchvision: Some(pen.str("0.11.3")), torchaudio: None, torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.6", "3.7", "3.8", "3.9"]), archs: build.next(0), confidence: Confidence::Doc },
            TorchRelease { version: pen.str("1.11.0"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("440.33")), indexes: pen.strs(["cu102", "cu113", "cu115"]), torchvision: Some(pen.str("0.12.0")), torchaudio: Some(pen.str("0.11.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.7", "3.8", "3.9", "3.10"]), archs: build.next(3), confidence: Confidence::Doc },
            TorchRelease { version: pen.str("1.12.0"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("440.33")), indexes: pen.strs(["cu102", "cu113", "cu116"]), torchvision: Some(pen.str("0.13.0")), torchaudio: Some(pen.str("0.12.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.7", "3.8", "3.9", "3.10"]), archs: build.next(3), confidence: Confidence::Unverified },
            TorchRelease { version: pen.str("1.12.1"), cuda: CudaVersion::new(10, 2), suffix: pen.str("cu102"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("440.33")), indexes: pen.strs(["cu102", "cu113", "cu116"]), torchvision: Some(pen.str("0.13.1")), torchaudio: Some(pen.str("0.12.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.7", "3.8", "3.9", "3.10"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("1.13.0"), cuda: CudaVersion::new(11, 7), suffix: pen.str("cu117"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("450.80.02")), indexes: pen.strs(["cu116", "cu117"]), torchvision: Some(pen.str("0.14.0")), torchaudio: Some(pen.str("0.13.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.7", "3.8", "3.9", "3.10", "3.11"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("1.13.1"), cuda: CudaVersion::new(11, 7), suffix: pen.str("cu117"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("450.80.02")), indexes: pen.strs(["cu116", "cu117"]), torchvision: Some(pen.str("0.14.1")), torchaudio: Some(pen.str("0.13.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.7", "3.8", "3.9", "3.10", "3.11"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.0.0"), cuda: CudaVersion::new(11, 7), suffix: pen.str("cu117"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("450.80.02")), indexes: pen.strs(["cu117", "cu118"]), torchvision: Some(pen.str("0.15.1")), torchaudio: Some(pen.str("2.0.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.0.1"), cuda: CudaVersion::new(11, 7), suffix: pen.str("cu117"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("450.80.02")), indexes: pen.strs(["cu117", "cu118"]), torchvision: Some(pen.str("0.15.2")), torchaudio: Some(pen.str("2.0.2")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.1.0"), cuda: CudaVersion::new(12, 1), suffix: pen.str("cu121"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121"]), torchvision: Some(pen.str("0.16.0")), torchaudio: Some(pen.str("2.1.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.1.1"), cuda: CudaVersion::new(12, 1), suffix: pen.str("cu121"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121"]), torchvision: Some(pen.str("0.16.1")), torchaudio: Some(pen.str("2.1.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.1.2"), cuda: CudaVersion::new(12, 1), suffix: pen.str("cu121"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121"]), torchvision: Some(pen.str("0.16.2")), torchaudio: Some(pen.str("2.1.2")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.2.0"), cuda: CudaVersion::new(12, 1), suffix: pen.str("cu121"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121"]), torchvision: Some(pen.str("0.17.0")), torchaudio: Some(pen.str("2.2.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11", "3.12"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.2.1"), cuda: CudaVersion::new(12, 1), suffix: pen.str("cu121"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121"]), torchvision: Some(pen.str("0.17.1")), torchaudio: Some(pen.str("2.2.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11", "3.12"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.2.2"), cuda: CudaVersion::new(12, 1), suffix: pen.str("cu121"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121"]), torchvision: Some(pen.str("0.17.2")), torchaudio: Some(pen.str("2.2.2")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11", "3.12"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.3.0"), cuda: CudaVersion::new(12, 1), suffix: pen.str("cu121"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121"]), torchvision: Some(pen.str("0.18.0")), torchaudio: Some(pen.str("2.3.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11", "3.12"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.3.1"), cuda: CudaVersion::new(12, 1), suffix: pen.str("cu121"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121"]), torchvision: Some(pen.str("0.18.1")), torchaudio: Some(pen.str("2.3.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11", "3.12"]), archs: build.next(2), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.4.0"), cuda: CudaVersion::new(12, 1), suffix: pen.str("cu121"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121", "cu124"]), torchvision: Some(pen.str("0.19.0")), torchaudio: Some(pen.str("2.4.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11", "3.12"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.4.1"), cuda: CudaVersion::new(12, 1), suffix: pen.str("cu121"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121", "cu124"]), torchvision: Some(pen.str("0.19.1")), torchaudio: Some(pen.str("2.4.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.8", "3.9", "3.10", "3.11", "3.12"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.5.0"), cuda: CudaVersion::new(12, 4), suffix: pen.str("cu124"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121", "cu124"]), torchvision: Some(pen.str("0.20.0")), torchaudio: Some(pen.str("2.5.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.9", "3.10", "3.11", "3.12", "3.13"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.5.1"), cuda: CudaVersion::new(12, 4), suffix: pen.str("cu124"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu121", "cu124"]), torchvision: Some(pen.str("0.20.1")), torchaudio: Some(pen.str("2.5.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.9", "3.10", "3.11", "3.12", "3.13"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.6.0"), cuda: CudaVersion::new(12, 4), suffix: pen.str("cu124"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu124", "cu126"]), torchvision: Some(pen.str("0.21.0")), torchaudio: Some(pen.str("2.6.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.9", "3.10", "3.11", "3.12", "3.13"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.7.0"), cuda: CudaVersion::new(12, 6), suffix: pen.str("cu126"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu126", "cu128"]), torchvision: Some(pen.str("0.22.0")), torchaudio: Some(pen.str("2.7.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.9", "3.10", "3.11", "3.12", "3.13", "3.13t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.7.1"), cuda: CudaVersion::new(12, 6), suffix: pen.str("cu126"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu118", "cu126", "cu128"]), torchvision: Some(pen.str("0.22.1")), torchaudio: Some(pen.str("2.7.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.9", "3.10", "3.11", "3.12", "3.13", "3.13t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.8.0"), cuda: CudaVersion::new(12, 8), suffix: pen.str("cu128"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu126", "cu128", "cu129"]), torchvision: Some(pen.str("0.23.0")), torchaudio: Some(pen.str("2.8.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.9", "3.10", "3.11", "3.12", "3.13", "3.13t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.9.0"), cuda: CudaVersion::new(12, 8), suffix: pen.str("cu128"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu126", "cu128", "cu129", "cu130"]), torchvision: Some(pen.str("0.24.0")), torchaudio: Some(pen.str("2.9.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.9.1"), cuda: CudaVersion::new(12, 8), suffix: pen.str("cu128"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu126", "cu128", "cu129", "cu130"]), torchvision: Some(pen.str("0.24.1")), torchaudio: Some(pen.str("2.9.1")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.10.0"), cuda: CudaVersion::new(12, 8), suffix: pen.str("cu128"), aarch64: pen.str("cpu"), min_driver: Some(pen.str("525.60.13")), indexes: pen.strs(["cu126", "cu128", "cu130"]), torchvision: Some(pen.str("0.25.0")), torchaudio: Some(pen.str("2.10.0")), torchaudio_indexes: pen.strs([]), pythons: pen.strs(["3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.11.0"), cuda: CudaVersion::new(13, 0), suffix: pen.str("cu130"), aarch64: pen.str("cuda"), min_driver: Some(pen.str("580.65.06")), indexes: pen.strs(["cu126", "cu128", "cu129", "cu130"]), torchvision: Some(pen.str("0.26.0")), torchaudio: Some(pen.str("2.11.0")), torchaudio_indexes: pen.strs(["cu126", "cu128", "cu130"]), pythons: pen.strs(["3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.12.0"), cuda: CudaVersion::new(13, 0), suffix: pen.str("cu130"), aarch64: pen.str("cuda"), min_driver: Some(pen.str("580.65.06")), indexes: pen.strs(["cu126", "cu130", "cu132"]), torchvision: Some(pen.str("0.27.0")), torchaudio: Some(pen.str("2.11.0")), torchaudio_indexes: pen.strs(["cu126", "cu130"]), pythons: pen.strs(["3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.12.1"), cuda: CudaVersion::new(13, 0), suffix: pen.str("cu130"), aarch64: pen.str("cuda"), min_driver: Some(pen.str("580.65.06")), indexes: pen.strs(["cu126", "cu129", "cu130", "cu132"]), torchvision: Some(pen.str("0.27.1")), torchaudio: Some(pen.str("2.11.0")), torchaudio_indexes: pen.strs(["cu126", "cu130"]), pythons: pen.strs(["3.10", "3.11", "3.12", "3.13", "3.14", "3.14t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.13.0"), cuda: CudaVersion::new(13, 0), suffix: pen.str("cu130"), aarch64: pen.str("cuda"), min_driver: Some(pen.str("580.65.06")), indexes: pen.strs(["cu126", "cu129", "cu130", "cu132"]), torchvision: Some(pen.str("0.28.0")), torchaudio: Some(pen.str("2.11.0")), torchaudio_indexes: pen.strs(["cu126", "cu130"]), pythons: pen.strs(["3.10", "3.11", "3.12", "3.13", "3.14", "3.14t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.14.0"), cuda: CudaVersion::new(13, 0), suffix: pen.str("cu130"), aarch64: pen.str("cuda"), min_driver: Some(pen.str("580.65.06")), indexes: pen.strs(["cu126", "cu130", "cu132"]), torchvision: Some(pen.str("0.29.0")), torchaudio: Some(pen.str("2.11.0")), torchaudio_indexes: pen.strs(["cu126", "cu130"]), pythons: pen.strs(["3.10", "3.11", "3.12", "3.13", "3.14", "3.14t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.14.1"), cuda: CudaVersion::new(13, 0), suffix: pen.str("cu130"), aarch64: pen.str("cuda"), min_driver: Some(pen.str("580.65.06")), indexes: pen.strs(["cu126", "cu130", "cu132"]), torchvision: Some(pen.str("0.29.1")), torchaudio: Some(pen.str("2.11.0")), torchaudio_indexes: pen.strs(["cu126", "cu130"]), pythons: pen.strs(["3.10", "3.11", "3.12", "3.13", "3.14", "3.14t"]), archs: build.next(3), confidence: Confidence::Verified },
            TorchRelease { version: pen.str("2.15.0"), cuda: CudaVersion::new(13, 2), suffix: pen.str("cu132"), aarch64: pen.str("cuda"), min_driver: Some(pen.str("580.65.06")), indexes: pen.strs(["cu130", "cu132"]), torchvision: Some(pen.str("0.29.2")), torchaudio: Some(pen.str("2.11.0")), torchaudio_indexes: pen.strs(["cu130"]), pythons: pen.strs(["3.11", "3.12", "3.13", "3.14", "3.14t", "3.15", "3.15t"]), archs: build.next(2), confidence: Confidence::Verified },
        ],
        build: [
            Build { suffix: pen.str("cu102"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0"]) },
            Build { suffix: pen.str("cu113"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu115"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu102"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0"]) },
            Build { suffix: pen.str("cu113"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu116"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu102"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0"]) },
            Build { suffix: pen.str("cu113"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu116"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu116"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu117"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu116"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu117"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu117"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu117"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu124"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu124"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu124"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu121"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu124"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu124"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu128"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu118"), compiled: pen.strs(["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu128"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu128"), compiled: pen.strs(["7.0", "7.5", "8.0", "8.6", "9.0", "10.0", "12.0"]) },
            Build { suffix: pen.str("cu129"), compiled: pen.strs(["7.0", "7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu128"), compiled: pen.strs(["7.0", "7.5", "8.0", "8.6", "9.0", "10.0", "12.0"]) },
            Build { suffix: pen.str("cu130"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu128"), compiled: pen.strs(["7.0", "7.5", "8.0", "8.6", "9.0", "10.0", "12.0"]) },
            Build { suffix: pen.str("cu130"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu128"), compiled: pen.strs(["7.0", "7.5", "8.0", "8.6", "9.0", "10.0", "12.0"]) },
            Build { suffix: pen.str("cu130"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu128"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0"]) },
            Build { suffix: pen.str("cu130"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu130"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu132"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu130"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu132"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu130"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu132"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu130"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu132"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu126"), compiled: pen.strs(["5.0", "6.0", "7.0", "7.5", "8.0", "8.6", "9.0"]) },
            Build { suffix: pen.str("cu130"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu132"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu130"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
            Build { suffix: pen.str("cu132"), compiled: pen.strs(["7.5", "8.0", "8.6", "9.0", "10.0", "12.0+PTX"]) },
        ],
        file: TorchReleases { latest: pen.str("2.15.0"), releases: torch_release.next(42) },
    }
}
