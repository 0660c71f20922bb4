//! `# syntax=`, `# escape=`, `# check=` before anything else.

use source::Span;

use crate::model::{Directive, Dockerfile, Problem, ProblemKind};

const KNOWN: &[&str] = &["check", "escape", "syntax"];

/// Whether directives may still follow.
#[derive(Debug, Default)]
pub(super) enum Directives {
    /// Nothing but directives was read.
    #[default]
    Open,
    /// After a `#!` line. BuildKit skips it where it looks for `syntax` and `check`; its parser does not, so
    /// `escape` has no effect any more.
    AfterShebang,
    Done,
}

impl Directives {
    /// Looks at one line that begins an instruction, is a comment or blank.
    pub(super) fn line(&mut self, text: &str, span: Span, number: u32, out: &mut Dockerfile) {
        if matches!(self, Self::Done) {
            return;
        }
        if number == 1 && text.starts_with("#!") {
            *self = Self::AfterShebang;
            return;
        }
        let Some((name, value)) = split(text).filter(|(name, _)| KNOWN.contains(&name.as_str()))
        else {
            *self = Self::Done;
            return;
        };
        let repeated = out
            .directives
            .iter()
            .any(|directive| directive.name == name);
        if matches!(self, Self::AfterShebang) {
            if repeated {
                *self = Self::Done;
            } else {
                out.directives.push(Directive { name, value, span });
            }
            return;
        }
        let mut problem = |message: String| {
            out.problems.push(Problem {
                kind: ProblemKind::Syntax,
                message,
                span,
                line: number,
            });
        };
        if repeated {
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

/// `# name = value`; a value of nothing but blanks is one blank.
fn split(text: &str) -> Option<(String, String)> {
    let blank = |c: char| matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ');
    let (name, rest) = text.strip_prefix('#')?.split_once('=')?;
    let name = name.trim_start().trim_end_matches(blank);
    let word = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric());
    let mut value = rest.trim_matches(blank);
    if value.is_empty() {
        value = rest.get(rest.len().checked_sub(1)?..)?;
    }
    word.then(|| (name.to_ascii_lowercase(), value.to_owned()))
}
