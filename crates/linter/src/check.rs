//! The entry points: one input file in, its findings out.

use std::collections::HashSet;
use std::sync::Arc;

use camino::Utf8PathBuf;
use dockerfile::Dockerfile;
use host::HostFacts;
use source::{Context, Diagnostic, FileId, Location, Sources, Span};

use crate::derive::model::{Intent, Model};
use crate::derive::{finals, overview, readers, walk};
use crate::json_form;
use crate::known::{self, Known};
use crate::rule::Report;
use crate::suppress::{self, Layout, Part};
use crate::target::Target;
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
    /// What the image will run on.
    pub machine: Target,
    /// The machine itself, where it was looked at.
    pub host: Option<Arc<HostFacts>>,
    /// What the user says of images and indexes.
    pub known: Arc<Known>,
}

impl Settings {
    /// Whether nothing narrows the check: what is not found then is not there.
    fn is_whole(&self) -> bool {
        self.target.is_none() && self.build_args.is_empty()
    }
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
    /// Findings that comments keep from the report.
    pub suppressed: Vec<Diagnostic>,
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
        target: &settings.machine,
        host: settings.host.as_deref(),
    };
    let mut findings = run_rules(&model, &Context::default());
    json_form::keep(dockerfile, input.file, &mut findings);
    readers::relate(&model, &mut findings);
    known::relate(&model, &mut findings);
    let suppress::Suppressed {
        reported: mut diagnostics,
        suppressed,
    } = suppress::apply(
        sources,
        input.file,
        &layout(dockerfile),
        findings,
        &|check| !matches!(check, Check::Comments) && settings.is_whole(),
    );
    sort(&mut diagnostics);
    Checked {
        diagnostics,
        suppressed,
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

/// What comments in a Dockerfile cover: instructions, and before a FROM its stage.
pub(crate) fn layout(dockerfile: &Dockerfile) -> Layout {
    let instructions = &dockerfile.instructions;
    let end = instructions.last().map_or(0, |last| last.span.end);
    let mut parts = Vec::new();
    let mut stage_end = end;
    for instruction in instructions.iter().rev() {
        parts.push(Part {
            span: instruction.span,
            from_within: true,
        });
        if matches!(instruction.kind, dockerfile::Kind::From(_)) {
            let span = Span::new(instruction.span.start, stage_end);
            stage_end = instruction.span.start;
            parts.push(Part {
                span,
                from_within: false,
            });
        }
    }
    parts.reverse();
    Layout {
        comments: dockerfile.comments.clone(),
        parts,
        begin: instructions.first().map_or(end, |first| first.span.start),
    }
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
            Check::Comments => {}
            Check::Stage(check) | Check::StageAndService(check, _) => {
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
            Check::Project(_) | Check::Service(_) | Check::Host(..) | Check::HostAndService(..) => {
            }
        }
    }
    findings
}
