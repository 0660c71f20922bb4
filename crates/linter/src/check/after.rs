//! What is done with findings once the rules have spoken, in one order for everything that is checked.

use source::{Diagnostic, Label, Span};

use super::{inline, json_form, origins, readers};
use crate::Check;
use crate::derive::environment::Model;
use crate::derive::service::ProjectModel;
use crate::rules::COMPOSE_SYNTAX;
use crate::suppress::{self, Layout, Part, Suppressed};

/// Where findings come from, with what only the check itself knows of it.
pub(super) enum Found<'s, 'a> {
    /// A Dockerfile.
    Image {
        /// As rules saw it.
        model: &'s Model<'a>,
        /// The services that build it, if it was reached through them.
        build: Option<BuiltFor>,
        /// Whether the check finds everything that rules for Dockerfiles can find in it.
        whole: bool,
    },
    /// A Compose project.
    Project {
        /// As rules saw it.
        model: &'s ProjectModel<'a>,
        /// Whether the check finds everything that rules for projects can find in it.
        whole: bool,
    },
}

/// Why a Dockerfile was looked at.
pub(super) struct BuiltFor {
    /// Where the Compose file says so.
    pub label: Option<Label>,
    /// Whether the Dockerfile is written there too.
    pub inline: bool,
}

/// Makes what rules found ready for a report: fixes that would break what they are in leave, what findings rest on is
/// named, comments divide them, and they are sorted.
pub(super) fn after(found: &Found<'_, '_>, mut findings: Vec<Diagnostic>) -> Suppressed {
    let mut divided = match found {
        Found::Image {
            model,
            build,
            whole,
        } => {
            let source = model.sources.get(model.file);
            json_form::keep(model.dockerfile, model.file, source.text(), &mut findings);
            if build.as_ref().is_some_and(|build| build.inline) {
                inline::keep_block(&mut findings);
            }
            readers::relate(model, &mut findings);
            origins::relate(model, &mut findings);
            if let Some(label) = build.as_ref().and_then(|build| build.label.as_ref()) {
                for finding in &mut findings {
                    finding.related.push(label.clone());
                }
            }
            let certain = |check| *whole && !matches!(check, Check::Comments);
            let layout = layout(model);
            suppress::apply(model.sources, model.file, &layout, findings, &certain)
        }
        Found::Project { model, whole } => {
            origins::relate_services(model, &mut findings);
            let certain = |check| *whole && matches!(check, Check::Project(_) | Check::Service(_));
            let layouts = suppress::project_layouts(model.compose, model.sources);
            let mut divided = suppress::apply_all(model.sources, &layouts, findings, &certain);
            // Where the YAML breaks off, what looks like a comment may be none.
            if model.compose.is_broken() {
                let is_error = |finding: &Diagnostic| finding.rule == COMPOSE_SYNTAX.name;
                divided.reported.retain(is_error);
            }
            divided
        }
    };
    sort(&mut divided.reported);
    divided
}

/// The order of every report: file, offset, rule.
pub(super) fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.primary.location, d.rule);
        key(a).cmp(&key(b))
    });
}

/// What comments in a Dockerfile cover: instructions, and before a FROM its stage.
fn layout(model: &Model<'_>) -> Layout {
    let instructions = &model.dockerfile.instructions;
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
        comments: model.dockerfile.comments.clone(),
        parts,
        begin: instructions.first().map_or(end, |first| first.span.start),
    }
}
