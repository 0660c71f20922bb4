//! A Compose project with what its services build.

use std::collections::HashMap;

use compose::Project;
use source::Sources;

use super::builds::Build;
use super::model::{Given, ServiceModel};
use super::slips::Slips;
use super::supply::Runtime;
use super::view::{ProjectModel, ServiceView};
use crate::derive::environment::{Model, StageView};
use crate::derive::names::Intent;
use crate::derive::settings::Settings;

/// The services with the stages that are built for them; `overlays` are what files beside the project's give them.
pub(crate) fn with_builds<'a>(
    project: &'a Project,
    sources: &'a Sources,
    builds: &[Build],
    models: &'a [Model<'a>],
    settings: &'a Settings,
    overlays: &HashMap<String, Given>,
) -> ProjectModel<'a> {
    let mut stages: Vec<Option<StageView<'a>>> = vec![None; project.services.len()];
    for (build, model) in builds.iter().zip(models) {
        let stage = model
            .finals
            .indices()
            .first()
            .map(|&index| model.stage(index));
        for &service in &build.services {
            stages[service] = stage;
        }
    }
    let slips = Slips::of(project);
    let services = project.services.iter().zip(stages).enumerate();
    let services = services.map(|(index, (service, stage))| ServiceModel {
        overlay: overlays.get(&*service.name).copied(),
        ..ServiceModel::new(index, service, stage, &settings.known, &slips)
    });
    let services = services.collect();
    ProjectModel::new(project, sources, services, slips, settings)
}

/// What services say their image is for: the GPU if one of them requests it, the CPU if all want to do without.
pub(crate) fn intent(services: &[ServiceView<'_>]) -> Option<Intent> {
    let gpu = |view: &ServiceView<'_>| {
        view.requests_nvidia() || matches!(view.runtime(), Runtime::Nvidia(_))
    };
    if services.iter().any(gpu) {
        return Some(Intent::Gpu);
    }
    let without = |view: &ServiceView<'_>| !view.may_have_gpu() && view.goes_without();
    services.iter().all(without).then_some(Intent::Cpu)
}

/// The services that nothing in the files gives a GPU, though they may want one.
pub(crate) fn without_gpu(
    project: &Project,
    builds: &[Build],
    sources: &Sources,
    settings: &Settings,
) -> Vec<String> {
    let models: Vec<Model<'_>> = builds
        .iter()
        .map(|build| build.model(sources, settings))
        .collect();
    let none = HashMap::new();
    let model = with_builds(project, sources, builds, &models, settings, &none);
    let views = model.views().filter(|view| !view.may_have_gpu());
    let views = views.filter(|view| view.contents.stage().is_some() || view.need().is_some());
    views.map(|view| view.name().to_owned()).collect()
}
