//! What was seen, in a few words.

use super::torch;
use super::view::Model;
use crate::derive::image::BaseImage;
use crate::derive::note::Overview;

/// The overview of a Dockerfile: stages, CUDA and frameworks of those that run.
pub fn of(model: &Model<'_>) -> Overview {
    let mut facts: Vec<String> = Vec::new();
    let mut add = |fact: String| {
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    };
    for &index in model.finals.indices() {
        let stage = model.stage(index);
        let image = stage.image();
        if let Some(cuda) = image.and_then(BaseImage::cuda) {
            add(format!("CUDA {cuda}"));
        }
        if let Some(Some(version)) = image.and_then(BaseImage::torch) {
            add(format!("PyTorch {version}"));
        }
        for install in torch::installs(stage)
            .iter()
            .filter(|install| install.requirement.name == "torch" && !install.satisfied)
        {
            let version = install.pin.map(torch::public).unwrap_or_default();
            let build = install
                .build
                .chosen()
                .map(|chosen| format!(" ({})", chosen.suffix))
                .unwrap_or_default();
            add(format!("PyTorch {version}{build}")
                .replace("  ", " ")
                .trim_end()
                .to_owned());
        }
        for installed in stage.python() {
            for requirement in installed.requirements() {
                let name = match requirement.name.as_str() {
                    "tensorflow" => "TensorFlow",
                    "jax" => "JAX",
                    _ => continue,
                };
                match &requirement.version {
                    packages::action::VersionSpec::Exact { version, .. } => {
                        add(format!("{name} {version}"));
                    }
                    _ => add(name.to_owned()),
                }
            }
        }
    }
    Overview {
        stages: model.stages.len(),
        facts,
    }
}
