//! A Dockerfile in, its findings out.

use std::sync::Arc;

use dockerfile::Dockerfile;
use source::{Context, Sources};

use super::after::{Found, after};
use super::{Subject, run};
use crate::checked::Checked;
use crate::derive::environment::{Derived, Model, overview, readers};
use crate::derive::image::{find_finals, walk};
use crate::derive::loader::Loader;
use crate::derive::names;
use crate::derive::settings::{DockerfileInput, Settings};
use crate::suppress::Suppressed;

/// Checks one Dockerfile with the dependency files it installs from; adds those it read to `sources`.
pub fn check_dockerfile(
    sources: &mut Sources,
    input: &DockerfileInput,
    loader: &dyn Loader,
    settings: &Settings,
) -> Checked {
    let source = Arc::clone(sources.get(input.file));
    let dockerfile = dockerfile::parse(source.text());
    check_parsed(&dockerfile, sources, input, loader, settings)
}

fn check_parsed(
    dockerfile: &Dockerfile,
    sources: &mut Sources,
    input: &DockerfileInput,
    loader: &dyn Loader,
    settings: &Settings,
) -> Checked {
    settings.known.register(sources);
    let walked = walk(dockerfile, sources, input, loader, settings);
    let derived = Derived::new(walked.stages.len());
    let finals = find_finals(&walked.stages, settings.stage.as_deref());
    let name = sources.get(input.file).name().to_owned();
    let intent = settings.intent.unwrap_or_else(|| names::intent(&name));
    let model = Model {
        file: input.file,
        dockerfile,
        sources,
        stages: &walked.stages,
        derived: &derived,
        finals,
        intent,
        target: &settings.target,
        known: &settings.known,
        host: settings.host.as_deref(),
    };
    let findings = run(Subject::Image(&model), &Context::default());
    let found = Found::Image {
        model: &model,
        build: None,
        whole: settings.is_whole(),
    };
    let Suppressed {
        reported: diagnostics,
        suppressed,
    } = after(&found, findings);
    let mut notes = walked.notes;
    notes.extend(readers::broken(&model));
    Checked {
        diagnostics,
        suppressed,
        notes,
        overview: overview::of(&model),
    }
}
