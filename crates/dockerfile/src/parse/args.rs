//! Keyword, flags and arguments of one joined line.

use std::ops::Range;

use source::Span;

use super::json::{self, Array};
use crate::model::{
    ArgDeclaration, Copy, EnvPair, Flag, From, Instruction, Keyword, Kind, Logical, Run,
};
use crate::parts::{self, Language};
use crate::word::{Part, Word};

/// Syntax errors of one instruction.
type Problems = Vec<(String, Span)>;

/// `[\t\v\f\r ]+`: what separates a keyword and plain arguments.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ')
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
        parts::word(self.logical, range, Language::Dockerfile(self.escape))
    }

    /// `--name=value` words at the start, and where the arguments begin.
    fn flags(&self, range: Range<usize>) -> (Vec<Flag>, usize) {
        let text = self.logical.text();
        let mut found = Vec::new();
        let mut at = range.start;
        loop {
            at += text[at..range.end].len() - text[at..range.end].trim_start().len();
            if !text[at..range.end].starts_with("--") {
                return (found, at);
            }
            let end = flag_end(text, at, range.end);
            if &text[at..end] == "--" {
                return (found, end);
            }
            let (name_end, value) = match text[at..end].find('=') {
                Some(equals) => (at + equals, Some(self.word(at + equals + 1..end))),
                None => (end, None),
            };
            let name = text[at + 2..name_end].to_owned();
            found.push(Flag {
                name,
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
                    continue;
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
            found.push(range.start + from..range.end);
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
        if !text[first.clone()].contains('=') {
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
        } else {
            for word in &words {
                let Some(equals) = text[word.clone()].find('=') else {
                    let message = format!(
                        "Syntax error - can't find = in {:?}. Must be of the form: name=value",
                        &text[word.clone()]
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

    /// JSON words, or the text as one word, or as plain words.
    fn maybe_json(&mut self, range: Range<usize>, list: bool) -> (Vec<Word>, bool) {
        if range.is_empty() {
            return (Vec::new(), false);
        }
        match json::array(&self.logical.text()[range.clone()]) {
            Array::Strings(strings) => {
                let words = strings
                    .into_iter()
                    .map(|(place, text)| {
                        self.json_word(range.start + place.start..range.start + place.end, text)
                    })
                    .collect();
                (words, true)
            }
            Array::NotStrings => {
                let message =
                    "when using JSON array syntax, arrays must be comprised of strings only";
                self.problems
                    .push((message.to_owned(), self.logical.span(range.clone())));
                (vec![self.word(range)], false)
            }
            Array::No if list => (self.plain(range), false),
            Array::No => (vec![self.word(range)], false),
        }
    }

    /// A JSON string: COPY and ADD still expand variables in it.
    fn json_word(&self, place: Range<usize>, text: String) -> Word {
        let inside = place.start + 1..place.end.saturating_sub(1).max(place.start + 1);
        let span = self.logical.span(place);
        if self.logical.text().get(inside.clone()) == Some(text.as_str()) {
            let mut word = self.word(inside);
            word.span = span;
            word.raw = text;
            return word;
        }
        let parts = vec![Part::Literal {
            text: text.clone(),
            span,
            quoted: true,
        }];
        Word {
            raw: text,
            span,
            parts,
        }
    }

    fn command(&mut self, range: Range<usize>) -> (Vec<Word>, bool, Kind) {
        let (words, json) = self.maybe_json(range.clone(), false);
        let run = if json {
            Run::Exec(words.iter().map(literal_word).collect())
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
        // One level only: BuildKit refuses `ONBUILD ONBUILD`, so depth cannot grow.
        if self.logical.text()[range.clone()]
            .get(..7)
            .is_some_and(|word| word.eq_ignore_ascii_case("onbuild"))
        {
            return (vec![self.word(range)], false, Kind::Other);
        }
        let (mut inner, problems) = instruction(self.logical, range.clone(), self.escape, line);
        inner.logical = self.logical.slice(range);
        self.problems.extend(problems);
        (Vec::new(), false, Kind::Onbuild(Box::new(inner)))
    }
}

/// RUN, CMD and ENTRYPOINT in JSON form run without a shell: nothing is expanded.
fn literal_word(word: &Word) -> Word {
    let span = word.span;
    let inner = Span::new(
        span.start + 1,
        span.end.saturating_sub(1).max(span.start + 1),
    );
    let exact = inner.len() as usize == word.raw.len();
    let span_of_text = if exact { inner } else { span };
    Word {
        raw: word.raw.clone(),
        span,
        parts: vec![Part::Literal {
            text: word.raw.clone(),
            span: span_of_text,
            quoted: true,
        }],
    }
}

/// The end of a flag word, quotes honoured.
fn flag_end(text: &str, mut at: usize, limit: usize) -> usize {
    let mut quote: Option<char> = None;
    while let Some(c) = text[at..limit].chars().next() {
        if c == '\\' {
            at += 1;
            at += text[at..limit].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        match quote {
            None if c.is_whitespace() => return at,
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

/// The text in which BuildKit looks for here-documents.
pub(super) fn heredoc_text(instruction: &Instruction) -> &Logical {
    &instruction.logical
}

/// After the bodies are read: a RUN that is only `<<EOF` is the script in its body.
pub(super) fn attach_heredocs(instruction: &mut Instruction) {
    let heredocs = instruction.heredocs.clone();
    if let Kind::Onbuild(inner) = &mut instruction.kind {
        inner.heredocs = heredocs;
        attach_heredocs(inner);
        return;
    }
    let [heredoc] = instruction.heredocs.as_slice() else {
        return;
    };
    let Kind::Run(Run::Shell(body)) = &instruction.kind else {
        return;
    };
    let whole = body.span(0..body.text().len());
    if whole != heredoc.opener {
        return;
    }
    let first = heredoc.body.text().lines().next().unwrap_or_default();
    let interpreter = first.strip_prefix("#!").map(|line| line.trim().to_owned());
    let body = if interpreter.is_some() {
        heredoc.body.slice(first.len()..heredoc.body.text().len())
    } else {
        heredoc.body.clone()
    };
    instruction.kind = Kind::Run(Run::Script { interpreter, body });
}
