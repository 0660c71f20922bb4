use facts::image::Cudnn;
use packages::action::VersionSpec;
use source::Severity;

use crate::derive::environment::StageView;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A pinned TensorFlow and the CUDA of the image.
pub(crate) static RULE: Rule = Rule {
    name: "tensorflow-cuda-mismatch",
    summary: "TensorFlow was built for another CUDA or cuDNN major than the image has",
    section: Section::Tensorflow,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/tensorflow-cuda-mismatch.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(image) = stage
        .image()
        .filter(|image| image.is_certain() && image.is_nvidia())
    else {
        return;
    };
    let Some(cuda) = image.cuda() else { return };
    if stage.has_own_cuda() || stage.brings_cuda_wheels() {
        return;
    }
    for installed in stage.own_python() {
        for requirement in installed.requirements().filter(|r| r.name == "tensorflow") {
            let brings = requirement.extras.iter().any(|extra| extra == "and-cuda");
            let python = stage.interpreter_of(&installed);
            let (row, version, at) = match &requirement.version {
                VersionSpec::Exact { version, text } => (
                    super::release(requirement),
                    version.to_string(),
                    text.place(),
                ),
                // Which release that is follows from the Python.
                other => {
                    let Some(python) = &python else { continue };
                    let row = super::newest_allowed(other, Some(&python.version));
                    let version = row.map_or(String::new(), |row| row.version.to_string());
                    (row, version, requirement.name_at)
                }
            };
            let Some(row) = row.filter(|row| !brings && !row.separate_gpu_package) else {
                continue;
            };
            let (Some(wanted), Some(cudnn)) = (row.cuda_version(), row.cudnn_major()) else {
                continue;
            };
            let image_cudnn = match image.cudnn() {
                Some(Cudnn::Present(Some(major))) => Some(major),
                _ => None,
            };
            let other_cudnn = image_cudnn.filter(|major| *major != cudnn);
            let difference = if wanted.major != cuda.major {
                format!("CUDA {wanted}, the image has CUDA {cuda}")
            } else if let Some(major) = other_cudnn {
                format!("cuDNN {cudnn}, the image has cuDNN {major}")
            } else {
                continue;
            };
            let mut finding = report
                .finding(
                    format!("tensorflow {version} was built for {difference}"),
                    at,
                )
                .label(format!("needs CUDA {} and cuDNN {cudnn}", wanted.major));
            if let Some(python) = python.filter(|_| at == requirement.name_at) {
                let newest = format!("{}, whose newest TensorFlow is {version}", python.because);
                finding = finding.related(python.at, newest);
            }
            report.add(
                finding
                    .related(stage.image_at(), format!("CUDA {cuda}"))
                    .why("TensorFlow does not find its libraries and runs on the CPU: \"Cannot dlopen some GPU libraries\"")
                    .help(format!("use an image with CUDA {wanted} and cuDNN {cudnn}, or a TensorFlow release built for CUDA {}", cuda.major)),
            );
        }
    }
}
