//! Which here-documents a line opens: BuildKit runs its own shell lexer over the joined line, so its quirks
//! decide, not the shell's grammar.

use std::ops::Range;

use source::Span;

use crate::model::Logical;

/// `${a:-${b:-…}}` is followed this deep; beyond it the line opens nothing.
const MAX_DEPTH: u32 = 64;

/// A here-document about to begin.
#[derive(Debug)]
pub(super) struct Opener {
    pub name: String,
    pub expand: bool,
    pub strip_tabs: bool,
    pub descriptor: u32,
    pub span: Span,
}

/// The openers on a line; none when the lexer gives up on it.
pub(super) fn openers(line: &Logical) -> Vec<Opener> {
    let Some(words) = words(line.text(), Mode::RAW) else {
        return Vec::new();
    };
    words
        .into_iter()
        .filter_map(|word| {
            let form = form(&word.text)?;
            Some(Opener {
                name: form.name,
                expand: form.expand,
                strip_tabs: form.strip_tabs,
                descriptor: form.descriptor,
                span: line.span(word.range),
            })
        })
        .collect()
}

/// Whether a whole argument is nothing but the opener of a here-document.
pub(super) fn is_opener(word: &str) -> bool {
    form(word).is_some()
}

struct Form {
    name: String,
    expand: bool,
    strip_tabs: bool,
    descriptor: u32,
}

/// `N<<-rest`, where rest holds no `<` and is one word.
fn form(word: &str) -> Option<Form> {
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = word[digits..].strip_prefix("<<")?;
    let (strip_tabs, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let rest = rest.trim_start_matches(is_go_space);
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let name = one_word(rest, Mode::PLAIN)?;
    let raw = one_word(rest, Mode::QUOTES)?;
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    Some(Form {
        expand: quotes(&name) == quotes(&raw),
        name,
        strip_tabs,
        descriptor: word[..digits].parse().unwrap_or(0),
    })
}

fn one_word(text: &str, mode: Mode) -> Option<String> {
    let mut words = words(text, mode)?;
    let word = words.pop()?;
    words.is_empty().then_some(word.text)
}

/// `\s` of Go's regular expressions.
fn is_go_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ')
}

/// What the lexer leaves in its words.
#[derive(Clone, Copy)]
struct Mode {
    quotes: bool,
    escapes: bool,
}

impl Mode {
    const RAW: Self = Self {
        quotes: true,
        escapes: true,
    };
    const QUOTES: Self = Self {
        quotes: true,
        escapes: false,
    };
    const PLAIN: Self = Self {
        quotes: false,
        escapes: false,
    };
}

struct LexWord {
    text: String,
    range: Range<usize>,
}

/// The words of `text` with every variable unset and kept; `None` where the lexer reports an error.
fn words(text: &str, mode: Mode) -> Option<Vec<LexWord>> {
    let mut lexer = Lexer {
        text,
        at: 0,
        mode,
        buffer: String::new(),
        start: 0,
    };
    let (_, words) = lexer.until(None, mode.escapes, 0)?;
    Some(words)
}

/// BuildKit's `shellWord`. One buffer serves all nested readings, as there: reading `${a:-b}` throws away the
/// part of the word before it.
struct Lexer<'a> {
    text: &'a str,
    at: usize,
    mode: Mode,
    buffer: String,
    start: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn put(&mut self, text: &str, at: usize) {
        if self.buffer.is_empty() {
            self.start = at;
        }
        self.buffer.push_str(text);
    }

    fn put_char(&mut self, c: char, at: usize) {
        self.put(c.encode_utf8(&mut [0; 4]), at);
    }

    fn flush(&mut self, words: &mut Vec<LexWord>, end: usize) {
        if !self.buffer.is_empty() {
            words.push(LexWord {
                text: std::mem::take(&mut self.buffer),
                range: self.start..end,
            });
        }
    }

    /// Reads up to `stop` or the end: the text with its expansions, and its words.
    fn until(
        &mut self,
        stop: Option<char>,
        escapes: bool,
        depth: u32,
    ) -> Option<(String, Vec<LexWord>)> {
        if depth > MAX_DEPTH {
            return None;
        }
        let outer = std::mem::replace(&mut self.mode.escapes, escapes);
        let mut result = String::new();
        let mut words = Vec::new();
        self.buffer.clear();
        while let Some(c) = self.peek() {
            let at = self.at;
            if stop == Some(c) {
                self.next();
                self.flush(&mut words, at);
                self.mode.escapes = outer;
                return Some((result, words));
            }
            match c {
                '$' => {
                    let text = self.dollar(depth)?;
                    // Blanks in an expansion separate words even here.
                    for c in text.chars() {
                        if c.is_whitespace() {
                            self.flush(&mut words, self.at);
                        } else {
                            self.put_char(c, at);
                        }
                    }
                    result.push_str(&text);
                }
                '\'' | '"' | '<' => {
                    let text = match c {
                        '\'' => self.single_quote()?,
                        '"' => self.double_quote(depth)?,
                        _ => self.less(),
                    };
                    self.put(&text, at);
                    result.push_str(&text);
                }
                '\\' => {
                    self.next();
                    if self.mode.escapes {
                        self.put_char('\\', at);
                        result.push('\\');
                    }
                    let Some(next) = self.next() else { break };
                    self.put_char(next, at);
                    result.push(next);
                }
                c => {
                    self.next();
                    if c.is_whitespace() {
                        self.flush(&mut words, at);
                    } else {
                        self.put_char(c, at);
                    }
                    result.push(c);
                }
            }
        }
        if stop.is_some() {
            return None;
        }
        self.flush(&mut words, self.at);
        self.mode.escapes = outer;
        Some((result, words))
    }

    fn single_quote(&mut self) -> Option<String> {
        let start = self.at;
        let length = memchr::memchr(b'\'', &self.text.as_bytes()[start + 1..])?;
        self.at = start + 1 + length + 1;
        let text = if self.mode.quotes {
            &self.text[start..self.at]
        } else {
            &self.text[start + 1..self.at - 1]
        };
        Some(text.to_owned())
    }

    fn double_quote(&mut self, depth: u32) -> Option<String> {
        let mut result = String::new();
        self.next();
        if self.mode.quotes {
            result.push('"');
        }
        loop {
            match self.peek()? {
                '"' => {
                    self.next();
                    if self.mode.quotes {
                        result.push('"');
                    }
                    return Some(result);
                }
                '$' => result.push_str(&self.dollar(depth)?),
                '\\' => {
                    self.next();
                    if self.mode.escapes {
                        result.push('\\');
                    }
                    match self.peek()? {
                        c @ ('"' | '$' | '\\') => {
                            self.next();
                            result.push(c);
                        }
                        _ => result.push('\\'),
                    }
                }
                c => {
                    self.next();
                    result.push(c);
                }
            }
        }
    }

    /// `<`, or `<<` with the blanks behind it.
    fn less(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        if self.peek() == Some('<') {
            self.at += 1;
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start_matches(['\t', '\r', '\n', ' ']).len();
        }
        self.text[start..self.at].to_owned()
    }

    /// `$NAME` or `${…}` as written; `None` for substitutions that BuildKit does not know.
    fn dollar(&mut self, depth: u32) -> Option<String> {
        self.next();
        if self.peek() != Some('{') {
            return Some(format!("${}", self.name()));
        }
        self.next();
        if matches!(self.peek()?, '{' | '}' | ':') {
            return None;
        }
        let name = self.name();
        let modifier = self.next()?;
        match modifier {
            '}' => Some(format!("${{{name}}}")),
            ':' => {
                let modifier = self.next()?;
                if matches!(modifier, '#' | '%') {
                    return None;
                }
                let (word, _) = self.until(Some('}'), false, depth + 1)?;
                Some(format!("${{{name}:{modifier}{word}}}"))
            }
            '+' | '-' | '?' | '#' | '%' => {
                let escapes = matches!(modifier, '#' | '%');
                let (word, _) = self.until(Some('}'), escapes, depth + 1)?;
                Some(format!("${{{name}{modifier}{word}}}"))
            }
            '/' => {
                if self.peek() == Some('/') {
                    self.next();
                }
                let (pattern, _) = self.until(Some('/'), true, depth + 1)?;
                let (with, _) = self.until(Some('}'), true, depth + 1)?;
                Some(format!("${{{name}/{pattern}/{with}}}"))
            }
            _ => None,
        }
    }

    fn name(&mut self) -> String {
        let rest = &self.text[self.at..];
        let length = crate::parts::docker_name_length(rest);
        self.at += length;
        rest[..length].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<String> {
        openers(&Logical::contiguous(line, 0))
            .into_iter()
            .map(|opener| opener.name)
            .collect()
    }

    #[test]
    fn openers_stand_anywhere_on_the_line() {
        assert_eq!(names("RUN <<EOF"), ["EOF"]);
        assert_eq!(
            names("RUN cat <<A <<B && python - <<'PY'"),
            ["A", "B", "PY"]
        );
        assert_eq!(names("RUN cat << EOF"), ["EOF"]);
        assert_eq!(names("RUN 3<<EOF cat"), ["EOF"]);
        assert_eq!(names("COPY <<a.txt <<b.txt /x/"), ["a.txt", "b.txt"]);
    }

    #[test]
    fn a_name_goes_on_to_the_next_blank() {
        assert_eq!(names("RUN cat <<EOF>f"), ["EOF>f"]);
        assert_eq!(names("RUN cat <<EOF; ls"), ["EOF;"]);
        assert_eq!(names("RUN echo $((1 << 3))"), ["3))"]);
    }

    #[test]
    fn no_opener() {
        assert!(names("RUN cat <<<word").is_empty());
        assert!(names("RUN cat a<<EOF").is_empty());
        assert!(names("RUN cat <<- EOF").is_empty());
        assert!(names("RUN cat <<\"\"").is_empty());
        assert!(names("RUN echo '<<EOF'").is_empty());
    }

    #[test]
    fn a_line_that_the_lexer_refuses_opens_nothing() {
        assert!(names("RUN echo it's <<EOF").is_empty());
        assert!(names("RUN echo \"open <<EOF").is_empty());
        assert!(names("RUN echo ${a@Q} <<EOF").is_empty());
        assert!(names("RUN echo ${a^^} <<EOF").is_empty());
        assert!(names("RUN echo ${a/b} <<EOF").is_empty());
        assert!(names("RUN echo ${#a} <<EOF").is_empty());
        assert!(names("RUN echo ${} <<EOF").is_empty());
    }

    #[test]
    fn a_line_that_the_lexer_takes() {
        assert_eq!(names("RUN echo ${a:0:3} <<EOF"), ["EOF"]);
        assert_eq!(names("RUN echo ${a//b/c} <<EOF"), ["EOF"]);
        assert_eq!(names("RUN echo ${a%%:*} $(x) <<EOF"), ["EOF"]);
        assert_eq!(names("RUN echo it\\'s <<EOF"), ["EOF"]);
    }

    #[test]
    fn quotes_and_dashes() {
        let line = Logical::contiguous("RUN <<-'A B' 12<<\"C\" <<D", 0);
        let found = openers(&line);
        assert_eq!(
            found
                .iter()
                .map(|o| (o.name.as_str(), o.expand, o.strip_tabs, o.descriptor))
                .collect::<Vec<_>>(),
            [
                ("A B", false, true, 0),
                ("C", false, false, 12),
                ("D", true, false, 0)
            ]
        );
        assert_eq!(found[0].span, Span::new(4, 12));
        assert_eq!(found[1].span, Span::new(13, 20));
    }

    #[test]
    fn depth_is_bounded() {
        let line = format!("RUN {} <<EOF", "${a:-".repeat(50_000));
        assert!(names(&line).is_empty());
    }
}
