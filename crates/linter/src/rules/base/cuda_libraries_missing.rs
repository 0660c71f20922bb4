use facts::image::{Cudnn, Flavor};
use facts::package::{self, Package};
use packages::action::{Requirement, VersionSpec};
use source::{Fix, Location, Severity};

use super::library_majors as majors;
use crate::derive::effects::Topic;
use crate::derive::environment::StageView;
use crate::derive::image::BaseImage;
use crate::rules::{edits, tensorflow};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A package that loads CUDA or cuDNN of the image, in an image that lacks them.
pub(crate) static RULE: Rule = Rule {
    name: "cuda-libraries-missing",
    summary: "a package loads CUDA or cuDNN libraries that the image does not have",
    section: Section::BaseImage,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/cuda-libraries-missing.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(image) = stage.image().filter(|image| image.is_certain()) else {
        return;
    };
    // What is not seen may bring the libraries.
    let unseen =
        stage.has_own_cuda() || stage.is_opaque(Topic::System) || stage.has_unreadable_step();
    if !stage.runs() || unseen {
        return;
    }
    let unseen_wheels = stage.is_opaque(Topic::Python);
    let mut lacking: Vec<Location> = Vec::new();
    if image.says_what_it_lacks() && !unseen_wheels && !stage.brings_cuda_wheels() {
        lacking = absent(stage, image, report);
    }
    if image.says_what_it_lacks() || image.torch().is_some() {
        for loader in stage.loaders() {
            let reported = lacking.contains(&loader.requirement.name_at);
            // Unseen wheels bring the libraries of today's CUDA, and not what a pinned old version loads.
            let pinned = matches!(loader.requirement.version, VersionSpec::Exact { .. });
            let old = loader.libraries().is_some_and(|loads| loads.cuda < 12);
            let perhaps = unseen_wheels && !(pinned && old);
            if reported || perhaps || has_own_libraries(loader.requirement) {
                continue;
            }
            if let Some(finding) = majors::differ(stage, image, &loader, report) {
                report.add(finding);
            }
        }
    }
}

/// Reports what loads libraries that the image does not have at all; the places of these requirements.
fn absent(stage: StageView<'_>, image: &BaseImage, report: &mut Report<'_>) -> Vec<Location> {
    let mut places = Vec::new();
    let (Some(flavor), Some(cudnn)) = (image.flavor(), image.cudnn()) else {
        return places;
    };
    for installed in stage.python() {
        for requirement in installed.requirements() {
            let row = package::find(&requirement.name).filter(|row| row.loads_system_cuda);
            let Some(row) = row.filter(|row| needs_libraries(requirement, row)) else {
                continue;
            };
            let lacks_cuda = flavor == Flavor::Base;
            let lacks_cudnn = row.needs_cudnn && cudnn == Cudnn::Absent;
            if lacks_cuda || lacks_cudnn {
                places.push(requirement.name_at);
                add(stage, image, requirement, row, lacks_cuda, report);
            }
        }
    }
    places
}

/// Whether an extra brings the libraries as wheels.
fn has_own_libraries(requirement: &Requirement) -> bool {
    let mut extras = requirement.extras.iter();
    extras.any(|extra| extra == "ctk" || extra == "cuda" || extra == "cudnn")
}

fn needs_libraries(requirement: &Requirement, row: &Package) -> bool {
    if !row.confidence.supports_errors() || requirement.url.is_some() {
        return false;
    }
    match row.name.as_str() {
        "tensorflow" => tensorflow::needs_system_cuda(requirement),
        "tensorflow-gpu" => false,
        _ => !has_own_libraries(requirement),
    }
}

fn add(
    stage: StageView<'_>,
    image: &BaseImage,
    requirement: &Requirement,
    row: &Package,
    lacks_cuda: bool,
    report: &mut Report<'_>,
) {
    let base = &stage.root().stage().image;
    let lacking = match (lacks_cuda, row.needs_cudnn) {
        (true, true) => "no CUDA libraries beyond the runtime, and no cuDNN",
        (true, false) => "no CUDA libraries beyond the runtime",
        (false, _) => "no cuDNN",
    };
    let effect = match row.name.as_str() {
        "tensorflow" => {
            "TensorFlow then runs on the CPU and says only \"Could not find cuda drivers\" or \"Cannot dlopen some GPU libraries\""
        }
        "onnxruntime-gpu" => {
            "onnxruntime then falls back to the CPU: \"Failed to load library libonnxruntime_providers_cuda.so … libcudnn.so: cannot open shared object file\""
        }
        _ => {
            "the program stops when it first uses the GPU: \"Unable to load any of {libcudnn_ops.so…}\" or \"Library libcublas.so.12 is not found\""
        }
    };
    let finding = report
        .finding(
            format!(
                "{} needs libraries that this image does not have: {lacking}",
                row.name
            ),
            requirement.name_at,
        )
        .label("loads CUDA from the image")
        .related(base.at(), lacking)
        .why(effect);
    let tag = image.reference.tag.as_deref();
    let wanted = tag.filter(|_| image.is_official_cuda()).and_then(|tag| {
        let cuda = tag.split('-').next()?;
        let os = tag.rsplit('-').next()?;
        let same = |text: &str| text.parse::<facts::CudaVersion>().ok();
        // The tag's own patch where it has what is needed, a newer one otherwise.
        let releases = || {
            let all = facts::nvidia_cuda::releases().iter();
            all.filter(|row| same(&row.cuda) == same(cuda) && row.os.has(os))
        };
        let own = releases().filter(|row| row.cuda == cuda);
        own.chain(releases().rev()).find_map(|release| {
            let patch = release.cuda;
            if !row.needs_cudnn {
                return Some(format!("{patch}-runtime-{os}"));
            }
            let cudnn = release
                .cudnn
                .filter(|_| !release.os_without_cudnn.has(os))?;
            Some(format!("{patch}-{cudnn}-runtime-{os}"))
        })
    });
    let Some(wanted) = wanted else {
        report.add(finding.help("use an image with cuDNN: `nvidia/cuda:…-cudnn-runtime-…`"));
        return;
    };
    let finding = finding.help(format!("use `nvidia/cuda:{wanted}`"));
    let edits = image
        .reference
        .tag_range
        .clone()
        .and_then(|range| edits::replace_part(base, range, &wanted));
    report.add(match edits {
        Some(edits) => finding.fix(Fix::risky(
            format!("use the tag {wanted}"),
            "the base image is larger",
            edits,
        )),
        None => finding,
    });
}
