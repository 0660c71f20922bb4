//! What is kept of JSON whose text findings point into: an allow-list, with stand-ins for the rest.

use super::keep::without_credentials;

/// Nothing deeper is wanted by anybody.
const DEPTH: usize = 8;

/// The text of a JSON file with stand-ins for what nobody reads. `wanted` says of a path of keys whether its last key is
/// kept (`true`) or its value (`false`); elements of a list have the path of the list.
///
/// Every byte keeps its place but for those of a text with escapes, which are written plainly; texts stay texts and numbers
/// numbers, and what is no JSON stays none for the same reason. Comments lose their words.
#[must_use]
pub fn json(bytes: &[u8], wanted: &dyn Fn(&[&str], bool) -> bool) -> Vec<u8> {
    let mut masker = Masker {
        text: bytes,
        kept: bytes.to_vec(),
        open: Vec::new(),
        key: None,
        wanted,
    };
    let mut at = 0;
    while at < bytes.len() {
        at = masker.token(at);
    }
    without_credentials(&masker.kept)
}

struct Masker<'t> {
    text: &'t [u8],
    kept: Vec<u8>,
    /// The keys that lead to each open object or list; a list in a list has none.
    open: Vec<Option<String>>,
    /// The key whose value comes next.
    key: Option<String>,
    wanted: &'t dyn Fn(&[&str], bool) -> bool,
}

impl Masker<'_> {
    /// Takes the token at a place, and gives the place behind it.
    fn token(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        match rest[0] {
            b'{' | b'[' => {
                self.open.push(self.key.take());
                at + 1
            }
            b'}' | b']' => {
                self.open.pop();
                self.key = None;
                at + 1
            }
            b',' => {
                self.key = None;
                at + 1
            }
            b'#' => self.comment(at, 1, b"\n"),
            b'/' if rest.starts_with(b"//") => self.comment(at, 2, b"\n"),
            b'/' if rest.starts_with(b"/*") => self.comment(at, 2, b"*/"),
            quote @ (b'"' | b'\'') => self.text(at, quote),
            byte if is_of_word(byte) => self.word(at),
            _ => at + 1,
        }
    }

    fn comment(&mut self, at: usize, start: usize, end: &[u8]) -> usize {
        let from = at + start;
        let rest = &self.text[from..];
        let length = rest.windows(end.len()).position(|bytes| bytes == end);
        let to = from + length.unwrap_or(rest.len());
        for byte in &mut self.kept[from..to] {
            if !byte.is_ascii_whitespace() {
                *byte = b'.';
            }
        }
        to + if end == b"*/" && length.is_some() {
            2
        } else {
            0
        }
    }

    fn text(&mut self, at: usize, quote: u8) -> usize {
        let mut end = at + 1;
        while let Some(byte) = self.text.get(end) {
            match byte {
                b'\n' => break,
                b'\\' if quote == b'"' => end += 2,
                byte if *byte == quote => break,
                _ => end += 1,
            }
        }
        let end = end.min(self.text.len());
        let closed = self.text.get(end) == Some(&quote);
        let whole = self.text.get(at..=end).unwrap_or_default();
        let written = String::from_utf8_lossy(&self.text[at + 1..end]).into_owned();
        let read = match quote {
            b'"' => serde_json::from_slice::<String>(whole).ok(),
            _ => Some(written.clone()),
        };
        let sound = read.is_some();
        let content = read.unwrap_or_default();
        let keep = closed && sound && self.is_kept(&content, end + 1);
        if keep && quote == b'"' && !content.contains(char::is_control) {
            self.unescape(at, end, &content);
        } else if !keep || quote == b'"' {
            let masked = &mut self.kept[at + 1..end];
            for byte in masked.iter_mut() {
                if *byte != b'\n' {
                    *byte = b'*';
                }
            }
            // What is wrong with a text stays wrong.
            if closed && !sound {
                match masked {
                    [only] => *only = 1,
                    [first, ..] => *first = b'\\',
                    [] => {}
                }
            }
        }
        end + usize::from(closed)
    }

    /// Writes a text between two quotes with no more escapes than it needs, so that its words can be read. Blanks behind
    /// it keep the places of what follows.
    fn unescape(&mut self, at: usize, end: usize, content: &str) {
        if !self.text[at..end].contains(&b'\\') {
            return;
        }
        let written = serde_json::to_vec(content).unwrap_or_default();
        let room = &mut self.kept[at..=end];
        if let Some((text, behind)) = room.split_at_mut_checked(written.len()) {
            text.copy_from_slice(&written);
            behind.fill(b' ');
        }
    }

    fn word(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let length = rest.iter().position(|byte| !is_of_word(*byte));
        let end = at + length.unwrap_or(rest.len());
        let word = String::from_utf8_lossy(&self.text[at..end]).into_owned();
        if self.is_kept(&word, end) {
            return end;
        }
        let masked = &mut self.kept[at..end];
        if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            let is_number = serde_json::from_str::<serde_json::Number>(&word).is_ok();
            masked.fill(if is_number { b'0' } else { b'x' });
            if let Some(first) = masked.first_mut() {
                *first = b'1';
            }
            // A digit alone would be a number.
            if let ([only], false) = (masked, is_number) {
                *only = b'-';
            }
        } else {
            masked.fill(b'x');
        }
        end
    }

    /// Whether a text or word is kept; a key is remembered for its value.
    fn is_kept(&mut self, content: &str, end: usize) -> bool {
        let mut behind = self.text.get(end..).unwrap_or_default().iter();
        let is_key = behind.find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
        if is_key {
            self.key = Some(content.to_owned());
        }
        // A truth value in quotes is a mistake that people make.
        let says_nothing = ["true", "false", "null"]
            .iter()
            .any(|known| content.eq_ignore_ascii_case(known));
        if self.open.len() > DEPTH {
            return says_nothing;
        }
        let path: Vec<&str> = self
            .open
            .iter()
            .chain([&self.key])
            .flatten()
            .map(String::as_str)
            .collect();
        says_nothing || (self.wanted)(&path, is_key)
    }
}

/// What a word or a number is made of, and what else would begin a value that nobody reads.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-._@\\$%&=;!?|<>~^()`".contains(&byte) || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> String {
        let wanted = |path: &[&str], is_key| {
            is_key && path.len() <= 2
                || matches!(path, ["runtimes", _, "path"] | ["default-runtime"])
        };
        let kept = json(text.as_bytes(), &wanted);
        assert_eq!(kept.len(), text.len());
        assert_eq!(json(&kept, &wanted), kept, "keeping twice");
        String::from_utf8(kept).unwrap()
    }

    #[test]
    fn only_what_is_wanted_keeps_its_value() {
        let text = r#"{"runtimes": {"nvidia": {"path": "/usr/bin/n", "args": ["a", 12], "x": {"secret": "b"}}},
 "default-runtime": "nvidia", "mtu": 1400, "debug": true, "bip": "10.1.2.3", "dns": ["10.9.9.9"]}"#;
        let expected = r#"{"runtimes": {"nvidia": {"path": "/usr/bin/n", "****": ["*", 10], "*": {"******": "*"}}},
 "default-runtime": "nvidia", "mtu": 1000, "debug": true, "bip": "********", "dns": ["********"]}"#;
        assert_eq!(kept(text), expected);
    }

    #[test]
    fn escapes_hide_no_word_of_a_text_and_no_key() {
        for (text, expected) in [
            (
                r#"{"default-runtime": "\u006evidia", "bip": "\u006e"}"#,
                r#"{"default-runtime": "nvidia"     , "bip": "******"}"#,
            ),
            (
                r#"{"runtimes": {"n": {"path": "\/usr\/bin\/n", "\u0070ath": "a\"b\\"}}}"#,
                r#"{"runtimes": {"n": {"path": "/usr/bin/n"   , "path"     : "a\"b\\"}}}"#,
            ),
            (
                r#"{"default-runtime": "n\ns3cret"}"#,
                r#"{"default-runtime": "*********"}"#,
            ),
        ] {
            assert_eq!(kept(text), expected);
        }
    }

    #[test]
    fn broken_json_says_nothing_of_its_own() {
        for (text, expected) in [
            ("{} // ask ann", "{} // ... ..."),
            ("{} # ask ann", "{} # ... ..."),
            ("/* ann\n's */ {}", "/* ...\n.. */ {}"),
            ("{'bip': 's3cret'}", "{'bip': '******'}"),
            ("{\"bip\": s3cret, ann@box}", "{\"bip\": xxxxxx, xxxxxxx}"),
            ("{\"bip\": \"s3cret\n}", "{\"bip\": \"******\n}"),
            ("{\"bip\": \"s3\\q\"}", "{\"bip\": \"\\***\"}"),
            ("{\"mtu\": 01s3cret}", "{\"mtu\": 1xxxxxxx}"),
            ("{\"bip\" \"s3cret\"}", "{\"***\" \"******\"}"),
        ] {
            assert_eq!(kept(text), expected, "{text}");
        }
        for text in ["\"", "\"\\", "'", "/*", "#", "", "]]", "{\"a\":", "1"] {
            kept(text);
        }
    }
}
