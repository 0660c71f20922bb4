//! The one road of every check: what was read is put to the rules, and what they find is made ready for a report.

mod after;
mod compose;
mod dockerfile;
mod host;
mod inline;
mod json_form;
mod origins;
mod readers;

use std::collections::HashMap;

use ::host::Layer;
use source::{Context, Diagnostic, Severity, Sources};

use crate::derive::environment::Model;
use crate::derive::machine::HostView;
use crate::derive::service::ProjectModel;
use crate::rule::{HostReport, Report};
use crate::rules::{self, COMPOSE_SYNTAX};
use crate::{Check, Rule};

pub use compose::{ComposeChecked, check_compose};
pub use dockerfile::check_dockerfile;
pub use host::{HostChecked, Judge, LayerVerdict, Verdict, check_host};

/// What rules look at.
enum Subject<'s, 'a> {
    /// What a Dockerfile builds.
    Image(&'s Model<'a>),
    /// A Compose project; what it builds are subjects of their own.
    Project(&'s ProjectModel<'a>),
    /// One layer of a host.
    Layer {
        /// The host.
        view: &'s HostView<'a>,
        /// Which of its layers.
        layer: Layer,
        /// Where observations are kept.
        sources: &'s mut Sources,
        /// Nothing is reported as worse.
        most: Severity,
    },
}

impl Subject<'_, '_> {
    /// Whether the rule may speak. What is left of a Compose file that is not YAML is a guess: only its errors are
    /// told.
    fn is_for(&self, rule: &Rule) -> bool {
        match self {
            Self::Project(model) if model.compose.is_broken() => rule.name == COMPOSE_SYNTAX.name,
            Self::Image(_) | Self::Project(_) | Self::Layer { .. } => true,
        }
    }
}

/// Looks with a report for one part of the subject.
type Put<'p> = dyn FnMut(Context, &mut dyn FnMut(Report<'_>)) + 'p;

/// Puts a subject to every rule that is about such; `around` is what the project says of it.
fn run(mut subject: Subject<'_, '_>, around: &Context) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut places = HashMap::new();
    for &rule in rules::ALL {
        if !subject.is_for(rule) {
            continue;
        }
        places.clear();
        let mut put = |context, look: &mut dyn FnMut(Report<'_>)| {
            look(Report::new(rule, context, &mut places, &mut findings));
        };
        for &check in rule.checks {
            look(check, &mut subject, around, &mut put);
        }
    }
    findings
}

/// Hands one check of a rule what it looks at, with the context of each part.
fn look(check: Check, subject: &mut Subject<'_, '_>, around: &Context, put: &mut Put<'_>) {
    match (check, subject) {
        (Check::Dockerfile(check), Subject::Image(model)) => {
            put(around.clone(), &mut |mut report| check(model, &mut report));
        }
        (Check::Stage(check), Subject::Image(model)) => {
            for stage in model.views() {
                let mut context = around.clone();
                context.stage = Some(stage.label());
                put(context, &mut |mut report| check(stage, &mut report));
            }
        }
        (Check::Project(check), Subject::Project(model)) => {
            put(around.clone(), &mut |mut report| check(model, &mut report));
        }
        (Check::Service(check), Subject::Project(model)) => {
            for service in model.views() {
                let context = compose::context_of(service.compose);
                put(context, &mut |mut report| check(service, &mut report));
            }
        }
        (
            Check::Host(of, check),
            Subject::Layer {
                view,
                layer,
                sources,
                most,
            },
        ) if of == *layer => put(around.clone(), &mut |report| {
            check(view, &mut HostReport::new(report, sources, *most));
        }),
        _ => {}
    }
}
