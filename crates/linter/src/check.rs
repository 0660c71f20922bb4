//! The entry points: one input file in, its findings out.

use std::collections::HashSet;

use camino::Utf8PathBuf;
use dockerfile::Dockerfile;
use source::{Context, Diagnostic, FileId, Location, Sources};

use crate::derive::model::{Intent, Model};
use crate::derive::{finals, overview, walk};
use crate::rule::Report;
use crate::{Check, Loader, rules};

/// What the user says about the build, beyond the files.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `--target`: the stage that runs.
    pub target: Option<String>,
    /// `--build-arg NAME=VALUE`, in order.
    pub build_args: Vec<(String, String)>,
    /// What the surrounding project says the image is for.
    pub intent: Option<Intent>,
    /// The default runtime of the engine that will run Compose services, where that is known.
    pub default_runtime: Option<String>,
}

/// A Dockerfile to check.
#[derive(Clone, Debug)]
pub struct DockerfileInput {
    /// The file, already among the sources.
    pub file: FileId,
    /// Directories that COPY sources and dependency files are looked for in, best first: the build context, or
    /// the Dockerfile's directory and the repository root.
    pub contexts: Vec<Utf8PathBuf>,
}

/// Something that was not looked at, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What could not be known.
    pub location: Location,
    /// One sentence, lower case start, no full stop.
    pub text: String,
}

/// What was seen, so that silence is not mistaken for blindness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Build stages.
    pub stages: usize,
    /// What is known of the stages that run: `CUDA 12.1`, `PyTorch 2.5.1 (cu121)`; in a fixed order.
    pub facts: Vec<String>,
}

/// The result of one check.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Findings in the order of file, offset, rule.
    pub diagnostics: Vec<Diagnostic>,
    /// What was not looked at.
    pub notes: Vec<Note>,
    /// What was.
    pub overview: Overview,
}

/// Checks one Dockerfile with the dependency files it installs from; adds those it read to `sources`.
pub fn check_dockerfile(
    sources: &mut Sources,
    input: &DockerfileInput,
    loader: &dyn Loader,
    settings: &Settings,
) -> Checked {
    let source = std::sync::Arc::clone(sources.get(input.file));
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
    let walked = walk::walk(dockerfile, sources, input, loader, settings);
    let finals = finals::find(&walked.stages, settings.target.as_deref());
    let name = sources.get(input.file).name().to_owned();
    let intent = settings.intent.unwrap_or_else(|| finals::intent(&name));
    let model = Model {
        file: input.file,
        dockerfile,
        sources,
        stages: &walked.stages,
        finals,
        intent,
    };
    let mut diagnostics = run_rules(&model, &Context::default());
    sort(&mut diagnostics);
    Checked {
        diagnostics,
        notes: walked.notes,
        overview: overview::of(&model),
    }
}

/// The order of every report: file, offset, rule.
pub(crate) fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.primary.location, d.rule);
        key(a).cmp(&key(b))
    });
}

/// Runs the rules for Dockerfiles; `around` is what the project says of the build.
pub(crate) fn run_rules(model: &Model<'_>, around: &Context) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut places = HashSet::new();
    for &rule in rules::ALL {
        places.clear();
        match rule.check {
            Check::Dockerfile(check) => {
                let context = around.clone();
                check(
                    model,
                    &mut Report::new(rule, context, &mut places, &mut findings),
                );
            }
            Check::Stage(check) => {
                for stage in model.views() {
                    let context = Context {
                        stage: Some(stage.label()),
                        ..around.clone()
                    };
                    check(
                        stage,
                        &mut Report::new(rule, context, &mut places, &mut findings),
                    );
                }
            }
            Check::Project(_) | Check::Service(_) => {}
        }
    }
    findings
}
