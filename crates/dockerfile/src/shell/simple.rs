//! Simple commands: assignments, words, redirections.

use source::Span;

use super::split::{Link, Pending, Splitter, empty_command};
use super::{Assignment, Command, Place, Redirect};
use crate::model::Logical;
use crate::word::{Part, Word};

/// Longer ones first.
const OPERATORS: &[&str] = &[
    "&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">",
];

impl Splitter<'_> {
    pub(super) fn simple(&mut self, link: Link, place: Place) {
        let index = self.out.commands.len();
        // The place is taken before the words, so that commands in `$( )` come after it.
        self.out.commands.push(empty_command());
        let mut command = Command {
            connector: link.0,
            connector_span: link.1,
            depth: self.depth,
            place,
            ..empty_command()
        };
        let start = self.at;
        let mut end = start;
        loop {
            self.blanks();
            let from = self.at;
            if let Some(redirect) = self.redirect(Some((index, command.redirects.len())), place) {
                command.redirects.push(redirect);
            } else if self.byte(0) == Some(b'(') && self.defines_function(&command) {
                self.out.commands.truncate(index);
                return self.function_body(link, place);
            } else {
                self.argument(&mut command, place);
            }
            if self.at == from {
                break;
            }
            end = self.at;
        }
        if end == start {
            self.problem(start);
            self.out.commands.truncate(index);
            return;
        }
        command.span = self.body.span(start..end);
        self.set(&command);
        if !command.words.is_empty() {
            // `echo $(false)` succeeds; `a=$(false)` fails.
            self.tolerate(index + 1..self.out.commands.len());
        }
        self.out.commands[index] = command;
    }

    /// Whether the `(` here makes the words so far the name of a function.
    fn defines_function(&self, command: &Command) -> bool {
        command.words.len() == 1
            && command.assignments.is_empty()
            && command.redirects.is_empty()
            && self.rest()[1..]
                .trim_start_matches([' ', '\t'])
                .starts_with(')')
    }

    /// `set -e`, `set -o pipefail`.
    fn set(&mut self, command: &Command) {
        let mut words = command.words.iter().map(|word| word.raw.as_str());
        if words.next() != Some("set") {
            return;
        }
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            let (on, letters) = match word.strip_prefix('-') {
                Some(letters) => (true, letters),
                None => match word.strip_prefix('+') {
                    Some(letters) => (false, letters),
                    None => return,
                },
            };
            if letters == "-" {
                return;
            }
            if letters.contains('e') {
                self.options.errexit = on;
            }
            if letters.contains('o') {
                match words.next_if(|word| !word.starts_with(['-', '+'])) {
                    Some("pipefail") => self.options.pipefail = on,
                    Some("errexit") => self.options.errexit = on,
                    _ => {}
                }
            }
        }
    }

    /// An assignment or a word; nothing where a command ends.
    fn argument(&mut self, command: &mut Command, place: Place) {
        if command.words.is_empty() {
            if let Some(length) = assignment_length(self.rest()) {
                command.assignments.push(self.assignment(length, place));
                return;
            }
            if self.byte(0) == Some(b'[') && self.bare_word() == "[[" && self.closes_bracket() {
                return self.double_bracket(command, place);
            }
        }
        let start = self.at;
        let Some(mut word) = self.word(place) else {
            return;
        };
        let program = command.words.first().map(|word| word.raw.as_str());
        let declares = matches!(
            program,
            Some("declare" | "typeset" | "local" | "export" | "readonly")
        );
        if declares && self.byte(0) == Some(b'(') && word.raw.ends_with('=') {
            let open = self.at;
            self.array(place);
            word.parts.push(Part::Opaque {
                span: self.body.span(open..self.at),
            });
            word.span = self.body.span(start..self.at);
            self.text[start..self.at].clone_into(&mut word.raw);
        }
        command.words.push(word);
    }

    fn assignment(&mut self, length: usize, place: Place) -> Assignment {
        let start = self.at;
        let left = &self.rest()[..length - 1];
        let (name, append) = match left.strip_suffix('+') {
            Some(name) => (name, true),
            None => (left, false),
        };
        self.at += length;
        let value_at = self.at;
        let value = if self.byte(0) == Some(b'(') {
            self.array(place);
            let span = self.body.span(value_at..self.at);
            Word {
                raw: self.text[value_at..self.at].to_owned(),
                span,
                parts: vec![Part::Opaque { span }],
            }
        } else {
            let empty = Span::empty(self.body.span(start..value_at).end);
            self.word(place).unwrap_or(Word {
                span: empty,
                ..Word::default()
            })
        };
        Assignment {
            name: name.split('[').next().unwrap_or(name).to_owned(),
            append,
            value,
            span: self.body.span(start..self.at),
        }
    }

    /// `( … )` behind `name=`.
    fn array(&mut self, place: Place) {
        let open = self.at;
        self.at += 1;
        loop {
            self.newlines();
            match self.byte(0) {
                Some(b')') => {
                    self.at += 1;
                    return;
                }
                None => return self.problem(open),
                _ if self.word(place).is_some() => {}
                _ => self.stray(),
            }
        }
    }

    fn closes_bracket(&mut self) -> bool {
        if self.last_bracket == self.text.len() {
            self.last_bracket = self.text.rfind("]]").unwrap_or(0);
        }
        self.last_bracket > self.at
    }

    /// `[[ … ]]`, in which operators are words.
    fn double_bracket(&mut self, command: &mut Command, place: Place) {
        loop {
            self.newlines();
            let start = self.at;
            let matches = command.words.last().is_some_and(|word| word.raw == "=~");
            let word = if matches {
                self.regex(place)
            } else {
                self.word(place)
            };
            let Some(word) = word else {
                let width = match (self.byte(0), self.byte(1)) {
                    (None, _) => return self.problem(self.at),
                    (Some(b'&'), Some(b'&')) | (Some(b'|'), Some(b'|')) => 2,
                    _ => 1,
                };
                self.at += width;
                command
                    .words
                    .push(crate::parts::verbatim(self.body, start..self.at));
                continue;
            };
            let closes = word.raw == "]]";
            command.words.push(word);
            if closes {
                return;
            }
        }
    }

    /// The redirection at the cursor; a here-document's body goes to `owner`.
    pub(super) fn redirect(
        &mut self,
        owner: Option<(usize, usize)>,
        place: Place,
    ) -> Option<Redirect> {
        let (digits, operator) = self.redirect_operator()?;
        let start = self.at;
        self.at += digits + operator.len();
        self.blanks();
        let target_at = self.at;
        let aside = Place {
            failure_tolerated: true,
            ..place
        };
        let target = self.word(aside).unwrap_or_else(|| {
            self.problem(start + digits);
            Word {
                span: Span::empty(self.body.source_offset(target_at)),
                ..Word::default()
            }
        });
        let end = if target.raw.is_empty() {
            start + digits + operator.len()
        } else {
            self.at
        };
        let span = self.body.span(start..end);
        let mut body = None;
        if matches!(operator, "<<" | "<<-") {
            let expand = (!target.raw.contains(['\'', '"', '\\'])).then_some(aside);
            body = self.cut_body(&target, span);
            match &body {
                Some(body) => {
                    if let Some(place) = expand {
                        self.expansions(body, place);
                    }
                }
                None => self.pending.push(Pending {
                    owner,
                    name: target.literal().unwrap_or_else(|| target.raw.clone()),
                    strip_tabs: operator == "<<-",
                    expand,
                }),
            }
        }
        Some(Redirect {
            operator,
            target,
            span,
            body,
        })
    }

    /// The body that the Dockerfile parser cut out for the redirection at `span`.
    fn cut_body(&mut self, target: &Word, span: Span) -> Option<Logical> {
        let next = self.outer.front()?;
        let same_place = next.opener.overlaps(span);
        let same_name = target.literal().as_deref() == Some(&next.name);
        (same_place || same_name)
            .then(|| self.outer.pop_front())?
            .map(|heredoc| heredoc.body.clone())
    }

    /// Digits and the operator at the cursor.
    fn redirect_operator(&self) -> Option<(usize, &'static str)> {
        let rest = self.rest().as_bytes();
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let after = &rest[digits..];
        if !matches!(after.first(), Some(b'<' | b'>' | b'&')) {
            return None;
        }
        let operator = OPERATORS
            .iter()
            .find(|operator| after.starts_with(operator.as_bytes()))?;
        let substitutes = operator.len() == 1 && after.get(1) == Some(&b'(');
        let both = operator.starts_with('&') && digits > 0;
        (!substitutes && !both).then_some((digits, *operator))
    }
}

/// The length of `NAME=`, `NAME+=` or `NAME[i]=` at the start of `text`.
fn assignment_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if !matches!(bytes.first()?, b'a'..=b'z' | b'A'..=b'Z' | b'_') {
        return None;
    }
    let name = bytes
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
        .count();
    let mut at = name;
    if bytes.get(at) == Some(&b'[') {
        let index = bytes[at..]
            .iter()
            .take_while(|b| !matches!(b, b']' | b' ' | b'\n' | b'\t' | b'='))
            .count();
        at += index;
        if bytes.get(at) != Some(&b']') {
            return None;
        }
        at += 1;
    }
    if bytes.get(at) == Some(&b'+') {
        at += 1;
    }
    (bytes.get(at) == Some(&b'=')).then_some(at + 1)
}
