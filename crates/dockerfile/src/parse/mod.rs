//! BuildKit's line grammar: logical lines, instructions, here-documents.

mod args;
mod directives;
mod heredoc;
mod json;
mod lines;
mod semantics;

use source::Span;

use crate::model::{
    Dockerfile, Heredoc, Instruction, Keyword, Kind, Logical, Problem, ProblemKind,
};
use lines::{Line, Lines};

/// Longest physical line that BuildKit reads, line break included.
const MAX_LINE: usize = 65_536;

/// Parses a Dockerfile. Never fails: what BuildKit rejects is in `problems`, the rest is read on.
pub fn parse(text: &str) -> Dockerfile {
    let mut parser = Parser {
        lines: Lines::new(text),
        out: Dockerfile {
            escape: '\\',
            ..Dockerfile::default()
        },
        directives: directives::Directives::default(),
        has_stage: false,
        recovering: false,
    };
    parser.run();
    parser.finish(text)
}

struct Parser<'a> {
    lines: Lines<'a>,
    out: Dockerfile,
    directives: directives::Directives,
    has_stage: bool,
    /// A here-document without end was seen: lines that are no instruction are taken for its text.
    recovering: bool,
}

impl<'a> Parser<'a> {
    fn run(&mut self) {
        while let Some(line) = self.next_line() {
            let start = line.text.len() - line.text.trim_start().len();
            let text = &line.text[start..];
            let offset = line.offset + start as u32;
            self.directives.line(
                text,
                Span::new(offset, offset + text.len() as u32),
                line.number,
                &mut self.out,
            );
            if text.starts_with('#') {
                self.out
                    .comments
                    .push(Span::new(offset, offset + text.len() as u32));
                continue;
            }
            let mut logical = Logical::new();
            let (body, mut complete) = self.continuation(text);
            logical.push(body, offset);
            if complete && body.is_empty() {
                continue;
            }
            let mut last = line;
            while !complete {
                let Some(next) = self.next_line() else { break };
                last = next;
                let trimmed = next.text.trim_start();
                if trimmed.starts_with('#') {
                    let at = next.offset + (next.text.len() - trimmed.len()) as u32;
                    self.out
                        .comments
                        .push(Span::new(at, at + trimmed.len() as u32));
                    continue;
                }
                if trimmed.is_empty() {
                    continue;
                }
                let body;
                (body, complete) = self.continuation(next.text);
                logical.push(body, next.offset);
            }
            if !logical.text().trim().is_empty() {
                self.instruction(logical, line, last);
            }
        }
    }

    fn next_line(&mut self) -> Option<Line<'a>> {
        let line = self.lines.next()?;
        if line.full_length > MAX_LINE {
            self.problem(
                ProblemKind::Syntax,
                "dockerfile line greater than max allowed size of 65535",
                Span::new(line.offset, line.offset + 1),
                line.number,
            );
        }
        Some(line)
    }

    /// The line without its continuation character, and whether the instruction ends here.
    fn continuation<'t>(&self, text: &'t str) -> (&'t str, bool) {
        let trimmed = text.trim_end_matches([' ', '\t']);
        let Some(before) = trimmed.strip_suffix(self.out.escape) else {
            return (text, true);
        };
        // BuildKit asks for one other character before the escape; two escapes are text.
        if before.ends_with(self.out.escape) {
            (text, true)
        } else {
            (before, false)
        }
    }

    fn problem(&mut self, kind: ProblemKind, message: impl Into<String>, span: Span, line: u32) {
        self.out.problems.push(Problem {
            kind,
            message: message.into(),
            span,
            line,
        });
    }

    fn instruction(&mut self, logical: Logical, first: Line<'_>, last: Line<'_>) {
        let text = logical.text();
        let range = text.len() - text.trim_start().len()..text.trim_end().len();
        let (mut instruction, problems) =
            args::instruction(&logical, range.clone(), self.out.escape, first.number);
        let start = logical.span(range).start;
        if self.recovering && matches!(instruction.keyword, Keyword::Unknown(_)) {
            return;
        }
        instruction.first_line = first.number;
        instruction.last_line = last.number;
        instruction.span = Span::new(start, last.offset + last.text.len() as u32);
        for (message, span) in problems {
            self.problem(ProblemKind::Syntax, message, span, first.number);
        }
        instruction.logical = logical;
        if args::can_contain_heredoc(&instruction) && instruction.logical.text().contains("<<") {
            self.heredocs(&mut instruction);
        }
        args::attach_heredocs(&mut instruction);
        let context = semantics::Context {
            line: first.number,
            has_stage: self.has_stage,
        };
        let found = semantics::check(&instruction, &context);
        self.has_stage |=
            instruction.keyword == Keyword::From && matches!(instruction.kind, Kind::From(_));
        self.out.problems.extend(found);
        self.out.instructions.push(instruction);
    }

    /// Reads the bodies that follow the line.
    fn heredocs(&mut self, instruction: &mut Instruction) {
        let body = args::heredoc_text(instruction).clone();
        let mut found: Vec<Heredoc> = Vec::new();
        for opener in heredoc::openers(&body) {
            let mark = self.lines.clone();
            let mut content = Logical::new();
            let mut terminated = false;
            let mut end = instruction.span.end;
            let mut last = instruction.last_line;
            while let Some(line) = self.next_line() {
                let tabs = if opener.strip_tabs {
                    line.text.len() - line.text.trim_start_matches('\t').len()
                } else {
                    0
                };
                last = line.number;
                end = line.offset + line.text.len() as u32;
                if line.text[tabs..] == opener.name {
                    terminated = true;
                    break;
                }
                content.push(&line.text[tabs..], line.offset + tabs as u32);
                content.push("\n", line.offset + line.text.len() as u32);
            }
            if !terminated && opener.spaced {
                // `1 << 3`: an operator, not a here-document.
                self.lines = mark;
                continue;
            }
            if !terminated {
                self.problem(
                    ProblemKind::Syntax,
                    "unterminated heredoc",
                    opener.span,
                    instruction.first_line,
                );
                // Most likely only the terminator is misspelt: what follows is read as instructions.
                self.lines = mark;
                self.recovering = true;
                end = instruction.span.end;
                last = instruction.last_line;
            }
            instruction.last_line = last;
            instruction.span = Span::new(instruction.span.start, end);
            found.push(Heredoc {
                name: opener.name,
                expand: opener.expand,
                strip_tabs: opener.strip_tabs,
                descriptor: opener.descriptor,
                opener: opener.span,
                body: content,
                terminated,
            });
        }
        instruction.heredocs = found;
    }

    fn finish(mut self, text: &str) -> Dockerfile {
        let end = Span::empty(text.len() as u32);
        if self.out.instructions.is_empty() {
            self.problem(
                ProblemKind::Syntax,
                "file with no instructions",
                Span::new(0, end.end.min(1)),
                1,
            );
        }
        self.out
            .problems
            .sort_by_key(|problem| (problem.kind, problem.line));
        self.out
    }
}
