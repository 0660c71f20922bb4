use super::table::Family;
use super::{Accelerator, Cudnn, Flavor, ImageFacts, ImageRef};
use crate::generated::IMAGES;
use crate::packed::Str;
use crate::{Confidence, CudaVersion, nvidia_cuda, tensorflow};

/// What is known of the image behind a reference; `None` where nothing is.
#[must_use]
pub fn describe(image: &ImageRef) -> Option<ImageFacts> {
    let name = image.repository();
    let tag = image.effective_tag().unwrap_or_default();
    if let Some(family) = find(&name) {
        return Some(from_family(
            family,
            &name,
            tag,
            image.effective_tag().is_none(),
        ));
    }
    // A private registry's copy of nvidia/cuda keeps path and tag.
    if name.ends_with("/nvidia/cuda") {
        let mut facts = from_family(find("docker.io/nvidia/cuda")?, &name, tag, false);
        facts.confidence = Confidence::Seen;
        return Some(facts);
    }
    guess(&name, tag)
}

fn find(name: &str) -> Option<&'static Family> {
    let rows = &IMAGES.families;
    rows.iter()
        .find(|row| row.name == name)
        .or_else(|| rows.iter().find(|row| fits(&row.name, name)))
}

fn fits(pattern: &str, name: &str) -> bool {
    let Some((prefix, suffix)) = pattern.split_once('*') else {
        return pattern == name;
    };
    name.len() >= prefix.len() + suffix.len() && name.starts_with(prefix) && name.ends_with(suffix)
}

fn from_family(family: &Family, name: &str, tag: &str, digest_only: bool) -> ImageFacts {
    let text = if family.accelerator == "by-name" {
        name
    } else {
        tag
    };
    let has = |word: Option<Str>| word.is_some_and(|word| has_word(text, &word));
    let accelerator = match family.accelerator.as_str() {
        "nvidia" if has(family.cpu_word) || is_cpu_tag(tag) => Accelerator::Cpu,
        "nvidia" => Accelerator::Nvidia,
        "jetson" => Accelerator::Jetson,
        "amd" => Accelerator::Amd,
        "cpu" => Accelerator::Cpu,
        "by-tag" | "by-name" if has(family.gpu_word) || cuda_in(text).is_some() => {
            Accelerator::Nvidia
        }
        "by-tag" | "by-name" => Accelerator::Cpu,
        _ => Accelerator::Other,
    };
    let accelerator = if has_word(text, "rocm") {
        Accelerator::Amd
    } else if other_vendor(text) {
        Accelerator::Other
    } else {
        accelerator
    };
    let is_gpu = accelerator == Accelerator::Nvidia;
    let month = IMAGES
        .ngc
        .iter()
        .find(|row| tag.starts_with(row.month.as_str()) && row.confidence.supports_errors());
    let version = leading_version(tag);
    let cuda = match family.cuda.as_deref().filter(|_| is_gpu) {
        Some("leading") => tag.split('-').next().and_then(|first| first.parse().ok()),
        Some("leading2") => tag.parse().ok(),
        Some("tag") => cuda_in(tag),
        Some("name") => cuda_in(name),
        Some("ngc") => month.and_then(|row| row.cuda.parse().ok()),
        Some("tensorflow") => version
            .as_deref()
            .and_then(tensorflow::release)
            .and_then(tensorflow::TensorflowRelease::cuda_version),
        _ => None,
    };
    let framework = family.framework.map(Str::as_str);
    let flavor = match family.flavor.as_deref().filter(|_| is_gpu) {
        Some("tag") => flavor_in(tag)
            .or_else(|| (tag == "latest" && framework == Some("torch")).then_some(Flavor::Runtime)),
        Some("devel") => Some(Flavor::Devel),
        Some("runtime") if has_word(tag, "devel") => Some(Flavor::Devel),
        Some("runtime") => Some(Flavor::Runtime),
        Some("base") => Some(flavor_in(tag).unwrap_or(Flavor::Base)),
        _ => None,
    };
    let is_nvidia_cuda = name.ends_with("/nvidia/cuda");
    let tensorflow = family.cuda.as_deref() == Some("tensorflow");
    let cudnn = if is_nvidia_cuda {
        Some(nvidia_cuda::cudnn_of_tag(tag))
    } else if tensorflow && is_gpu {
        Some(Cudnn::Present(
            version
                .as_deref()
                .and_then(tensorflow::release)
                .and_then(tensorflow::TensorflowRelease::cudnn_major),
        ))
    } else if is_gpu && (family.framework.is_some() || tag.contains("cudnn")) {
        Some(Cudnn::Present(cudnn_in(tag)))
    } else if accelerator == Accelerator::Cpu {
        Some(Cudnn::Absent)
    } else {
        None
    };
    let by_month = family.cuda.as_deref() == Some("ngc");
    let framework_version = match framework {
        Some("torch") if by_month => month.and_then(|row| row.torch).map(String::from),
        Some(_) if by_month => None,
        Some(_) => version,
        None => None,
    };
    let nvcc = match (accelerator, flavor) {
        (Accelerator::Cpu, _) => Some(false),
        (_, Some(flavor)) if is_nvidia_cuda || family.name == "docker.io/pytorch/pytorch" => {
            Some(flavor == Flavor::Devel)
        }
        (_, Some(Flavor::Devel)) => Some(true),
        _ => None,
    };
    ImageFacts {
        accelerator,
        cuda,
        flavor,
        cudnn,
        python: family
            .python
            .filter(|_| !digest_only || family.python == Some(true)),
        python_version: python_version(name, tag),
        framework,
        framework_version,
        nvcc,
        musl: name.ends_with("/alpine") || has_word(tag, "alpine") || tag.contains("-alpine"),
        is_nvidia_cuda,
        library_path: is_nvidia_cuda
            .then(|| nvidia_cuda::library_path(tag))
            .flatten(),
        // pytorch/pytorch: `ENV NVIDIA_…` in the Dockerfile of its repository.
        sets_nvidia_environment: is_nvidia_cuda
            || (is_gpu && family.name == "docker.io/pytorch/pytorch"),
        confidence: family.confidence,
    }
}

/// Whether the tag chooses a build for NVIDIA GPUs: `2.40.0-py311-cu121`, `release-cuda`, `stable-tensorrt`.
#[must_use]
pub fn tag_says_gpu(image: &ImageRef) -> bool {
    let tag = image.effective_tag().unwrap_or_default();
    let says = cuda_in(tag).is_some()
        || ["cuda", "gpu", "tensorrt"]
            .iter()
            .any(|word| has_word(tag, word));
    let denies = words(tag).any(|word| matches!(word, "no" | "non" | "without" | "cpu"));
    says && !denies && !other_vendor(tag)
}

/// From names alone: an image we have no row for whose name or tag says CUDA.
fn guess(name: &str, tag: &str) -> Option<ImageFacts> {
    let cuda = cuda_in(tag).or_else(|| cuda_in(name));
    let says_gpu =
        cuda.is_some() || has_word(tag, "cuda") || has_word(tag, "gpu") || has_word(name, "cuda");
    if !says_gpu || other_vendor(tag) || other_vendor(name) {
        let vendor = other_vendor(tag) || other_vendor(name);
        return vendor.then(|| unknown(Accelerator::Other, None, None));
    }
    let flavor = flavor_in(tag).filter(|_| cuda.is_some());
    Some(unknown(Accelerator::Nvidia, cuda, flavor))
}

fn unknown(
    accelerator: Accelerator,
    cuda: Option<CudaVersion>,
    flavor: Option<Flavor>,
) -> ImageFacts {
    ImageFacts {
        cuda,
        flavor,
        ..ImageFacts::unknown(accelerator)
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(['-', '_', '.', '/', '+'])
}

fn has_word(text: &str, word: &str) -> bool {
    words(text).any(|part| {
        part == word
            || (part.starts_with(word) && part[word.len()..].bytes().all(|b| b.is_ascii_digit()))
    })
}

/// Publishers of GPU images mark the others: `2.4.0-intel-cpu`, `latest-cpu`.
fn is_cpu_tag(tag: &str) -> bool {
    has_word(tag, "cpu") && !has_word(tag, "gpu") && !tag.contains("cuda") && cuda_in(tag).is_none()
}

fn other_vendor(text: &str) -> bool {
    words(text).any(|part| {
        let digits = |rest: &str| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit());
        part.strip_prefix("rocm").is_some_and(digits)
            || matches!(
                part,
                "xpu"
                    | "hpu"
                    | "gaudi"
                    | "hipblas"
                    | "neuron"
                    | "neuronx"
                    | "npu"
                    | "musa"
                    | "ipex"
                    | "openvino"
            )
    })
}

fn flavor_in(tag: &str) -> Option<Flavor> {
    words(tag).find_map(|part| match part {
        "base" => Some(Flavor::Base),
        "runtime" => Some(Flavor::Runtime),
        "devel" => Some(Flavor::Devel),
        _ => None,
    })
}

/// `cuda12.1`, `cuda-12.1.1`, `cu121`, `cuda1281` in a tag or name.
fn cuda_in(text: &str) -> Option<CudaVersion> {
    let mut at = 0;
    while let Some(found) = text[at..].find("cu") {
        let start = at + found;
        at = start + 2;
        let before = text[..start].chars().next_back();
        if before.is_some_and(|c| c.is_ascii_alphanumeric()) {
            continue;
        }
        let rest = &text[start + 2..];
        let (rest, long) = rest
            .strip_prefix("da")
            .map_or((rest, false), |rest| (rest, true));
        let rest = if long {
            rest.strip_prefix(['-', '_']).unwrap_or(rest)
        } else {
            rest
        };
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let number = rest[..end].trim_end_matches('.');
        if number.contains('.') {
            if let Ok(version) = number.parse() {
                return Some(version);
            }
        } else if number.len() >= 3
            && let Some(version) = CudaVersion::from_suffix(&format!("cu{number}"))
        {
            return Some(version);
        }
    }
    None
}

fn cudnn_in(tag: &str) -> Option<u16> {
    words(tag).find_map(|part| {
        part.strip_prefix("cudnn")
            .and_then(|digits| digits.parse().ok())
    })
}

/// `2.1.0` of `2.1.0-cuda12.1-cudnn8-runtime`.
fn leading_version(tag: &str) -> Option<String> {
    let first = tag.split(['-', '_']).next()?;
    let first = first.strip_prefix('v').unwrap_or(first);
    let numeric = first.contains('.')
        && first
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    numeric.then(|| first.to_owned())
}

/// `3.10` of `python:3.10-slim`, of `…-py3.10-…` and of `…-py310-…`.
fn python_version(name: &str, tag: &str) -> Option<String> {
    if name.ends_with("/library/python") {
        let mut parts = tag.split('-').next()?.split('.');
        let (major, minor) = (parts.next()?, parts.next()?);
        let numeric = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        return (numeric(major) && numeric(minor)).then(|| format!("{major}.{minor}"));
    }
    let at = tag.find("py3.")?;
    let minor: String = tag[at + 4..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    (!minor.is_empty()).then(|| format!("3.{minor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(text: &str) -> ImageFacts {
        describe(&ImageRef::parse(text).unwrap()).unwrap()
    }

    #[test]
    fn names_begin_with_the_domain() {
        for row in &IMAGES.families {
            assert!(
                row.name.contains('.'),
                "{}: the domain is missing",
                row.name
            );
        }
    }

    #[test]
    fn a_tag_chooses_the_gpu() {
        for (image, chosen) in [
            ("rayproject/ray:2.40.0-py311-cu121", true),
            ("ghcr.io/blakeblackshear/frigate:stable-tensorrt", true),
            ("example.com/team/asr:1.2-gpu", true),
            ("example.com/team/asr:cuda12", true),
            ("example.com/team/asr:1.2-no-cuda", false),
            ("example.com/team/asr:1.2-gpu-cpu", false),
            ("example.com/team/cuda:1.2", false),
            ("example.com/team/asr:1.2-rocm-gpu", false),
        ] {
            let image = ImageRef::parse(image).unwrap();
            assert_eq!(tag_says_gpu(&image), chosen, "{image:?}");
        }
    }

    #[test]
    fn a_build_for_rocm_is_for_amd() {
        assert_eq!(facts("ollama/ollama:rocm").accelerator, Accelerator::Amd);
        assert_eq!(
            facts("ollama/ollama:0.5.4-rocm6").accelerator,
            Accelerator::Amd
        );
        assert_eq!(facts("ollama/ollama").accelerator, Accelerator::Nvidia);
    }

    #[test]
    fn tags_tell_cuda_and_flavour() {
        let image = facts("nvidia/cuda:12.1.1-cudnn8-runtime-ubuntu22.04");
        assert_eq!(
            (image.cuda, image.flavor),
            (Some(CudaVersion::new(12, 1)), Some(Flavor::Runtime))
        );
        assert_eq!(
            (image.cudnn, image.nvcc, image.python),
            (Some(Cudnn::Present(Some(8))), Some(false), Some(false))
        );
        let image = facts("pytorch/pytorch:2.1.0-cuda12.1-cudnn8-devel");
        assert_eq!(
            (image.framework_version.as_deref(), image.nvcc),
            (Some("2.1.0"), Some(true))
        );
        let image = facts("nvcr.io/nvidia/pytorch:24.05-py3");
        assert_eq!(
            (image.framework, image.cuda.map(|cuda| cuda.major)),
            (Some("torch"), Some(12))
        );
        let image = facts("tensorflow/tensorflow:2.15.0-gpu");
        assert_eq!(
            (image.accelerator, image.cuda),
            (Accelerator::Nvidia, Some(CudaVersion::new(12, 2)))
        );
        assert_eq!(
            facts("tensorflow/tensorflow:2.15.0").accelerator,
            Accelerator::Cpu
        );
        assert_eq!(
            facts("tensorflow/tensorflow:latest-gpu").accelerator,
            Accelerator::Nvidia
        );
    }

    #[test]
    fn a_tag_may_say_that_there_is_no_gpu_in_it() {
        let accelerator = |image: &str| {
            let reference = ImageRef::parse(image).unwrap();
            describe(&reference).unwrap().accelerator
        };
        let server = "ghcr.io/huggingface/text-generation-inference";
        for (tag, expected) in [
            ("2.4.0", Accelerator::Nvidia),
            ("2.4.0-intel-cpu", Accelerator::Cpu),
            ("2.4.1-rocm", Accelerator::Amd),
        ] {
            assert_eq!(accelerator(&format!("{server}:{tag}")), expected, "{tag}");
        }
    }

    #[test]
    fn cpu_images_are_told_from_unknown_ones() {
        assert_eq!(facts("python:3.10-slim").accelerator, Accelerator::Cpu);
        assert_eq!(
            facts("python:3.10-slim").python_version.as_deref(),
            Some("3.10")
        );
        assert!(facts("python:3.10-alpine").musl);
        assert!(describe(&ImageRef::parse("corp/base:1").unwrap()).is_none());
        assert_eq!(facts("rocm/pytorch:latest").accelerator, Accelerator::Amd);
    }

    #[test]
    fn unknown_names_that_say_cuda_are_only_seen() {
        let image = facts("corp/trainer:cu121-devel");
        assert_eq!(
            (image.cuda, image.confidence),
            (Some(CudaVersion::new(12, 1)), Confidence::Seen)
        );
        let image = facts("registry.corp/mirror/nvidia/cuda:11.8.0-base-ubuntu22.04");
        assert_eq!(
            (image.cuda, image.confidence),
            (Some(CudaVersion::new(11, 8)), Confidence::Seen)
        );
        assert_eq!(
            cuda_in("v1.7_cuda-12.3_ubuntu-22.04"),
            Some(CudaVersion::new(12, 3))
        );
        assert_eq!(
            cuda_in("0.6.2-cuda1281-ubuntu2204"),
            Some(CudaVersion::new(12, 8))
        );
        assert_eq!(cuda_in("curl-cucumber"), None);
    }
}
