//! A Compose project in, the findings in it and in the Dockerfiles it builds from out.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use camino::Utf8PathBuf;
use compose::{Inputs, Project, Service};
use dockerfile::Dockerfile;
use source::{Context, Diagnostic, FileId, SourceFile, Sources};

use crate::check::{DockerfileInput, Note, Overview, Settings, layout, run_rules, sort};
use crate::derive::model::{Intent, Model, StageView};
use crate::derive::service::{ProjectModel, Runtime, ServiceModel, ServiceView, problem};
use crate::derive::{finals, readers, walk};
use crate::known;
use crate::overlays::{self, Given};
use crate::rule::Report;
use crate::suppress::{self, Suppressed};
use crate::{Check, Loader, rules};

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
    let project = compose::load(sources, inputs, loader)?;
    settings.known.register(sources);
    let mut notes = surroundings(&project);
    let builds = builds(&project, sources, loader, settings, &mut notes);
    let overlays = if project.overlay {
        HashMap::new()
    } else {
        let without = without_gpu(&project, &builds, sources, settings);
        overlays::giving_gpu(&project, &without, inputs, loader, settings)
    };
    let models: Vec<Model<'_>> = builds
        .iter()
        .map(|build| build.model(sources, settings))
        .collect();
    let model = project_model(&project, sources, &builds, &models, settings, &overlays);

    let mut findings = run_compose_rules(&model);
    known::relate_services(&model, &mut findings);
    // An overlay alone does not show what its rules would find.
    let whole = !project.overlay && !project.incomplete;
    let certain = |check| whole && matches!(check, Check::Project(_) | Check::Service(_));
    let layouts = suppress::project_layouts(&project, sources);
    let Suppressed {
        reported: mut diagnostics,
        mut suppressed,
    } = suppress::apply_all(sources, &layouts, findings, &certain);
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
        overview: overview(&model),
        diagnostics,
        suppressed,
        notes,
        files: project.files.iter().map(|file| file.id).collect(),
        dockerfiles: builds.iter().map(|build| build.file).collect(),
    })
}

/// What distinguishes two builds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct BuildKey {
    dockerfile: Utf8PathBuf,
    context: Utf8PathBuf,
    target: Option<String>,
    args: Vec<(String, String)>,
}

/// A Dockerfile as one or more services build it.
struct Build {
    file: FileId,
    dockerfile: Dockerfile,
    walked: walk::Walked,
    target: Option<String>,
    /// Positions of the services.
    services: Vec<usize>,
}

impl Build {
    fn model<'a>(&'a self, sources: &'a Sources, settings: &'a Settings) -> Model<'a> {
        // A build without target makes the last stage, whatever other stages look final.
        let finals = match &self.target {
            Some(target) => finals::find(&self.walked.stages, Some(target)),
            None => finals::Finals::last(&self.walked.stages),
        };
        let name = sources.get(self.file).name();
        Model {
            file: self.file,
            dockerfile: &self.dockerfile,
            sources,
            stages: &self.walked.stages,
            finals,
            intent: finals::intent(name),
            target: &settings.machine,
            host: settings.host.as_deref(),
        }
    }
}

/// Reads every Dockerfile that a service is built from, once for each distinct target and arguments.
fn builds<L: Loader>(
    project: &Project,
    sources: &mut Sources,
    loader: &L,
    settings: &Settings,
    notes: &mut Vec<Note>,
) -> Vec<Build> {
    let mut groups: BTreeMap<BuildKey, Vec<usize>> = BTreeMap::new();
    for (index, service) in project.services.iter().enumerate() {
        if let Some(key) = build_key(service) {
            groups.entry(key).or_default().push(index);
        }
    }
    let mut groups: Vec<(BuildKey, Vec<usize>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, services)| services[0]);
    let mut found = Vec::new();
    for (key, services) in groups {
        let Some(source) = loader.read(&key.dockerfile) else {
            let service = &project.services[services[0]];
            if let Some(build) = service.build() {
                notes.push(Note {
                    location: build.value.location,
                    text: format!("`{}` is not at hand", key.dockerfile),
                });
            }
            continue;
        };
        found.push(read_build(
            key, services, source, sources, loader, settings, notes,
        ));
    }
    found
}

fn read_build<L: Loader>(
    key: BuildKey,
    services: Vec<usize>,
    source: Arc<SourceFile>,
    sources: &mut Sources,
    loader: &L,
    settings: &Settings,
    notes: &mut Vec<Note>,
) -> Build {
    let dockerfile = dockerfile::parse(source.text());
    let file = sources.add(source);
    let input = DockerfileInput {
        file,
        contexts: vec![key.context],
    };
    let mut build_args = settings.build_args.clone();
    build_args.extend(key.args);
    let settings = Settings {
        target: key.target.clone(),
        build_args,
        ..settings.clone()
    };
    let walked = walk::walk(&dockerfile, sources, &input, loader, &settings);
    notes.extend(walked.notes.iter().cloned());
    Build {
        file,
        dockerfile,
        walked,
        target: key.target,
        services,
    }
}

/// How a service is built; `None` where that cannot be known here.
fn build_key(service: &Service) -> Option<BuildKey> {
    let build = service.build()?;
    let compose::Context::Directory(context) = build.context() else {
        return None;
    };
    let target = match build.target() {
        Some((target, _)) => Some(target.known()?.to_owned()),
        None => None,
    };
    let args = build.args().into_iter();
    let args = args.filter_map(|argument| Some((argument.name, argument.value?)));
    Some(BuildKey {
        dockerfile: build.dockerfile()?,
        context,
        target: target.filter(|target| !target.is_empty()),
        args: args.collect(),
    })
}

fn project_model<'a>(
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
    let services = project.services.iter().zip(stages).enumerate();
    let services = services.map(|(index, (service, stage))| ServiceModel {
        overlay: overlays.get(&*service.name).copied(),
        ..ServiceModel::new(index, service, stage, &settings.known)
    });
    ProjectModel::new(project, sources, services.collect(), settings)
}

fn run_compose_rules(model: &ProjectModel<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut places = HashSet::new();
    for &rule in rules::ALL {
        places.clear();
        match rule.check {
            Check::Project(check) => {
                let context = Context::default();
                check(
                    model,
                    &mut Report::new(rule, context, &mut places, &mut findings),
                );
            }
            Check::Service(check)
            | Check::StageAndService(_, check)
            | Check::HostAndService(_, _, check) => {
                for service in model.views() {
                    let context = context_of(service.service.service);
                    check(
                        service,
                        &mut Report::new(rule, context, &mut places, &mut findings),
                    );
                }
            }
            Check::Dockerfile(_) | Check::Stage(_) | Check::Host(..) | Check::Comments => {}
        }
    }
    findings
}

fn context_of(service: &Service) -> Context {
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
        .and_then(|view| view.service.service.build())
        .map(|build| build.value.location);
    let names: Vec<String> = views
        .iter()
        .map(|view| format!("`{}`", view.name()))
        .collect();
    let names = names.join(", ");
    let around = views
        .first()
        .map(|view| context_of(view.service.service))
        .unwrap_or_default();
    let find = |intent: Intent| {
        let model = Model {
            intent,
            finals: image.finals.clone(),
            ..*image
        };
        let mut findings = run_rules(&model, &around);
        readers::relate(&model, &mut findings);
        known::relate(&model, &mut findings);
        findings
    };
    let said = intent(&views);
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
    if let Some(place) = place {
        for finding in &mut findings {
            let label = source::Label::new(place, format!("built for {names}"));
            finding.related.push(label);
        }
    }
    // Another build of the same file may find what this one does not.
    let nothing_is_unused = |_| false;
    suppress::apply(
        image.sources,
        image.file,
        &layout(image.dockerfile),
        findings,
        &nothing_is_unused,
    )
}

/// What services say their image is for: the GPU if one of them requests it, the CPU if all want to do without.
fn intent(services: &[ServiceView<'_>]) -> Option<Intent> {
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
fn without_gpu(
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
    let model = project_model(project, sources, builds, &models, settings, &none);
    let views = model.views().filter(|view| !view.may_have_gpu());
    let views = views.filter(|view| view.contents.stage().is_some() || view.need().is_some());
    views.map(|view| view.name().to_owned()).collect()
}

/// What could not be looked at because something is missing here that may be there elsewhere.
fn surroundings(project: &Project) -> Vec<Note> {
    project
        .problems
        .iter()
        .filter(|found| problem::subject(found, project) == problem::Subject::Surroundings)
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
