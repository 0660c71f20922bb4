//! The entry points: one input file in, its findings out.

use std::collections::HashSet;
use std::sync::Arc;

use dockerfile::Dockerfile;
use source::{Context, Diagnostic, Sources, Span};

use crate::checked::Checked;
use crate::derive::model::Model;
use crate::derive::{finals, overview, readers, walk};
use crate::json_form;
use crate::origins;
use crate::rule::Report;
use crate::settings::{DockerfileInput, Settings};
use crate::suppress::{self, Layout, Part};
use crate::{Check, Loader, rules};

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
    origins::relate(&model, &mut findings);
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
    let mut notes = walked.notes;
    notes.extend(readers::broken(&model));
    Checked {
        diagnostics,
        suppressed,
        notes,
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
