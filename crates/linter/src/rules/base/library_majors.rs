//! Whether the CUDA and cuDNN of an image are those that a package loads.

use std::cell::OnceCell;

use facts::image::Cudnn;
use facts::nvidia_cuda;
use facts::package::{self, Libraries, Package};
use facts::pytorch_index::IndexKind;
use packages::action::{Requirement, VersionSpec};
use source::Diagnostic;

use crate::Report;
use crate::derive::environment::{Installed, StageView};
use crate::derive::image::BaseImage;

/// The finding where the image has other majors than the package loads. `apart` keeps whether the stage chooses a
/// version of ctranslate2 by itself.
pub(super) fn differ(
    stage: StageView<'_>,
    image: &BaseImage,
    installed: &Installed<'_>,
    requirement: &Requirement,
    row: &Package,
    apart: &OnceCell<bool>,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    let wanted = loaded(stage, image, installed, requirement, row, apart)?;
    let cuda = image.cuda()?;
    let Some(Cudnn::Present(Some(cudnn))) = image.cudnn() else {
        return None;
    };
    let pinned = matches!(requirement.version, VersionSpec::Exact { .. });
    // A newer major is the wrong one too, but only a pinned version is sure not to know it.
    let wrong = |has: u16, needs: u16| has < needs || (pinned && has > needs);
    let (needs, has) = if wrong(cuda.major, wanted.cuda) {
        (format!("CUDA {}", wanted.cuda), format!("CUDA {cuda}"))
    } else if wrong(cudnn, wanted.cudnn) {
        (format!("cuDNN {}", wanted.cudnn), format!("cuDNN {cudnn}"))
    } else {
        return None;
    };
    let name = row.name;
    let effect = if name == "onnxruntime-gpu" {
        "onnxruntime then falls back to the CPU: \"Failed to load library libonnxruntime_providers_cuda.so … cannot open shared object file\"".to_owned()
    } else if needs.starts_with("cuDNN") {
        format!(
            "the program stops when it first uses the GPU: \"Unable to load any of {{libcudnn_ops.so.{}…}}\"",
            wanted.cudnn
        )
    } else {
        format!(
            "the program stops when it first uses the GPU: \"Library libcublas.so.{} is not found or cannot be loaded\"",
            wanted.cuda
        )
    };
    Some(
        report
            .finding(
                format!("{name} needs {needs}, and this image has {has}"),
                requirement.name_at,
            )
            .label(format!("loads {needs} from the image"))
            .related(stage.root().stage().image.at(), format!("has {has}"))
            .why(effect)
            .help(remedy(image, wanted, &name, cuda.major, cudnn)),
    )
}

/// What the installed version of a package loads; `None` where its version is not known.
fn loaded(
    stage: StageView<'_>,
    image: &BaseImage,
    installed: &Installed<'_>,
    requirement: &Requirement,
    row: &Package,
    apart: &OnceCell<bool>,
) -> Option<Libraries> {
    let indexes = &installed.install.indexes;
    let elsewhere = indexes.unknown
        || installed.install.no_index
        || requirement.index.is_some()
        || !indexes.find_links.is_empty()
        || indexes.all().any(|index| {
            !matches!(
                stage.model.known.kind(index),
                IndexKind::PyPi | IndexKind::PyTorch { .. }
            )
        });
    let chosen_apart = row.name != "ctranslate2"
        && *apart.get_or_init(|| {
            let mut requirements = stage.python().flat_map(Installed::requirements);
            requirements.any(|requirement| {
                requirement.name == "ctranslate2" && requirement.version != VersionSpec::Any
            })
        });
    if elsewhere || chosen_apart {
        return None;
    }
    match &requirement.version {
        VersionSpec::Exact { version, .. } => row
            .libraries
            .iter()
            .find(|libraries| {
                libraries
                    .from
                    .parse::<pep440_rs::Version>()
                    .is_ok_and(|from| *version >= from)
            })
            .copied(),
        // The Python of older systems gets older versions.
        VersionSpec::Any if !image.has_old_python() => row
            .libraries
            .first()
            .filter(|libraries| libraries.unpinned)
            .copied(),
        _ => None,
    }
}

fn remedy(image: &BaseImage, wanted: Libraries, name: &str, cuda: u16, cudnn: u16) -> String {
    let tag = image.reference.tag.as_deref().unwrap_or_default();
    let os = tag.rsplit('-').next().unwrap_or_default();
    let fits = nvidia_cuda::releases().iter().find_map(|release| {
        let same = release
            .cuda
            .parse::<facts::CudaVersion>()
            .is_ok_and(|version| version.major == wanted.cuda);
        let tag = format!("{}-{}-runtime-{os}", release.cuda, release.cudnn?);
        let right = nvidia_cuda::cudnn_of_tag(&tag) == Cudnn::Present(Some(wanted.cudnn))
            && matches!(nvidia_cuda::verdict(&tag), nvidia_cuda::Verdict::Published);
        (same && right).then_some(tag)
    });
    let image = match fits {
        Some(tag) => format!("use `nvidia/cuda:{tag}`"),
        None => format!(
            "use an image with CUDA {} and cuDNN {}",
            wanted.cuda, wanted.cudnn
        ),
    };
    // faster-whisper loads what its ctranslate2 loads.
    let loader = if name == "faster-whisper" {
        "ctranslate2"
    } else {
        name
    };
    let rows = package::find(loader).map_or(&[][..], |row| &row.libraries);
    let older = rows
        .windows(2)
        .find(|pair| pair[1].cuda == cuda && pair[1].cudnn == cudnn);
    match older {
        Some(pair) if name != "faster-whisper" || pair[1].cuda == wanted.cuda => {
            format!("{image}, or install `'{loader}<{}'`", pair[0].from)
        }
        _ => image,
    }
}
