//! `# syntax=`, `# escape=`, `# check=` before anything else.

use source::Span;

use crate::model::{Directive, Dockerfile, Problem, ProblemKind};

const KNOWN: &[&str] = &["check", "escape", "syntax"];

/// Whether directives may still follow.
#[derive(Debug, Default)]
pub(super) struct Directives {
    done: bool,
}

impl Directives {
    /// Looks at one line that begins an instruction or is a comment.
    pub(super) fn line(&mut self, text: &str, span: Span, number: u32, out: &mut Dockerfile) {
        if self.done {
            return;
        }
        let Some((name, value)) = split(text).filter(|(name, _)| KNOWN.contains(&name.as_str()))
        else {
            self.done = true;
            return;
        };
        let mut problem = |message: String| {
            out.problems.push(Problem {
                kind: ProblemKind::Syntax,
                message,
                span,
                line: number,
            });
        };
        if out
            .directives
            .iter()
            .any(|directive| directive.name == name)
        {
            problem(format!("only one {name} parser directive can be used"));
            return;
        }
        if name == "escape" {
            match value.as_str() {
                "\\" => out.escape = '\\',
                "`" => out.escape = '`',
                other => problem(format!(
                    "invalid escape token '{other}' does not match ` or \\"
                )),
            }
        }
        out.directives.push(Directive { name, value, span });
    }
}

fn split(text: &str) -> Option<(String, String)> {
    let (name, value) = text.strip_prefix('#')?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let word = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric());
    (word && !value.is_empty()).then(|| (name.to_ascii_lowercase(), value.to_owned()))
}
