//! Whether the CUDA and cuDNN of an image are those that a package loads.

use facts::image::Cudnn;
use facts::nvidia_cuda;
use facts::package::{self, Libraries};
use source::Diagnostic;

use crate::Report;
use crate::derive::environment::StageView;
use crate::derive::environment::installed::{Loader, WheelCuda};
use crate::derive::image::BaseImage;

/// The finding where neither the image nor a wheel has the majors that the package loads.
pub(super) fn differ(
    stage: StageView<'_>,
    image: &BaseImage,
    loader: &Loader<'_>,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    let wanted = loader.libraries()?;
    let WheelCuda::Majors(wheels) = stage.wheel_cuda() else {
        return None;
    };
    let cuda = image.cuda()?;
    let cudnn = match image.cudnn() {
        Some(Cudnn::Present(major)) => major,
        _ => None,
    };
    let (needs, has) = if wanted.cuda != cuda.major && !wheels.contains(&wanted.cuda) {
        (format!("CUDA {}", wanted.cuda), format!("CUDA {cuda}"))
    } else if let Some(cudnn) = cudnn.filter(|own| *own != wanted.cudnn && wheels.is_empty()) {
        (format!("cuDNN {}", wanted.cudnn), format!("cuDNN {cudnn}"))
    } else {
        return None;
    };
    let requirement = loader.requirement;
    let name = requirement.name.as_str();
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
    let mut finding = report
        .finding(
            format!("{name} needs {needs}, and this image has {has}"),
            requirement.name_at,
        )
        .label(label(loader, &needs))
        .related(stage.root().stage().image.at(), format!("has {has}"));
    if let Some(python) = stage.interpreter_of(&loader.installed) {
        finding = finding.related(python.at, python.because);
    }
    Some(
        finding
            .why(effect)
            .help(remedy(image, wanted, loader, cuda.major, cudnn)),
    )
}

/// Which version it is that loads the libraries.
fn label(loader: &Loader<'_>, needs: &str) -> String {
    let named = loader.requirement.name == loader.package;
    match loader.versions {
        [version] if named => format!("{version} loads {needs} from the image"),
        [version] => format!(
            "brings {} {version}, which loads {needs} from the image",
            loader.package
        ),
        _ => format!("loads {needs} from the image"),
    }
}

fn remedy(
    image: &BaseImage,
    wanted: Libraries,
    loader: &Loader<'_>,
    cuda: u16,
    cudnn: Option<u16>,
) -> String {
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
    let package = loader.package;
    let rows = package::find(package).map_or(&[][..], |row| &row.libraries);
    let older = rows
        .windows(2)
        .find(|pair| pair[1].cuda == cuda && cudnn.is_none_or(|cudnn| pair[1].cudnn == cudnn));
    match older {
        // What brings the package may want one that is not as old.
        Some(pair) if loader.requirement.name == package || pair[1].cuda == wanted.cuda => {
            format!("{image}, or install `'{package}<{}'`", pair[0].from)
        }
        _ => image,
    }
}
