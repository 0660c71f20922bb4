//! A recursive descent over the shell grammar that keeps what it understood and never gives up.
//!
//! Each byte is read once, except that the end of `((` is looked for first, within a budget.

use std::collections::VecDeque;
use std::ops::Range;

use source::Span;

use super::{Command, Connector, Options, Place, Script};
use crate::model::{Heredoc, Logical};

/// Groups, substitutions and `${a:-${b}}` are followed this deep.
const MAX_DEPTH: u32 = 100;

/// How often each byte may be looked at ahead of its turn, on average.
const LOOK_AHEAD: usize = 8;

/// Takes `body` apart, which runs as `sh -c` does: a failing command does not stop a list. `heredocs` are those
/// that the instruction opened on its line, in order.
pub fn split(body: &Logical, heredocs: &[Heredoc]) -> Script {
    split_with(body, heredocs, Options::default())
}

/// Like [`split`], for a shell that was started with options.
pub fn split_with(body: &Logical, heredocs: &[Heredoc], options: Options) -> Script {
    let mut splitter = Splitter::new(body, options);
    splitter.outer.extend(heredocs);
    splitter.top(Place::default());
    let mut script = splitter.out;
    script
        .commands
        .sort_by_key(|command| (command.span.start, std::cmp::Reverse(command.span.end)));
    script.problems.sort_unstable();
    script.problems.dedup();
    script
}

/// A here-document whose body begins after the next line break.
pub(super) struct Pending {
    /// Command and redirection to give the body to; `None` for redirections of compound commands.
    pub owner: Option<(usize, usize)>,
    pub name: String,
    pub strip_tabs: bool,
    /// The place of its substitutions; `None` when the terminator was quoted.
    pub expand: Option<Place>,
}

/// Pipelines joined by `&&` and `||`, by the numbers of their commands.
struct AndOr {
    all: Range<usize>,
    /// Where the last pipeline begins.
    last: usize,
}

/// How a command begins: its connector and the bytes of it.
pub(super) type Link = (Connector, Span);

pub(super) struct Splitter<'a> {
    pub body: &'a Logical,
    pub text: &'a str,
    pub end: usize,
    pub at: usize,
    pub out: Script,
    /// Here-documents whose bodies the Dockerfile parser already cut out.
    pub outer: VecDeque<&'a Heredoc>,
    pub pending: Vec<Pending>,
    pub options: Options,
    pub depth: u32,
    /// Where the last `]]` of the text stands; the end of the text before it was looked for.
    pub last_bracket: usize,
    /// Bytes that may still be read twice to tell `((` from `( (`.
    pub look_ahead: usize,
}

impl<'a> Splitter<'a> {
    fn new(body: &'a Logical, options: Options) -> Self {
        let text = body.text();
        Self {
            body,
            text,
            end: text.len(),
            at: 0,
            out: Script::default(),
            outer: VecDeque::new(),
            pending: Vec::new(),
            options,
            depth: 0,
            last_bracket: text.len(),
            look_ahead: text.len() * LOOK_AHEAD,
        }
    }

    /// Reads another text, one level deeper, for its commands.
    pub(super) fn aside(&mut self, body: &Logical, read: impl FnOnce(&mut Splitter<'_>)) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        let mut inner = Splitter::new(body, self.options);
        inner.depth = self.depth + 1;
        read(&mut inner);
        self.out.commands.append(&mut inner.out.commands);
        self.out.problems.append(&mut inner.out.problems);
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..self.end]
    }

    pub(super) fn byte(&self, ahead: usize) -> Option<u8> {
        self.rest().as_bytes().get(ahead).copied()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.end);
    }

    pub(super) fn skip_char(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    /// Notes the character at `at`, or the end of the text.
    pub(super) fn problem(&mut self, at: usize) {
        let width = self.text[at..].chars().next().map_or(0, char::len_utf8);
        self.out.problems.push(self.body.span(at..at + width));
    }

    /// Notes what stands here and moves past it.
    pub(super) fn stray(&mut self) {
        self.problem(self.at);
        let word = self.bare_word().len();
        if word == 0 {
            self.skip_char();
        } else {
            self.skip(word);
        }
    }

    /// An empty place where a line break or nothing at all separates two commands.
    fn here(&self) -> Span {
        Span::empty(self.body.source_offset(self.at))
    }

    /// The length of an escaped line break at the cursor.
    pub(super) fn continuation(&self) -> usize {
        match self.rest().as_bytes() {
            [b'\\', b'\n', ..] => 2,
            [b'\\', b'\r', b'\n', ..] => 3,
            _ => 0,
        }
    }

    /// Blanks, escaped line breaks and a comment; not line breaks.
    pub(super) fn blanks(&mut self) {
        loop {
            match self.byte(0) {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\\') if self.continuation() > 0 => self.skip(self.continuation()),
                Some(b'#') => {
                    let rest = self.rest();
                    self.at += memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
                }
                _ => return,
            }
        }
    }

    /// Blanks, line breaks and the here-document bodies behind them.
    pub(super) fn newlines(&mut self) {
        loop {
            self.blanks();
            if self.byte(0) != Some(b'\n') {
                return;
            }
            self.at += 1;
            self.bodies();
        }
    }

    fn bodies(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let mut body = Logical::new();
            while self.at < self.end {
                let rest = self.rest();
                let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
                let line = &rest[..length];
                let tabs = if pending.strip_tabs {
                    length - line.trim_start_matches('\t').len()
                } else {
                    0
                };
                let start = self.at + tabs;
                self.skip(length + 1);
                if line[tabs..].trim_end_matches('\r') == pending.name {
                    break;
                }
                for run in self.body.runs(start..self.at) {
                    body.push(&self.text[run.clone()], self.body.source_offset(run.start));
                }
            }
            if let Some(place) = pending.expand {
                self.expansions(&body, place);
            }
            let owner = pending.owner.and_then(|(command, redirect)| {
                self.out
                    .commands
                    .get_mut(command)?
                    .redirects
                    .get_mut(redirect)
            });
            if let Some(redirect) = owner {
                redirect.body = Some(body);
            }
        }
    }

    /// The word at the cursor up to a blank or an operator, for reserved words; empty at an operator.
    pub(super) fn bare_word(&self) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|c| is_blank(c) || is_operator(c))
            .unwrap_or(rest.len());
        &rest[..end]
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word) && self.bare_word() == word;
        if found {
            self.at += word.len();
        }
        found
    }

    /// Whether a list ends here: the end, `)`, `;;`, or a reserved word that closes something.
    fn at_list_end(&self) -> bool {
        match self.byte(0) {
            None | Some(b')') => true,
            Some(b';') => matches!(self.byte(1), Some(b';' | b'&')),
            Some(b't' | b'e' | b'f' | b'd' | b'}') => matches!(
                self.bare_word(),
                "then" | "elif" | "else" | "fi" | "do" | "done" | "esac" | "}"
            ),
            Some(_) => false,
        }
    }

    /// Lists up to the end of the text; what closes nothing is noted and read over.
    pub(super) fn top(&mut self, place: Place) {
        loop {
            self.list(place);
            if self.at >= self.end {
                return;
            }
            self.stray();
        }
    }

    /// and-or lists separated by `;`, `&` and line breaks.
    fn list(&mut self, place: Place) {
        let mut link = (Connector::First, self.here());
        let mut previous: Option<AndOr> = None;
        loop {
            self.newlines();
            if self.at_list_end() {
                return;
            }
            let from = self.at;
            let errexit = self.options.errexit;
            let item = self.and_or(link, place);
            if !item.all.is_empty()
                && let Some(before) = previous.replace(item)
            {
                // With `set -e`, all but the last pipeline of an and-or list may still fail.
                let end = if errexit { before.last } else { before.all.end };
                self.tolerate(before.all.start..end);
            }
            self.blanks();
            let at = self.at;
            link = match (self.byte(0), self.byte(1)) {
                (Some(b';'), Some(b';' | b'&')) => return,
                (Some(b';'), _) => {
                    self.at += 1;
                    (Connector::Sequence, self.body.span(at..at + 1))
                }
                (Some(b'&'), _) => {
                    if let Some(item) = &previous {
                        self.tolerate(item.all.clone());
                    }
                    self.at += 1;
                    (Connector::Background, self.body.span(at..at + 1))
                }
                (None | Some(b'\n'), _) => (Connector::Sequence, self.here()),
                _ if self.at_list_end() => return,
                _ => {
                    if self.at == from {
                        self.stray();
                    } else {
                        self.problem(at);
                    }
                    (Connector::Sequence, self.here())
                }
            };
        }
    }

    pub(super) fn tolerate(&mut self, range: Range<usize>) {
        for command in self.out.commands.get_mut(range).into_iter().flatten() {
            command.place.failure_tolerated = true;
        }
    }

    fn and_or(&mut self, first: Link, mut place: Place) -> AndOr {
        let whole = self.out.commands.len();
        let mut link = first;
        loop {
            let start = self.out.commands.len();
            let last = self.pipeline(link, place);
            if link.0 == Connector::Or && !self.gives_up(start) {
                self.tolerate(whole..start);
            }
            self.blanks();
            let at = self.at;
            link.0 = match (self.byte(0), self.byte(1)) {
                (Some(b'&'), Some(b'&')) => {
                    place.after_or |= self.asks(last);
                    Connector::And
                }
                (Some(b'|'), Some(b'|')) => {
                    place.after_or = true;
                    Connector::Or
                }
                _ => {
                    return AndOr {
                        all: whole..self.out.commands.len(),
                        last: start,
                    };
                }
            };
            link.1 = self.body.span(at..at + 2);
            self.at += 2;
            self.newlines();
            if self.at_list_end() {
                self.problem(at);
                return AndOr {
                    all: whole..self.out.commands.len(),
                    last: start,
                };
            }
        }
    }

    /// `|| exit 1`, `|| { echo no; false; }`: the failure is passed on.
    fn gives_up(&self, start: usize) -> bool {
        let right = self.out.commands.get(start..).unwrap_or_default();
        let Some(last) = right
            .iter()
            .rev()
            .find(|command| !command.place.in_substitution)
        else {
            return false;
        };
        let mut words = last.words.iter().map(|word| word.raw.as_str());
        match (words.next(), words.next()) {
            (Some("false"), _) => true,
            (Some("exit" | "return"), None) => right.len() == 1,
            (Some("exit" | "return"), Some(status)) => status != "0",
            _ => false,
        }
    }

    /// A command whose status is a question: what follows `&&` may not run.
    fn asks(&self, index: usize) -> bool {
        let command = self.out.commands.get(index);
        let program = command.and_then(|command| command.words.first());
        program.is_some_and(|program| {
            matches!(
                program.raw.as_str(),
                "[" | "[["
                    | "test"
                    | "grep"
                    | "command"
                    | "which"
                    | "type"
                    | "hash"
                    | "cmp"
                    | "diff"
            )
        })
    }

    /// Commands joined by `|`; the number of the first one of the last stage.
    fn pipeline(&mut self, first: Link, place: Place) -> usize {
        let mut negated = false;
        self.blanks();
        while self.eat_word("!") {
            negated = true;
            self.blanks();
        }
        let start = self.out.commands.len();
        let mut link = first;
        let mut stage = start;
        loop {
            self.command(link, place);
            self.blanks();
            let width = match (self.byte(0), self.byte(1)) {
                (Some(b'|'), Some(b'&')) => 2,
                (Some(b'|'), next) if next != Some(b'|') => 1,
                _ => break,
            };
            if !self.options.pipefail {
                self.tolerate(stage..self.out.commands.len());
            }
            stage = self.out.commands.len();
            let at = self.at;
            link = (Connector::Pipe, self.body.span(at..at + width));
            self.at += width;
            self.newlines();
            if self.at_list_end() {
                self.problem(at);
                break;
            }
        }
        if negated {
            self.tolerate(start..self.out.commands.len());
        }
        stage
    }

    /// A list one level deeper.
    pub(super) fn nested(&mut self, place: Place) {
        if self.deeper() {
            self.list(place);
            self.depth -= 1;
        }
    }

    /// Goes one level down, or gives up on the rest of the text.
    pub(super) fn deeper(&mut self) -> bool {
        if self.depth >= MAX_DEPTH {
            self.problem(self.at);
            self.at = self.end;
            return false;
        }
        self.depth += 1;
        true
    }

    /// A list in a shell of its own, up to the `)`.
    pub(super) fn parenthesised(&mut self, place: Place) {
        let (options, open) = (self.options, self.at);
        loop {
            self.nested(place);
            if self.byte(0) == Some(b')') {
                self.at += 1;
                break;
            }
            if self.at >= self.end {
                self.problem(open - 1);
                break;
            }
            self.stray();
        }
        self.options = options;
    }
}

/// What separates words of one command.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// What ends a word without a blank.
pub(super) fn is_operator(c: char) -> bool {
    matches!(c, ';' | '&' | '|' | '(' | ')' | '<' | '>')
}

pub(super) fn empty_command() -> Command {
    Command {
        words: Vec::new(),
        assignments: Vec::new(),
        redirects: Vec::new(),
        span: Span::default(),
        connector: Connector::First,
        connector_span: Span::default(),
        depth: 0,
        place: Place::default(),
    }
}
