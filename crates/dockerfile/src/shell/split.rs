//! A recursive descent over the shell grammar that keeps what it understood and never gives up.

use std::collections::VecDeque;
use std::ops::Range;

use source::Span;

use super::{Assignment, Command, Connector, Place, Redirect, Script};
use crate::model::{Heredoc, Logical};
use crate::parts::{self, Language};

/// Groups and substitutions are followed this deep.
const MAX_DEPTH: u32 = 100;

/// Takes `body` apart. `heredocs` are those that the instruction opened on its line, in order.
pub fn split(body: &Logical, heredocs: &[Heredoc]) -> Script {
    let mut splitter = Splitter {
        body,
        text: body.text(),
        end: body.text().len(),
        at: 0,
        out: Script::default(),
        outer: heredocs.iter().collect(),
        pending: Vec::new(),
        errexit: false,
        pipefail: false,
        depth: 0,
    };
    while splitter.at < splitter.end {
        splitter.list(&[], Place::default());
        if splitter.at < splitter.end {
            // A stray `)`, `}` or `fi`: noted, then read on.
            let at = splitter.at;
            splitter.problem(at..at + 1);
            splitter.skip_token();
        }
    }
    let mut script = splitter.out;
    script
        .commands
        .sort_by_key(|command| (command.span.start, std::cmp::Reverse(command.span.end)));
    script
}

struct Pending {
    command: usize,
    redirect: usize,
    name: String,
    strip_tabs: bool,
}

struct Splitter<'a> {
    body: &'a Logical,
    text: &'a str,
    end: usize,
    at: usize,
    out: Script,
    /// Here-documents whose bodies the Dockerfile parser already cut out.
    outer: VecDeque<&'a Heredoc>,
    /// Here-documents whose bodies begin after the next line break.
    pending: Vec<Pending>,
    errexit: bool,
    pipefail: bool,
    depth: u32,
}

impl<'a> Splitter<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..self.end]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn problem(&mut self, range: Range<usize>) {
        let end = range.end.min(self.text.len());
        self.out.problems.push(self.body.span(range.start..end));
    }

    fn skip_token(&mut self) {
        let width = self.peek().map_or(1, char::len_utf8);
        let word = self.bare_word();
        self.at = (self.at + word.len().max(width)).min(self.end);
    }

    /// Blanks, escaped line breaks and comments; not line breaks.
    fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            if rest.starts_with([' ', '\t', '\r']) {
                self.at += 1;
            } else if rest.starts_with("\\\n") {
                self.at += 2;
            } else if rest.starts_with("\\\r\n") {
                self.at += 3;
            } else if rest.starts_with('#') {
                let previous = self.text[..self.at].chars().next_back();
                if previous.is_some_and(|c| {
                    !c.is_whitespace() && !matches!(c, ';' | '&' | '|' | '(' | ')' | '`')
                }) {
                    return;
                }
                self.at += memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            } else {
                return;
            }
        }
    }

    /// Blanks, line breaks and the here-document bodies behind them.
    fn newlines(&mut self) {
        loop {
            self.blanks();
            if !self.rest().starts_with('\n') {
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
                let line_end = self.at
                    + memchr::memchr(b'\n', self.rest().as_bytes()).unwrap_or(self.end - self.at);
                let line = &self.text[self.at..line_end];
                let tabs = if pending.strip_tabs {
                    line.len() - line.trim_start_matches('\t').len()
                } else {
                    0
                };
                let start = self.at + tabs;
                self.at = (line_end + 1).min(self.end);
                if line[tabs..].trim_end_matches('\r') == pending.name {
                    break;
                }
                for run in self.body.runs(start..self.at.max(start)) {
                    body.push(&self.text[run.clone()], self.body.source_offset(run.start));
                }
            }
            if let Some(redirect) = self
                .out
                .commands
                .get_mut(pending.command)
                .and_then(|c| c.redirects.get_mut(pending.redirect))
            {
                redirect.body = Some(body);
            }
        }
    }

    /// The unquoted word at the cursor, for reserved words; empty at an operator.
    fn bare_word(&self) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|c: char| {
                c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '<' | '>')
            })
            .unwrap_or(rest.len());
        &rest[..end]
    }

    fn at_reserved(&self, words: &[&str]) -> bool {
        words.contains(&self.bare_word())
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.bare_word() == word;
        if found {
            self.at += word.len();
        }
        found
    }

    /// Whether the list ends here: the end, `)`, `;;`, or one of `stop`.
    fn at_list_end(&self, stop: &[&str]) -> bool {
        let rest = self.rest();
        rest.is_empty()
            || rest.starts_with(')')
            || rest.starts_with(";;")
            || rest.starts_with(";&")
            || {
                let word = self.bare_word();
                stop.contains(&word) || (word == "}" && !stop.is_empty())
            }
            || self.at_reserved(&["then", "elif", "else", "fi", "do", "done", "esac", "}"])
    }

    /// and-or lists separated by `;`, `&` and line breaks.
    fn list(&mut self, stop: &[&str], place: Place) {
        let mut connector = (
            Connector::First,
            Span::empty(self.body.source_offset(self.at)),
        );
        let mut previous: Option<Range<usize>> = None;
        loop {
            self.newlines();
            while self.rest().starts_with(';')
                && !self.rest().starts_with(";;")
                && !self.rest().starts_with(";&")
            {
                self.at += 1;
                self.newlines();
            }
            if self.at_list_end(stop) {
                return;
            }
            let start = self.out.commands.len();
            let from = self.at;
            self.and_or(connector, stop, place);
            if let Some(before) = previous.take()
                && !self.errexit
                && self.out.commands.len() > start
            {
                self.tolerate(before);
            }
            previous = Some(start..self.out.commands.len());
            self.blanks();
            let rest = self.rest();
            let at = self.at;
            if rest.starts_with(";;") || rest.starts_with(";&") {
                return;
            }
            if rest.starts_with(';') {
                connector = (Connector::Sequence, self.body.span(at..at + 1));
                self.at += 1;
            } else if rest.starts_with('&') && !rest.starts_with("&&") {
                self.tolerate(start..self.out.commands.len());
                connector = (Connector::Background, self.body.span(at..at + 1));
                self.at += 1;
            } else if rest.starts_with('\n') {
                connector = (
                    Connector::Sequence,
                    Span::empty(self.body.source_offset(at)),
                );
            } else if self.at == from {
                if self.at_list_end(stop) {
                    return;
                }
                self.problem(at..at + 1);
                self.skip_token();
            }
        }
    }

    fn tolerate(&mut self, range: Range<usize>) {
        for command in self.out.commands.get_mut(range).into_iter().flatten() {
            command.place.failure_tolerated = true;
        }
    }

    /// Pipelines joined by `&&` and `||`.
    fn and_or(&mut self, first: (Connector, Span), stop: &[&str], place: Place) {
        let whole = self.out.commands.len();
        let mut connector = first;
        let mut place = place;
        loop {
            let start = self.out.commands.len();
            self.pipeline(connector, stop, place);
            if connector.0 == Connector::Or && !self.gives_up(start) {
                self.tolerate(whole..start);
            }
            self.blanks();
            let at = self.at;
            let next = if self.rest().starts_with("&&") {
                if self.asks(start) {
                    place.after_or = true;
                }
                Connector::And
            } else if self.rest().starts_with("||") {
                place.after_or = true;
                Connector::Or
            } else {
                return;
            };
            connector = (next, self.body.span(at..at + 2));
            self.at += 2;
            self.newlines();
            if self.at_list_end(stop) {
                return;
            }
        }
    }

    fn program(&self, index: usize) -> Option<&str> {
        let command = self.out.commands.get(index)?;
        command.words.first().map(|word| word.raw.as_str())
    }

    /// `|| exit 1`, `|| false`: the failure is passed on.
    fn gives_up(&self, index: usize) -> bool {
        let zero = self
            .out
            .commands
            .get(index)
            .is_some_and(|c| c.words.get(1).is_some_and(|word| word.raw == "0"));
        match self.program(index) {
            Some("false") => true,
            Some("exit" | "return") => !zero,
            _ => false,
        }
    }

    /// A command whose status is a question: what follows `&&` may not run.
    fn asks(&self, index: usize) -> bool {
        self.program(index).is_some_and(|program| {
            matches!(
                program,
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

    fn pipeline(&mut self, first: (Connector, Span), stop: &[&str], place: Place) {
        let mut negated = false;
        self.blanks();
        while self.eat_word("!") {
            negated = true;
            self.blanks();
        }
        let start = self.out.commands.len();
        let mut connector = first;
        let mut stage = start;
        loop {
            self.command(connector, stop, place);
            self.blanks();
            let rest = self.rest();
            let width = if rest.starts_with("|&") {
                2
            } else if rest.starts_with('|') && !rest.starts_with("||") {
                1
            } else {
                break;
            };
            if !self.pipefail {
                self.tolerate(stage..self.out.commands.len());
            }
            stage = self.out.commands.len();
            connector = (Connector::Pipe, self.body.span(self.at..self.at + width));
            self.at += width;
            self.newlines();
            if self.at_list_end(stop) {
                break;
            }
        }
        if negated {
            self.tolerate(start..self.out.commands.len());
        }
    }

    /// One simple or compound command.
    fn command(&mut self, connector: (Connector, Span), stop: &[&str], place: Place) {
        self.blanks();
        let rest = self.rest();
        if rest.starts_with("((") {
            let end = parts::paren_end(self.text, self.at + 1, self.end);
            self.at = end;
            return self.trailing_redirects();
        }
        if rest.starts_with('(') {
            self.at += 1;
            self.nested(
                &[],
                Place {
                    in_subshell: true,
                    ..place
                },
            );
            if self.rest().starts_with(')') {
                self.at += 1;
            } else {
                let at = self.at;
                self.problem(at..at);
            }
            return self.trailing_redirects();
        }
        match self.bare_word() {
            "{" => {
                self.at += 1;
                self.nested(&["}"], place);
                self.close("}");
            }
            "if" => self.conditional(place),
            "while" | "until" => {
                let word = self.bare_word().len();
                self.at += word;
                self.nested(
                    &["do"],
                    Place {
                        in_condition: true,
                        failure_tolerated: true,
                        in_loop: true,
                        ..place
                    },
                );
                self.body_of_loop(place);
            }
            "for" | "select" => self.for_loop(place),
            "case" => self.case(place),
            "function" => {
                self.at += "function".len();
                self.blanks();
                let name = self.bare_word().len();
                self.at += name;
                self.function_body(connector, stop, place);
            }
            "time" | "coproc" => {
                let word = self.bare_word().len();
                self.at += word;
                self.command(connector, stop, place);
            }
            _ => self.simple(connector, stop, place),
        }
    }

    fn nested(&mut self, stop: &[&str], place: Place) {
        if self.depth >= MAX_DEPTH {
            let (at, end) = (self.at, self.end);
            self.problem(at..at + 1);
            self.at = end;
            return;
        }
        self.depth += 1;
        self.list(stop, place);
        self.depth -= 1;
    }

    fn close(&mut self, word: &str) {
        self.newlines();
        if !self.eat_word(word) {
            let at = self.at;
            self.problem(at..at);
        }
        self.trailing_redirects();
    }

    fn conditional(&mut self, place: Place) {
        self.at += 2;
        loop {
            self.nested(
                &["then"],
                Place {
                    in_condition: true,
                    failure_tolerated: true,
                    ..place
                },
            );
            if !self.eat_word("then") {
                break;
            }
            self.nested(
                &["elif", "else", "fi"],
                Place {
                    in_branch: true,
                    ..place
                },
            );
            if !self.eat_word("elif") {
                break;
            }
        }
        if self.eat_word("else") {
            self.nested(
                &["fi"],
                Place {
                    in_branch: true,
                    ..place
                },
            );
        }
        self.close("fi");
    }

    fn body_of_loop(&mut self, place: Place) {
        self.newlines();
        if self.eat_word("do") {
            self.nested(
                &["done"],
                Place {
                    in_loop: true,
                    ..place
                },
            );
        }
        self.close("done");
    }

    fn for_loop(&mut self, place: Place) {
        let word = self.bare_word().len();
        self.at += word;
        self.blanks();
        if self.rest().starts_with("((") {
            self.at = parts::paren_end(self.text, self.at + 1, self.end);
        } else {
            let name = self.bare_word().len();
            self.at += name;
            self.newlines();
            if self.eat_word("in") {
                while self.at < self.end && !self.rest().starts_with([';', '\n', '&', '|', ')']) {
                    self.blanks();
                    let from = self.at;
                    self.word_end(place);
                    if self.at == from {
                        break;
                    }
                    self.blanks();
                }
            }
        }
        self.blanks();
        if self.rest().starts_with(';') {
            self.at += 1;
        }
        self.body_of_loop(place);
    }

    fn case(&mut self, place: Place) {
        self.at += "case".len();
        self.blanks();
        self.word_end(place);
        self.newlines();
        self.eat_word("in");
        loop {
            self.newlines();
            if self.at >= self.end || self.at_reserved(&["esac"]) {
                break;
            }
            // Patterns up to `)`.
            let rest = self.rest();
            let skip = usize::from(rest.starts_with('('));
            let close = parts::paren_end(self.text, self.at + skip, self.end);
            if close >= self.end && !self.text[..close].ends_with(')') {
                let at = self.at;
                self.problem(at..at + 1);
                self.at = self.end;
                break;
            }
            self.at = close;
            self.nested(
                &["esac"],
                Place {
                    in_branch: true,
                    ..place
                },
            );
            let rest = self.rest();
            let width = if rest.starts_with(";;&") {
                3
            } else if rest.starts_with(";;") || rest.starts_with(";&") {
                2
            } else {
                0
            };
            self.at += width;
            if width == 0 && !self.at_reserved(&["esac"]) {
                break;
            }
        }
        self.close("esac");
    }

    fn function_body(&mut self, connector: (Connector, Span), stop: &[&str], place: Place) {
        self.blanks();
        if self.rest().starts_with('(') {
            self.at = parts::paren_end(self.text, self.at + 1, self.end);
        }
        self.newlines();
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            self.command(
                connector,
                stop,
                Place {
                    in_function: true,
                    ..place
                },
            );
            self.depth -= 1;
        }
    }

    fn trailing_redirects(&mut self) {
        loop {
            self.blanks();
            if self.redirect_operator().is_none() {
                return;
            }
            let mut sink = empty_command();
            let index = self.out.commands.len();
            if !self.redirect(&mut sink, index, Place::default()) {
                return;
            }
            // The bodies of here-documents behind `done` belong to no command we list.
            for pending in &mut self.pending {
                if pending.command == index {
                    pending.command = usize::MAX;
                }
            }
        }
    }

    fn simple(&mut self, connector: (Connector, Span), stop: &[&str], place: Place) {
        let index = self.out.commands.len();
        // The place is taken before the words, so that commands in `$( )` come after it.
        self.out.commands.push(empty_command());
        let mut command = empty_command();
        command.connector = connector.0;
        command.connector_span = connector.1;
        command.depth = self.depth;
        command.place = place;
        let mut span: Option<Span> = None;
        loop {
            self.blanks();
            let rest = self.rest();
            let ends = rest.is_empty() || rest.starts_with(['\n', ';', ')', '|']) || is_and(rest);
            if ends {
                break;
            }
            let from = self.at;
            if self.redirect_operator().is_some() {
                if !self.redirect(&mut command, index, place) {
                    break;
                }
            } else if rest.starts_with('(') {
                let is_function = command.words.len() == 1
                    && command.assignments.is_empty()
                    && rest[1..].trim_start().starts_with(')');
                if is_function {
                    self.out.commands.truncate(index);
                    self.at = parts::paren_end(self.text, self.at + 1, self.end);
                    return self.function_body(connector, stop, place);
                }
                // `a=(…)` and extended patterns: no words of ours.
                self.at = parts::paren_end(self.text, self.at + 1, self.end);
            } else {
                self.word(&mut command, place);
            }
            if self.at == from {
                self.problem(from..from + 1);
                self.skip_token();
            }
            let here = self.body.span(from..self.at.min(self.end));
            span = Some(span.map_or(here, |before| before.cover(here)));
        }
        command.span = span.unwrap_or_default();
        self.options(&command);
        if span.is_some() {
            self.out.commands[index] = command;
        } else if self.out.commands.len() == index + 1 {
            self.out.commands.truncate(index);
        }
    }

    /// `set -e`, `set -o pipefail`.
    fn options(&mut self, command: &Command) {
        if command.words.first().is_none_or(|word| word.raw != "set") {
            return;
        }
        let mut words = command.words[1..]
            .iter()
            .map(|word| word.raw.as_str())
            .peekable();
        while let Some(word) = words.next() {
            let Some(on) = word
                .chars()
                .next()
                .filter(|c| matches!(c, '-' | '+'))
                .map(|c| c == '-')
            else {
                return;
            };
            if word.contains('e') {
                self.errexit = on;
            }
            if word.contains('o') {
                match words.peek() {
                    Some(&"pipefail") => self.pipefail = on,
                    Some(&"errexit") => self.errexit = on,
                    _ => continue,
                }
                words.next();
            }
        }
    }

    fn word(&mut self, command: &mut Command, place: Place) {
        let start = self.at;
        self.word_end(place);
        if self.at == start {
            return;
        }
        let range = start..self.at;
        let text = &self.text[range.clone()];
        if command.words.is_empty()
            && let Some((name, append, value)) = assignment(text)
        {
            let value_at = range.end - value.len();
            if value.is_empty() && self.rest().starts_with('(') {
                self.at = parts::paren_end(self.text, self.at + 1, self.end);
            }
            command.assignments.push(Assignment {
                name: name.to_owned(),
                append,
                value: parts::word(self.body, value_at..range.end, Language::Shell),
                span: self.body.span(range),
            });
            return;
        }
        command
            .words
            .push(parts::word(self.body, range, Language::Shell));
    }

    /// Moves past one word; commands in its substitutions are listed.
    fn word_end(&mut self, place: Place) {
        let mut quoted = false;
        while self.at < self.end {
            let Some(c) = self.peek() else { return };
            let next = self.text.as_bytes().get(self.at + 1).copied();
            match c {
                '\\' => {
                    self.at += 1;
                    self.at += self.peek().map_or(0, char::len_utf8);
                }
                '\'' if !quoted => {
                    let from = self.at;
                    match memchr::memchr(b'\'', self.text[from + 1..self.end].as_bytes()) {
                        Some(to) => self.at = from + 1 + to + 1,
                        None => {
                            self.problem(from..from + 1);
                            self.at = self.end;
                        }
                    }
                }
                '"' => {
                    quoted = !quoted;
                    self.at += 1;
                    if quoted
                        && memchr::memchr(b'"', self.text[self.at..self.end].as_bytes()).is_none()
                    {
                        let at = self.at;
                        self.problem(at - 1..at);
                    }
                }
                '$' if next == Some(b'(') => {
                    if self.text.as_bytes().get(self.at + 2) == Some(&b'(') {
                        let end = parts::paren_end(self.text, self.at + 2, self.end);
                        self.at = end;
                    } else {
                        self.at += 2;
                        self.substitution(place);
                    }
                }
                '$' if next == Some(b'{') => {
                    self.at = parts::brace_end(self.text, self.at + 2, self.end)
                }
                '`' => self.backticks(place),
                '<' | '>' if !quoted && next == Some(b'(') => {
                    self.at += 2;
                    self.substitution(place);
                }
                '#' | '{' | '}' => self.at += 1,
                _ if quoted => self.at += c.len_utf8(),
                _ if c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '<' | '>') => {
                    // `@(a|b)` and `a=(…)` end a word for us; the caller skips the parentheses.
                    return;
                }
                _ => self.at += c.len_utf8(),
            }
        }
    }

    fn substitution(&mut self, place: Place) {
        self.nested(
            &[],
            Place {
                in_substitution: true,
                ..place
            },
        );
        if self.rest().starts_with(')') {
            self.at += 1;
        } else if self.at < self.end {
            let at = self.at;
            self.problem(at..at + 1);
            self.at = parts::paren_end(self.text, self.at, self.end);
        }
    }

    fn backticks(&mut self, place: Place) {
        let close = parts::backtick_end(self.text, self.at, self.end);
        let inside = self.at + 1..close.saturating_sub(1).max(self.at + 1);
        let (end, from) = (self.end, self.at);
        self.at = inside.start;
        self.end = inside.end.min(end);
        while self.at < self.end {
            self.nested(
                &[],
                Place {
                    in_substitution: true,
                    ..place
                },
            );
            if self.at < self.end {
                self.skip_token();
            }
        }
        self.end = end;
        self.at = close.max(from + 1).min(end);
    }

    /// The redirection operator at the cursor: digits before it, the operator.
    fn redirect_operator(&self) -> Option<(usize, &'static str)> {
        const OPERATORS: &[&str] = &[
            "&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">",
        ];
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let operator = OPERATORS
            .iter()
            .find(|operator| rest[digits..].starts_with(**operator))?;
        let substitution = matches!(*operator, "<" | ">") && rest[digits + 1..].starts_with('(');
        (!substitution && (digits == 0 || !operator.starts_with('&')))
            .then_some((digits, *operator))
    }

    fn redirect(&mut self, command: &mut Command, index: usize, place: Place) -> bool {
        let Some((digits, operator)) = self.redirect_operator() else {
            return false;
        };
        let start = self.at;
        self.at += digits + operator.len();
        self.blanks();
        let from = self.at;
        self.word_end(place);
        let target = parts::word(self.body, from..self.at, Language::Shell);
        let mut body = None;
        if operator.starts_with("<<") && operator != "<<<" {
            let name = target.literal().unwrap_or_else(|| target.raw.clone());
            if self.outer.front().is_some_and(|outer| outer.name == name) {
                body = self.outer.pop_front().map(|outer| outer.body.clone());
            } else {
                self.pending.push(Pending {
                    command: index,
                    redirect: command.redirects.len(),
                    name,
                    strip_tabs: operator == "<<-",
                });
            }
        }
        command.redirects.push(Redirect {
            operator,
            target,
            span: self.body.span(start..self.at),
            body,
        });
        true
    }
}

fn is_and(rest: &str) -> bool {
    rest.starts_with('&') && !rest.starts_with("&>")
}

/// `NAME=value`, `NAME+=value`, `NAME[i]=value`.
fn assignment(text: &str) -> Option<(&str, bool, &str)> {
    let equals = text.find('=')?;
    let (name, append) = match text[..equals].strip_suffix('+') {
        Some(name) => (name, true),
        None => (&text[..equals], false),
    };
    let name = name.split('[').next().unwrap_or(name);
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    valid.then(|| (name, append, &text[equals + 1..]))
}

fn empty_command() -> Command {
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
