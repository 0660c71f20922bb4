//! A Compose project in, the findings in it and in the Dockerfiles it builds from out.

use std::collections::HashMap;

use compose::{Inputs, Project, Service};
use source::{Context, Diagnostic, FileId, Label, Sources};

use super::after::{BuiltFor, Found, after, sort};
use super::{Subject, run};
use crate::derive::environment::{Model, readers};
use crate::derive::loader::Loader;
use crate::derive::names::Intent;
use crate::derive::note::{Note, Overview};
use crate::derive::service::builds::{self, Build};
use crate::derive::service::{
    ProjectModel, ServiceModel, ServiceView, overlays, problem, project, public,
};
use crate::derive::settings::Settings;
use crate::fix::Grammar;
use crate::suppress::{self, Suppressed};

/// The result of checking one project.
#[derive(Clone, Debug, Default)]
pub struct ComposeChecked {
    /// Findings in the order of file, offset, rule.
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that comments keep from the report.
    pub suppressed: Vec<Diagnostic>,
    /// What was not looked at.
    pub notes: Vec<Note>,
    /// What was.
    pub overview: Overview,
    /// The Compose files of the project.
    pub files: Vec<FileId>,
    /// The Dockerfiles that services are built from.
    pub dockerfiles: Vec<FileId>,
}

impl ComposeChecked {
    /// How its files are read.
    #[must_use]
    pub fn grammars(&self) -> Vec<(FileId, Grammar)> {
        let files = self.files.iter().map(|&file| (file, Grammar::Compose));
        let built = self.dockerfiles.iter();
        let built = built.map(|&file| (file, Grammar::Dockerfile));
        files.chain(built).collect()
    }
}

/// Checks the project that `inputs` describe; adds every file it reads to `sources`.
///
/// # Errors
/// Where there is no project: no file found, or a file that was named cannot be read.
pub fn check_compose<L: Loader + compose::Loader>(
    sources: &mut Sources,
    inputs: &Inputs,
    loader: &L,
    settings: &Settings,
) -> Result<ComposeChecked, compose::Error> {
    let project = public::load(sources, inputs, loader)?;
    settings.known.register(sources);
    let mut notes = surroundings(&project);
    // What is left of a file that is not YAML does not say what is built, nor with what.
    let broken = project.is_broken();
    let builds = if broken {
        Vec::new()
    } else {
        builds::read(&project, sources, loader, settings, &mut notes)
    };
    let overlays = if project.overlay || broken {
        HashMap::new()
    } else {
        let without = project::without_gpu(&project, &builds, sources, settings);
        overlays::giving_gpu(&project, &without, inputs, loader, settings)
    };
    let models: Vec<Model<'_>> = builds
        .iter()
        .map(|build| build.model(sources, settings))
        .collect();
    let model = project::with_builds(&project, sources, &builds, &models, settings, &overlays);

    let findings = run(Subject::Project(&model), &Context::default());
    let found = Found::Project {
        model: &model,
        // An overlay alone does not show what its rules would find.
        whole: !project.overlay && !project.incomplete,
    };
    let Suppressed {
        reported: mut diagnostics,
        mut suppressed,
    } = after(&found, findings);
    for (build, image) in builds.iter().zip(&models) {
        let found = build_findings(build, image, &model, &mut notes);
        diagnostics.extend(found.reported);
        suppressed.extend(found.suppressed);
    }
    sort(&mut diagnostics);
    // Two builds of one Dockerfile say the same of its comments.
    diagnostics.dedup_by(|a, b| {
        suppress::is_about_comments(a)
            && (a.rule, a.primary.location) == (b.rule, b.primary.location)
    });
    Ok(ComposeChecked {
        overview: if broken {
            Overview::default()
        } else {
            overview(&model)
        },
        diagnostics,
        suppressed,
        notes,
        files: project.files.iter().map(|file| file.id).collect(),
        dockerfiles: builds
            .iter()
            .filter(|build| !build.inline)
            .map(|build| build.file)
            .collect(),
    })
}

/// What a finding says of the service that it is about.
pub(super) fn context_of(service: &Service) -> Context {
    Context {
        service: Some(service.name.to_string()),
        profile: service.profiles().next().map(str::to_owned),
        ..Context::default()
    }
}

/// What the Dockerfile rules find in what services build.
fn build_findings(
    build: &Build,
    image: &Model<'_>,
    project: &ProjectModel<'_>,
    notes: &mut Vec<Note>,
) -> Suppressed {
    let views: Vec<ServiceView<'_>> = build
        .services
        .iter()
        .map(|&index| project.view(index))
        .collect();
    let place = views
        .first()
        .and_then(|view| view.compose.build())
        .map(|build| build.value.location);
    let names: Vec<String> = views
        .iter()
        .map(|view| format!("`{}`", view.name()))
        .collect();
    let names = names.join(", ");
    let around = views
        .first()
        .map(|view| context_of(view.compose))
        .unwrap_or_default();
    let find = |intent: Intent| -> Vec<Diagnostic> {
        let model = Model {
            intent,
            finals: image.finals.clone(),
            ..*image
        };
        run(Subject::Image(&model), &around)
    };
    notes.extend(readers::broken(image));
    let said = project::intent(&views);
    let mut findings = find(said.unwrap_or(image.intent));
    // The file does not say so: its silence is mentioned where it changes something.
    if said.is_none() && image.intent == Intent::Unsaid && views.iter().all(ServiceView::has_no_gpu)
    {
        let fewer = find(Intent::Cpu);
        if fewer.len() < findings.len()
            && let Some(location) = place
        {
            let text = format!(
                "no GPU is requested for {names}: its Dockerfile is checked as one for the CPU"
            );
            notes.push(Note { location, text });
        }
        findings = fewer;
    }
    let label = place.map(|place| Label::new(place, format!("built for {names}")));
    let found = Found::Image {
        model: image,
        build: Some(BuiltFor {
            label,
            inline: build.inline,
        }),
        // Another build of the same file may find what this one does not.
        whole: false,
    };
    after(&found, findings)
}

/// What could not be looked at because something is missing here that may be there elsewhere.
fn surroundings(project: &Project) -> Vec<Note> {
    project
        .problems
        .iter()
        .filter(|found| problem::is_about_surroundings(found))
        .map(|found| Note {
            location: found.location,
            text: found.message.clone(),
        })
        .collect()
}

fn overview(model: &ProjectModel<'_>) -> Overview {
    let mut facts = Vec::new();
    let services = model.services.len();
    facts.push(match services {
        1 => "1 service".to_owned(),
        many => format!("{many} services"),
    });
    let gpu: Vec<&str> = model
        .services
        .iter()
        .filter(|service| service.requests_gpu())
        .map(ServiceModel::name)
        .collect();
    if !gpu.is_empty() {
        facts.push(format!("GPU requested by {}", gpu.join(", ")));
    }
    Overview { stages: 0, facts }
}
