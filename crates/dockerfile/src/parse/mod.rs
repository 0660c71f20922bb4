//! BuildKit's line grammar: logical lines, instructions, here-documents.

mod args;
mod directives;
mod duration;
mod flags;
mod heredoc;
mod json;
mod lines;
mod semantics;
mod suggest;
mod terminators;

use source::Span;

use crate::model::{Dockerfile, Heredoc, Instruction, Keyword, Logical, Problem, ProblemKind};
use lines::{Line, Lines};
use terminators::Terminators;

/// Longest physical line that BuildKit reads, line break excluded.
const MAX_LINE: usize = 65_535;

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
        orphans: false,
        recovering: false,
        too_long: false,
        terminators: Terminators::new(text),
    };
    parser.run();
    parser.finish()
}

struct Parser<'a> {
    lines: Lines<'a>,
    out: Dockerfile,
    directives: directives::Directives,
    has_stage: bool,
    /// An instruction before the first FROM was reported.
    orphans: bool,
    terminators: Terminators<'a>,
    /// A here-document without end was seen: lines that are no instruction are taken for its text.
    recovering: bool,
    /// A line of the instruction is longer than BuildKit reads.
    too_long: bool,
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
            self.instruction(logical, line, last);
        }
    }

    fn next_line(&mut self) -> Option<Line<'a>> {
        let line = self.lines.next()?;
        if line.length > MAX_LINE {
            self.too_long = true;
            self.problem(
                ProblemKind::Syntax,
                "dockerfile line greater than max allowed size of 65535",
                line.span(),
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
        // Continued blanks alone are an instruction without a name.
        let start = text.len() - text.trim_start().len();
        let range = start..text.trim_end().len().max(start);
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
        let mut shebang = false;
        if args::can_contain_heredoc(&instruction) && instruction.logical.text().contains("<<") {
            shebang = self.heredocs(&mut instruction);
        }
        args::attach_heredocs(&mut instruction, shebang);
        instruction.too_long = std::mem::take(&mut self.too_long);
        self.meaning(&instruction);
        self.out.instructions.push(instruction);
    }

    /// What BuildKit's second pass says of the instruction.
    fn meaning(&mut self, instruction: &Instruction) {
        if let Some((message, span)) = semantics::check(instruction, self.out.escape) {
            self.problem(ProblemKind::Semantic, message, span, instruction.first_line);
        } else if !self.has_stage
            && !self.orphans
            && !matches!(instruction.keyword, Keyword::From | Keyword::Arg)
        {
            self.orphans = true;
            self.problem(
                ProblemKind::Semantic,
                "no build stage in current context",
                instruction.keyword_span,
                instruction.first_line,
            );
        }
        self.has_stage |= instruction.keyword == Keyword::From;
    }

    /// Reads the bodies that follow the line; whether the first one begins with `#!`.
    fn heredocs(&mut self, instruction: &mut Instruction) -> bool {
        let mut shebang = false;
        for opener in heredoc::openers(&instruction.logical) {
            let mut heredoc = Heredoc {
                name: opener.name,
                expand: opener.expand,
                strip_tabs: opener.strip_tabs,
                descriptor: opener.descriptor,
                opener: opener.span,
                body: Logical::new(),
                terminated: false,
            };
            if self
                .terminators
                .follows(&heredoc.name, heredoc.strip_tabs, self.lines.position())
            {
                let last = self.heredoc_body(&mut heredoc, &mut shebang);
                if let Some(last) = last {
                    instruction.last_line = last.number;
                    instruction.span = Span::new(instruction.span.start, last.span().end);
                }
            } else {
                self.problem(
                    ProblemKind::Syntax,
                    "unterminated heredoc",
                    heredoc.opener,
                    instruction.first_line,
                );
                // Most likely only the terminator is misspelt: what follows is read as instructions.
                self.recovering = true;
            }
            instruction.heredocs.push(heredoc);
        }
        shebang
    }

    /// Reads up to the terminator, which is known to follow; returns its line.
    fn heredoc_body(&mut self, heredoc: &mut Heredoc, shebang: &mut bool) -> Option<Line<'a>> {
        let mut last = None;
        while let Some(line) = self.next_line() {
            last = Some(line);
            let text = if heredoc.strip_tabs {
                line.text.trim_start_matches('\t')
            } else {
                line.text
            };
            if text == heredoc.name {
                heredoc.terminated = true;
                break;
            }
            // BuildKit looks before tabs are removed.
            *shebang |= heredoc.body.text().is_empty() && line.text.starts_with("#!");
            heredoc.body.push(text, line.span().end - text.len() as u32);
            if let Some(at) = line.newline {
                heredoc.body.push("\n", at);
            }
        }
        last
    }

    fn finish(mut self) -> Dockerfile {
        if self.out.instructions.is_empty() {
            self.problem(
                ProblemKind::Syntax,
                "file with no instructions",
                Span::empty(0),
                1,
            );
        }
        self.out
            .problems
            .sort_by_key(|problem| (problem.kind, problem.line));
        self.out
    }
}
