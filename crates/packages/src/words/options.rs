//! Command lines taken apart by the option tables of the programs that read them.

use source::{Location, Span};

use crate::text::{HOLE, Text};

/// One option of a program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spec {
    /// All spellings with their dashes; the first is the name that [`Line`] answers to.
    pub names: &'static [&'static str],
    /// Whether a value follows.
    pub takes: Takes,
}

/// What follows an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Nothing.
    Nothing,
    /// A value: `--name=V`, `--name V`, `-nV`, `-n V`.
    Value,
    /// A value only when it is attached: `--name=V`, `-nV`.
    Attached,
}

/// An option without value.
pub(crate) const fn flag(names: &'static [&'static str]) -> Spec {
    Spec {
        names,
        takes: Takes::Nothing,
    }
}

/// An option with a value.
pub(crate) const fn value(names: &'static [&'static str]) -> Spec {
    Spec {
        names,
        takes: Takes::Value,
    }
}

/// An option whose value can only be attached.
pub(crate) const fn attached(names: &'static [&'static str]) -> Spec {
    Spec {
        names,
        takes: Takes::Attached,
    }
}

/// The options of one program or subcommand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grammar {
    /// Tables that hold together: a subcommand's own and the program's.
    pub tables: &'static [&'static [Spec]],
    /// Unique beginnings of long options count (Python's optparse and argparse).
    pub prefixes: bool,
}

impl Grammar {
    fn exact(&self, name: &str) -> Option<&'static Spec> {
        self.tables
            .iter()
            .flat_map(|table| table.iter())
            .find(|spec| spec.names.contains(&name))
    }

    fn long(&self, name: &str) -> Option<&'static Spec> {
        let exact = self.exact(name);
        if exact.is_some() || !self.prefixes || name.len() < 3 {
            return exact;
        }
        let mut fitting = self
            .tables
            .iter()
            .flat_map(|table| table.iter())
            .filter(|spec| spec.names.iter().any(|full| full.starts_with(name)));
        let first = fitting.next()?;
        fitting
            .all(|other| other.names[0] == first.names[0])
            .then_some(first)
    }

    fn short(&self, letter: char) -> Option<&'static Spec> {
        let mut name = String::from("-");
        name.push(letter);
        self.exact(&name)
    }
}

/// An option that was given.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// The first spelling of its [`Spec`].
    pub name: &'static str,
    /// Its value, for options that take one.
    pub value: Option<Text>,
}

/// A command line after its options were recognised. Options that no table knows are taken for flags.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// In the order given.
    pub options: Vec<Given>,
    /// Words that are no options.
    pub operands: Vec<Text>,
    /// A whole word is unknown: it may be options as well as operands.
    pub unknown: bool,
    /// An address stands behind an option that no table knows: it may be its value as well as an operand.
    pub has_unclear_address: bool,
    /// The last option lacks its value: the program stops there with an error.
    pub unfinished: bool,
}

impl Line {
    /// Whether the option was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.options.iter().any(|option| option.name == name)
    }

    /// The values of all occurrences in order.
    pub(crate) fn all<'l>(&'l self, name: &'l str) -> impl Iterator<Item = &'l Text> {
        self.options
            .iter()
            .filter(move |option| option.name == name)
            .filter_map(|option| option.value.as_ref())
    }

    /// The value of the last occurrence.
    pub(crate) fn last(&self, name: &str) -> Option<&Text> {
        self.options
            .iter()
            .rev()
            .find(|option| option.name == name)
            .and_then(|option| option.value.as_ref())
    }

    /// Whether it may say more than its options and operands do, or something else.
    pub(crate) fn is_unclear(&self) -> bool {
        self.unknown || self.has_unclear_address
    }

    /// Takes over what a later part of the command line gives.
    pub(crate) fn append(&mut self, mut later: Self) {
        self.options.append(&mut later.options);
        self.operands.append(&mut later.operands);
        self.unknown |= later.unknown;
        self.has_unclear_address |= later.has_unclear_address;
        self.unfinished |= later.unfinished;
    }
}

/// Options and operands in any order.
pub(crate) fn parse(words: &[Text], grammar: &Grammar) -> Line {
    scan(words, grammar, false).0
}

/// Options up to the first operand, and the index of that operand.
pub(crate) fn parse_head(words: &[Text], grammar: &Grammar) -> (Line, usize) {
    scan(words, grammar, true)
}

/// A program with subcommands: the options before it, and the words from it on.
pub(crate) fn subcommand<'w>(
    words: &'w [Text],
    grammar: &Grammar,
) -> Option<(Line, &'w Text, &'w [Text])> {
    let (line, at) = parse_head(words, grammar);
    let word = words.get(at)?;
    Some((line, word, &words[at + 1..]))
}

fn scan(words: &[Text], grammar: &Grammar, head: bool) -> (Line, usize) {
    let mut line = Line::default();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let text = word.as_str();
        if text == "--" {
            if head {
                return (line, at + 1);
            }
            line.operands.extend(words[at + 1..].iter().cloned());
            return (line, words.len());
        }
        if !text.starts_with('-') || text == "-" {
            if head {
                return (line, at);
            }
            line.unknown |= is_unknown(word);
            line.operands.push(word.clone());
            at += 1;
            continue;
        }
        let wants_next = if text.starts_with("--") {
            long(word, grammar, &mut line)
        } else {
            cluster(word, grammar, &mut line)
        };
        at += 1;
        if is_foreign(word, grammar) && words.get(at).is_some_and(is_address) {
            line.has_unclear_address = true;
        }
        if let Some(name) = wants_next {
            let value = words.get(at).cloned();
            line.unfinished |= value.is_none();
            line.options.push(Given { name, value });
            at += 1;
        }
    }
    (line, at.min(words.len()))
}

/// Whether a word is an option that no table knows and that lacks a value of its own.
fn is_foreign(word: &Text, grammar: &Grammar) -> bool {
    let text = word.as_str();
    text.starts_with("--") && !text.contains('=') && grammar.long(text).is_none()
}

fn is_address(word: &Text) -> bool {
    word.as_str().contains("://")
}

/// Whether nothing of the word is known, so that it may even be an option.
pub(crate) fn is_unknown(word: &Text) -> bool {
    let text = word.as_str();
    !text.is_empty() && text.chars().all(|c| c == HOLE)
}

/// Returns the option whose value is the next word.
fn long(word: &Text, grammar: &Grammar, line: &mut Line) -> Option<&'static str> {
    let text = word.as_str();
    let equals = text.find('=');
    let spec = grammar.long(&text[..equals.unwrap_or(text.len())])?;
    let name = spec.names[0];
    match (spec.takes, equals) {
        (Takes::Value, None) => Some(name),
        (Takes::Value | Takes::Attached, Some(equals)) => {
            line.options.push(Given {
                name,
                value: Some(word.slice(equals + 1..text.len())),
            });
            None
        }
        _ => {
            line.options.push(Given { name, value: None });
            None
        }
    }
}

/// `-qU`, `-iURL`, `-yqq`. Returns the option whose value is the next word.
fn cluster(word: &Text, grammar: &Grammar, line: &mut Line) -> Option<&'static str> {
    let text = word.as_str();
    for (at, letter) in text.char_indices().skip(1) {
        let Some(spec) = grammar.short(letter) else {
            continue;
        };
        let name = spec.names[0];
        if spec.takes == Takes::Nothing {
            line.options.push(Given { name, value: None });
            continue;
        }
        let mut rest = at + letter.len_utf8();
        if text[rest..].starts_with('=') {
            rest += 1;
        }
        if rest < text.len() {
            line.options.push(Given {
                name,
                value: Some(word.slice(rest..text.len())),
            });
            return None;
        }
        if spec.takes == Takes::Value {
            return Some(name);
        }
        line.options.push(Given { name, value: None });
    }
    None
}

/// Splits at blanks as Python's `shlex` does: quotes and backslashes group.
pub(crate) fn shell_words(text: &Text) -> Vec<Text> {
    let whole = text.as_str();
    let mut words = Vec::new();
    let mut word: Option<(usize, Vec<(usize, usize)>)> = None;
    let mut quote: Option<char> = None;
    let mut chars = whole.char_indices();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        match quote {
            None if c.is_whitespace() => {
                words.extend(
                    word.take()
                        .map(|(start, parts)| join(text, start, at, &parts)),
                );
            }
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_with(|| (at, Vec::new()));
            }
            Some(open) if c == open => quote = None,
            None | Some('"') if c == '\\' => {
                let (_, parts) = word.get_or_insert_with(|| (at, Vec::new()));
                if let Some((next, c)) = chars.next() {
                    parts.push((next, next + c.len_utf8()));
                }
            }
            _ => {
                let (_, parts) = word.get_or_insert_with(|| (at, Vec::new()));
                match parts.last_mut() {
                    Some(last) if last.1 == at => last.1 = end,
                    _ => parts.push((at, end)),
                }
            }
        }
    }
    words.extend(word.map(|(start, parts)| join(text, start, whole.len(), &parts)));
    words
}

fn join(text: &Text, start: usize, end: usize, parts: &[(usize, usize)]) -> Text {
    if let [(from, to)] = *parts {
        return text.slice(from..to);
    }
    let mut word = Text::empty(text.locate(start..end));
    for &(from, to) in parts {
        word.push_text(text, from..to, None);
    }
    word
}

/// Splits at blanks.
pub(crate) fn blank_separated(text: &Text) -> Vec<Text> {
    separated(text, char::is_whitespace)
}

/// Splits at a separator; empty pieces are left out, the others trimmed.
pub(crate) fn separated(text: &Text, separator: impl Fn(char) -> bool) -> Vec<Text> {
    let whole = text.as_str();
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, c) in whole
        .char_indices()
        .chain(std::iter::once((whole.len(), '\0')))
    {
        if at == whole.len() || separator(c) {
            let range = trim(whole, start..at);
            if !range.is_empty() {
                pieces.push(text.slice(range));
            }
            start = at + c.len_utf8();
        }
    }
    pieces
}

/// The range without blanks at its ends.
pub(crate) fn trim(text: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + part.len() - part.trim_start().len();
    let end = start + part.trim().len();
    start..end
}

/// The empty place behind a word.
pub(crate) fn after(word: &Text) -> Location {
    let at = word.at();
    Location::new(at.file, Span::empty(at.span.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{text, words};

    const GRAMMAR: Grammar = Grammar {
        tables: &[&[
            value(&["--index-url", "-i", "--pypi-url"]),
            value(&["--extra-index-url"]),
            flag(&["--quiet", "-q"]),
            flag(&["--upgrade", "-U"]),
            attached(&["--jobs", "-j"]),
        ]],
        prefixes: true,
    };

    fn show(line: &str) -> String {
        let line = parse(&words(line), &GRAMMAR);
        let options = line.options.iter().map(|option| match &option.value {
            Some(value) => format!("{}={}", option.name, value.as_str()),
            None => option.name.to_owned(),
        });
        let operands = line
            .operands
            .iter()
            .map(|operand| operand.as_str().to_owned());
        options.chain(operands).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn options_are_read_in_every_spelling() {
        for (given, read) in [
            ("-qU torch", "--quiet --upgrade torch"),
            ("-iX torch", "--index-url=X torch"),
            ("torch -qi X", "--quiet --index-url=X torch"),
            ("--index-url=X --index-url Y", "--index-url=X --index-url=Y"),
            ("--index X --ext Y", "--index-url=X --extra-index-url=Y"),
            ("--pypi X", "--index-url=X"),
            ("-j4 -j torch", "--jobs=4 --jobs torch"),
            ("-- -q torch", "-q torch"),
            ("--unheard-of -zq torch", "--quiet torch"),
            ("-i", "--index-url"),
        ] {
            assert_eq!(show(given), read, "{given}");
        }
    }

    #[test]
    fn quoted_words_of_a_file_are_joined() {
        let split = shell_words(&text(r#"--a "b c" d\ e 'f'g "#));
        let split: Vec<&str> = split.iter().map(Text::as_str).collect();
        assert_eq!(split, ["--a", "b c", "d e", "fg"]);
    }
}
