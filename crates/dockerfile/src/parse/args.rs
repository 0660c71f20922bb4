//! Keyword, flags and arguments of one joined line.

use std::ops::Range;

use source::Span;

use super::json::{self, Array};
use super::suggest::quote;
use super::{flags, heredoc};
use crate::model::{
    ArgDeclaration, Copy, EnvPair, Flag, From, Instruction, Keyword, Kind, Logical, Run,
};
use crate::parts;
use crate::word::{Part, Word};

/// Syntax errors of one instruction.
type Problems = Vec<(String, Span)>;

/// `[\t\v\f\r ]+`: what separates a keyword and plain arguments.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ')
}

/// What separates flags; BuildKit looks at single bytes there.
fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{b}'
}

/// Reads the instruction that stands at `range` of `logical`; heredocs, lines and kind of heredoc-bearing
/// instructions are filled in later.
pub(super) fn instruction(
    logical: &Logical,
    range: Range<usize>,
    escape: char,
    line: u32,
) -> (Instruction, Problems) {
    let text = &logical.text()[range.clone()];
    let keyword_end = range.start + text.find(is_blank).unwrap_or(text.len());
    let word = &logical.text()[range.start..keyword_end];
    let keyword = Keyword::from_text(word);
    let rest_start = keyword_end
        + (text.len() - (keyword_end - range.start)).min(
            logical.text()[keyword_end..range.end].len()
                - logical.text()[keyword_end..range.end]
                    .trim_start_matches(is_blank)
                    .len(),
        );
    let mut reader = Args {
        logical,
        escape,
        keyword: &keyword,
        problems: Vec::new(),
    };
    let (flags, args_start) = reader.flags(rest_start..range.end);
    let args = trim(logical.text(), args_start..range.end);
    let (words, json, kind) = reader.arguments(args, &flags, line);
    let problems = reader.problems;
    let instruction = Instruction {
        keyword_span: logical.span(range.start..keyword_end),
        span: logical.span(range),
        first_line: line,
        last_line: line,
        logical: Logical::new(),
        flags,
        args: words,
        json,
        too_long: false,
        heredocs: Vec::new(),
        kind,
        keyword,
    };
    (instruction, problems)
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

struct Args<'a> {
    logical: &'a Logical,
    escape: char,
    keyword: &'a Keyword,
    problems: Problems,
}

impl Args<'_> {
    fn word(&self, range: Range<usize>) -> Word {
        parts::word(self.logical, range, self.escape)
    }

    /// `--name=value` words at the start, and where the arguments begin.
    fn flags(&self, range: Range<usize>) -> (Vec<Flag>, usize) {
        let text = self.logical.text();
        let mut found = Vec::new();
        let mut at = range.start;
        loop {
            at +=
                text[at..range.end].len() - text[at..range.end].trim_start_matches(is_space).len();
            if !text[at..range.end].starts_with("--") {
                return (found, at);
            }
            let end = flag_end(text, at, range.end, self.escape);
            let written = flags::unquote(&text[at..end], self.escape);
            if written == "--" {
                return (found, end);
            }
            let name = written.split('=').next().unwrap_or(&written);
            let value = text[at..end]
                .find('=')
                .filter(|_| name.len() < written.len())
                .map(|equals| self.word(at + equals + 1..end));
            found.push(Flag {
                name: name.trim_start_matches("--").to_owned(),
                value,
                span: self.logical.span(at..end),
            });
            at = end;
        }
    }

    fn arguments(
        &mut self,
        range: Range<usize>,
        flags: &[Flag],
        line: u32,
    ) -> (Vec<Word>, bool, Kind) {
        match self.keyword {
            Keyword::From => {
                let words = self.plain(range);
                let kind = from(&words, flags);
                (words, false, kind)
            }
            Keyword::Arg => {
                let words = self.quoted_words(range);
                let kind = Kind::Arg(
                    words
                        .iter()
                        .filter_map(|word| self.declaration(word))
                        .collect(),
                );
                (
                    words.into_iter().map(|range| self.word(range)).collect(),
                    false,
                    kind,
                )
            }
            Keyword::Env | Keyword::Label => self.pairs(range),
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => self.command(range),
            Keyword::Shell => {
                let (words, json) = self.maybe_json(range, false);
                let kind = if json {
                    Kind::Shell(words.clone())
                } else {
                    Kind::Other
                };
                (words, json, kind)
            }
            Keyword::Add | Keyword::Copy => {
                let (words, json) = self.maybe_json(range, true);
                let kind = copy(&words, flags, self.keyword);
                (words, json, kind)
            }
            Keyword::Volume => {
                let (words, json) = self.maybe_json(range, true);
                (words, json, Kind::Other)
            }
            Keyword::Expose => (self.plain(range), false, Kind::Other),
            Keyword::Healthcheck => self.healthcheck(range),
            Keyword::Onbuild => self.onbuild(range, line),
            Keyword::Workdir | Keyword::User | Keyword::Maintainer | Keyword::Stopsignal => {
                if range.is_empty() {
                    return (Vec::new(), false, Kind::Other);
                }
                let word = self.word(range);
                let kind = match self.keyword {
                    Keyword::Workdir => Kind::Workdir(word.clone()),
                    Keyword::User => Kind::User(word.clone()),
                    _ => Kind::Other,
                };
                (vec![word], false, kind)
            }
            Keyword::Unknown(_) => (Vec::new(), false, Kind::Other),
        }
    }

    /// Words split at blanks; quotes mean nothing.
    fn plain(&self, range: Range<usize>) -> Vec<Word> {
        let text = &self.logical.text()[range.clone()];
        let mut found = Vec::new();
        let mut start = None;
        for (at, c) in text.char_indices() {
            if is_blank(c) {
                if let Some(from) = start.take() {
                    found.push(self.word(range.start + from..range.start + at));
                }
            } else {
                start.get_or_insert(at);
            }
        }
        if let Some(from) = start {
            found.push(self.word(range.start + from..range.end));
        }
        found
    }

    /// Words split at blanks outside quotes; quotes and escapes stay in the words.
    fn quoted_words(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let text = &self.logical.text()[range.clone()];
        // An escape with nothing behind it is dropped.
        let text = if ends_escaping(text, self.escape) {
            &text[..text.len() - 1]
        } else {
            text
        };
        let end = range.start + text.len();
        let mut found = Vec::new();
        let mut start: Option<usize> = None;
        let mut quote: Option<char> = None;
        let mut chars = text.char_indices();
        while let Some((at, c)) = chars.next() {
            match quote {
                None if c.is_whitespace() => {
                    if let Some(from) = start.take() {
                        found.push(range.start + from..range.start + at);
                    }
                }
                None => {
                    start.get_or_insert(at);
                    if c == '\'' || c == '"' {
                        quote = Some(c);
                    } else if c == self.escape {
                        chars.next();
                    }
                }
                Some(open) => {
                    if c == open {
                        quote = None;
                    } else if c == self.escape && open != '\'' {
                        chars.next();
                    }
                }
            }
        }
        if let Some(from) = start {
            found.push(range.start + from..end);
        }
        found
    }

    fn declaration(&self, range: &Range<usize>) -> Option<ArgDeclaration> {
        let text = &self.logical.text()[range.clone()];
        let equals = text.find('=').map(|at| range.start + at);
        let name_end = equals.unwrap_or(range.end);
        let name = self.logical.text()[range.start..name_end].to_owned();
        (!name.is_empty()).then(|| ArgDeclaration {
            name,
            name_span: self.logical.span(range.start..name_end),
            default: equals.map(|at| self.word(at + 1..range.end)),
        })
    }

    fn pairs(&mut self, range: Range<usize>) -> (Vec<Word>, bool, Kind) {
        let words = self.quoted_words(range.clone());
        let text = self.logical.text();
        let wrap = |pairs: Vec<EnvPair>, keyword: &Keyword| {
            if *keyword == Keyword::Env {
                Kind::Env(pairs)
            } else {
                Kind::Label(pairs)
            }
        };
        let Some(first) = words.first() else {
            return (Vec::new(), false, Kind::Other);
        };
        let mut pairs = Vec::new();
        if text[first.clone()].contains('=') {
            for word in &words {
                let Some(equals) = text[word.clone()].find('=') else {
                    let message = format!(
                        "Syntax error - can't find = in {}. Must be of the form: name=value",
                        quote(&text[word.clone()])
                    );
                    self.problems
                        .push((message, self.logical.span(word.clone())));
                    continue;
                };
                pairs.push(EnvPair {
                    key: self.word(word.start..word.start + equals),
                    value: self.word(word.start + equals + 1..word.end),
                    legacy: false,
                    span: self.logical.span(word.clone()),
                });
            }
        } else {
            let whole = &text[range.clone()];
            let Some(key_end) = whole.find(is_blank) else {
                let message = format!("{} must have two arguments", self.keyword.as_str());
                self.problems.push((message, self.logical.span(range)));
                return (Vec::new(), false, Kind::Other);
            };
            let value = whole[key_end..].trim_start_matches(is_blank);
            let value = range.end - value.len()..range.end;
            let key = range.start..range.start + key_end;
            pairs.push(EnvPair {
                key: self.word(key),
                value: self.word(value),
                legacy: true,
                span: self.logical.span(range),
            });
        }
        let mut args = Vec::new();
        for pair in &pairs {
            args.push(pair.key.clone());
            args.push(pair.value.clone());
            let separator = if pair.legacy { "" } else { "=" };
            let at = Span::empty(pair.key.span.end);
            args.push(Word {
                raw: separator.to_owned(),
                span: at,
                parts: Vec::new(),
            });
        }
        let kind = wrap(pairs, self.keyword);
        (args, false, kind)
    }

    /// JSON words, or the text: as plain words in a `list`, in which BuildKit expands variables, or as one
    /// command, in which it does not.
    fn maybe_json(&mut self, range: Range<usize>, list: bool) -> (Vec<Word>, bool) {
        if range.is_empty() {
            return (Vec::new(), false);
        }
        match json::array(&self.logical.text()[range.clone()]) {
            Array::Strings(strings) => {
                let words = strings
                    .into_iter()
                    .map(|(place, text)| {
                        self.json_word(
                            range.start + place.start..range.start + place.end,
                            text,
                            list,
                        )
                    })
                    .collect();
                (words, true)
            }
            Array::NotStrings => {
                let message =
                    "when using JSON array syntax, arrays must be comprised of strings only";
                self.problems
                    .push((message.to_owned(), self.logical.span(range.clone())));
                (vec![parts::verbatim(self.logical, range)], false)
            }
            Array::No if list => (self.plain(range), false),
            Array::No => (vec![parts::verbatim(self.logical, range)], false),
        }
    }

    /// The pieces of a JSON string with escapes, each with its own bytes.
    fn escaped(&self, inside: Range<usize>, text: &str) -> Option<Vec<Part>> {
        let source = self.logical.text().get(inside.clone())?;
        let mut parts = Vec::new();
        let mut whole = String::new();
        for (range, piece) in json::pieces(source)? {
            whole.push_str(&piece);
            parts.push(Part::Literal {
                text: piece,
                span: self
                    .logical
                    .span(inside.start + range.start..inside.start + range.end),
                quoted: true,
            });
        }
        (whole == text).then_some(parts)
    }

    /// A JSON string; its span has the quotes, its text not.
    fn json_word(&self, place: Range<usize>, text: String, expand: bool) -> Word {
        let inside = place.start + 1..place.end.saturating_sub(1).max(place.start + 1);
        let span = self.logical.span(place);
        let unescaped = self.logical.text().get(inside.clone()) == Some(text.as_str());
        let parts = if !unescaped {
            self.escaped(inside, &text).unwrap_or_else(|| {
                vec![Part::Literal {
                    text: text.clone(),
                    span,
                    quoted: true,
                }]
            })
        } else if expand {
            self.word(inside).parts
        } else {
            let mut pieces = parts::Pieces::new(self.logical);
            pieces.quoted(inside);
            pieces.parts
        };
        Word {
            raw: text,
            span,
            parts,
        }
    }

    fn command(&mut self, range: Range<usize>) -> (Vec<Word>, bool, Kind) {
        let (words, json) = self.maybe_json(range.clone(), false);
        let run = if json {
            Run::Exec(words.clone())
        } else {
            Run::Shell(self.logical.slice(range))
        };
        let kind = match self.keyword {
            Keyword::Run => Kind::Run(run),
            Keyword::Cmd => Kind::Cmd(run),
            _ => Kind::Entrypoint(run),
        };
        (words, json, kind)
    }

    fn healthcheck(&mut self, range: Range<usize>) -> (Vec<Word>, bool, Kind) {
        let text = &self.logical.text()[range.clone()];
        if text.is_empty() {
            return (Vec::new(), false, Kind::Other);
        }
        let end = range.start + text.find(char::is_whitespace).unwrap_or(text.len());
        let mut words = vec![self.word(range.start..end)];
        let (rest, json) = self.maybe_json(trim(self.logical.text(), end..range.end), false);
        words.extend(rest);
        (words, json, Kind::Other)
    }

    fn onbuild(&mut self, range: Range<usize>, line: u32) -> (Vec<Word>, bool, Kind) {
        if range.is_empty() {
            return (Vec::new(), false, Kind::Other);
        }
        let text = &self.logical.text()[range.clone()];
        let keyword = text.split(is_blank).next().unwrap_or(text);
        // BuildKit refuses `ONBUILD ONBUILD`, so depth need not grow.
        let limit = if keyword.eq_ignore_ascii_case("onbuild") {
            range.start + keyword.len()
        } else {
            range.end
        };
        let range = range.start..limit;
        let (mut inner, problems) = instruction(self.logical, range.clone(), self.escape, line);
        inner.logical = self.logical.slice(range);
        self.problems.extend(problems);
        (Vec::new(), false, Kind::Onbuild(Box::new(inner)))
    }
}

/// The end of a flag word, quotes honoured.
fn flag_end(text: &str, mut at: usize, limit: usize, escape: char) -> usize {
    let mut quote: Option<char> = None;
    while let Some(c) = text[at..limit].chars().next() {
        if c == escape {
            at += 1;
            at += text[at..limit].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        match quote {
            None if is_space(c) => return at,
            None if c == '\'' || c == '"' => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
        at += c.len_utf8();
    }
    limit
}

fn from(words: &[Word], flags: &[Flag]) -> Kind {
    let platform = flags
        .iter()
        .find(|flag| flag.name == "platform")
        .and_then(|flag| flag.value.clone());
    let named = words.len() == 3 && words[1].raw.eq_ignore_ascii_case("as");
    match words.first() {
        Some(image) if words.len() == 1 || named => Kind::From(From {
            image: image.clone(),
            name: named.then(|| words[2].clone()),
            platform,
        }),
        _ => Kind::Other,
    }
}

fn copy(words: &[Word], flags: &[Flag], keyword: &Keyword) -> Kind {
    let Some((destination, sources)) = words
        .split_last()
        .filter(|(_, sources)| !sources.is_empty())
    else {
        return Kind::Other;
    };
    let from = flags
        .iter()
        .find(|flag| flag.name == "from")
        .and_then(|flag| flag.value.clone());
    let copy = Copy {
        sources: sources.to_vec(),
        destination: destination.clone(),
        from,
    };
    if *keyword == Keyword::Copy {
        Kind::Copy(copy)
    } else {
        Kind::Add(copy)
    }
}

/// Whether the instruction may open here-documents.
pub(super) fn can_contain_heredoc(instruction: &Instruction) -> bool {
    let target = match &instruction.kind {
        Kind::Onbuild(inner) => inner,
        _ => instruction,
    };
    matches!(target.keyword, Keyword::Run | Keyword::Copy | Keyword::Add) && !target.json
}

/// After the bodies are read: a RUN that is only `<<EOF` is the script in its body.
pub(super) fn attach_heredocs(instruction: &mut Instruction, shebang: bool) {
    if let Kind::Onbuild(inner) = &mut instruction.kind {
        inner.heredocs.clone_from(&instruction.heredocs);
        attach_heredocs(inner, shebang);
        return;
    }
    let Some(heredoc) = instruction
        .heredocs
        .first()
        .filter(|first| first.terminated)
    else {
        return;
    };
    let Kind::Run(Run::Shell(body)) = &instruction.kind else {
        return;
    };
    if !heredoc::is_opener(body.text()) {
        return;
    }
    let first = heredoc.body.text().lines().next().unwrap_or_default();
    let interpreter = first.strip_prefix("#!").filter(|_| shebang);
    let body = if interpreter.is_some() {
        heredoc.body.slice(first.len()..heredoc.body.text().len())
    } else {
        heredoc.body.clone()
    };
    let interpreter = interpreter.map(|line| line.trim().to_owned());
    instruction.kind = Kind::Run(Run::Script { interpreter, body });
}

/// Whether the last character is an escape that is not escaped itself.
fn ends_escaping(text: &str, escape: char) -> bool {
    (text.len() - text.trim_end_matches(escape).len()) % 2 == 1
}
