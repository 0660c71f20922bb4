//! Explanations for people.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use facts::symptom::{Role, Stage};
use linter::symptoms::{Hit, Likely, Log, Section};

use super::Explained;
use crate::render::text::tame;

const TITLE: Style = AnsiColor::Red.on_default().bold();
const QUIET: Style = AnsiColor::Green.on_default().bold();
const COMMAND: Style = AnsiColor::Cyan.on_default();
const HERE: Style = AnsiColor::Yellow.on_default().bold();

/// The messages with their causes.
pub(super) fn render(log: &Log, explained: &[Explained<'_>], colored: bool) -> String {
    let decisive = explained
        .iter()
        .find(|one| one.symptom.role == Role::Decisive);
    let page = Page {
        colored,
        fault: decisive.map(|one| one.symptom.name.as_str()),
    };
    let mut out = String::new();
    for one in explained {
        page.message(one, log.lines > 1, &mut out);
        out.push('\n');
    }
    if log.lines > 1 && !explained.is_empty() {
        page.summary(log, explained, &mut out);
    }
    out
}

struct Page<'e> {
    colored: bool,
    /// The message that names the fault.
    fault: Option<&'e str>,
}

impl Page<'_> {
    fn paint(&self, style: Style, text: &str) -> String {
        if self.colored {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn message(&self, one: &Explained<'_>, in_log: bool, out: &mut String) {
        let symptom = one.symptom;
        let harmless = symptom.role == Role::Harmless;
        let style = if harmless { QUIET } else { TITLE };
        let name = self.paint(style, &symptom.name);
        let _ = writeln!(out, "{name}: {}", symptom.title);
        if let Some(hit) = one.hit {
            place(hit, in_log, out);
        }
        let stages: Vec<&str> = symptom
            .stages
            .iter()
            .copied()
            .map(Stage::describe)
            .collect();
        let _ = writeln!(out, "  appears: {}", stages.join("; "));
        if let Some(fault) = self.fault.filter(|_| symptom.role == Role::Consequence) {
            let _ = writeln!(
                out,
                "  {fault} says more; `env-doctor explain {}` has the causes of this one",
                symptom.name
            );
            return;
        }
        let numbered = one.causes.len() > 1;
        for (index, cause) in one.causes.iter().enumerate() {
            out.push('\n');
            self.cause(index + 1, numbered, cause, out);
        }
    }

    fn cause(&self, number: usize, numbered: bool, cause: &Likely, out: &mut String) {
        let what = tame(&cause.what);
        let _ = if numbered {
            writeln!(out, "  {number}. {what}")
        } else {
            writeln!(out, "  {what}")
        };
        if let Some(exact) = &cause.exact {
            let _ = writeln!(out, "     exactly: {}", tame(exact));
        }
        for found in &cause.here {
            let here = self.paint(HERE, "here:");
            let _ = writeln!(out, "     {here}    {}", tame(&found.to_string()));
            if let Some(help) = &found.help {
                let _ = writeln!(out, "     do:      {}", tame(help));
            }
        }
        let _ = writeln!(out, "     tell:    {}", tame(&cause.tell));
        for (index, (command, step)) in cause.fix.iter().enumerate() {
            let label = if index == 0 { "fix:" } else { "" };
            let step = tame(step);
            let step = if *command {
                self.paint(COMMAND, &format!("$ {step}"))
            } else {
                step.into_owned()
            };
            let _ = writeln!(out, "     {label:8} {step}");
        }
        let rules: Vec<&str> = cause.rules.iter().map(|rule| rule.name).collect();
        if !rules.is_empty() {
            let _ = writeln!(out, "     rules:   {}", rules.join(", "));
        }
    }

    fn summary(&self, log: &Log, explained: &[Explained<'_>], out: &mut String) {
        let count = explained.len();
        let s = if count == 1 { "" } else { "s" };
        let first = match self.fault {
            Some(fault) if count > 1 => format!("; begin with {}", self.paint(TITLE, fault)),
            _ => String::new(),
        };
        let _ = writeln!(
            out,
            "{count} known message{s} in {} lines{first}   facts of {}",
            log.lines,
            facts::DATE
        );
    }
}

/// Where a message stands.
fn place(hit: &Hit, in_log: bool, out: &mut String) {
    if in_log {
        let times = match hit.count {
            1 => String::new(),
            count => format!(", {count} times"),
        };
        let section = match hit.section {
            Section::Unknown => "",
            Section::Build => " of the build",
            Section::Run => " of a container",
        };
        let _ = writeln!(
            out,
            "  line {}{section}{times}: {}",
            hit.line,
            tame(&hit.excerpt)
        );
    }
}
