//! What identifies a finding from one run to the next, although lines above it come and go.

use std::collections::HashMap;

use source::{Diagnostic, SourceFile, Sources, Span, mask};

/// Longer lines are told apart by this many characters.
const MAX_LINE: usize = 4_000;

/// Gives the findings of a run their fingerprints, one after the other.
#[derive(Default)]
pub struct Fingerprints {
    seen: HashMap<u128, u32>,
}

impl Fingerprints {
    /// 32 hexadecimal digits, different for every finding of a run. They follow from the rule, the file's name, the
    /// text that is wrong and its line without the spaces around words, and from how many findings before are equal
    /// in all of this; not from the message, which may name versions that the tables learn.
    pub fn next(&mut self, sources: &Sources, diagnostic: &Diagnostic) -> String {
        let name = sources.get(diagnostic.primary.location.file).name();
        let service = diagnostic.context.service.as_deref().unwrap_or_default();
        let mut hash = Hash::of(name, service, sources, diagnostic);
        let count = self.seen.entry(hash.0).or_default();
        hash.part(&count.to_string());
        *count += 1;
        format!("{:032x}", hash.0)
    }
}

/// Gives the findings of one input, in order, fingerprints of their places: two findings of a rule at one place, as
/// when two services build a stage, have the same.
#[derive(Default)]
pub(crate) struct Places {
    /// How many places there were, and the last one.
    seen: HashMap<u128, (u32, Span)>,
}

impl Places {
    /// 32 hexadecimal digits. They follow from what [`Fingerprints`] follow from, but for the service; `name` stands
    /// for the file.
    pub(crate) fn next(
        &mut self,
        name: &str,
        sources: &Sources,
        diagnostic: &Diagnostic,
    ) -> String {
        let span = diagnostic.primary.location.span;
        let mut hash = Hash::of(name, "", sources, diagnostic);
        let (count, last) = self.seen.entry(hash.0).or_insert((0, span));
        if *last != span {
            *count += 1;
            *last = span;
        }
        hash.part(&count.to_string());
        format!("{:032x}", hash.0)
    }
}

/// The line that holds the byte at `offset`.
fn line(file: &SourceFile, offset: usize) -> &str {
    if file.text().is_char_boundary(offset) {
        &file.text()[file.line(offset)]
    } else {
        ""
    }
}

fn cut(text: &str) -> &str {
    let end = text.char_indices().nth(MAX_LINE);
    end.map_or(text, |(end, _)| &text[..end])
}

/// FNV-1a with 128 bits: the same on every system and in every version, and short.
struct Hash(u128);

impl Hash {
    const fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    /// Of everything but the order of findings.
    fn of(name: &str, service: &str, sources: &Sources, diagnostic: &Diagnostic) -> Self {
        let at = diagnostic.primary.location;
        let file = sources.get(at.file);
        // Nothing secret becomes part of a baseline, not even as its hash.
        let private = sources.is_private(at.file);
        let shown = |text| {
            if private {
                mask::values(text)
            } else {
                mask::shown(text)
            }
        };
        let mut hash = Self::new();
        hash.part(diagnostic.rule);
        // The same file must not look like another one on another system.
        hash.part(&name.replace('\\', "/"));
        hash.part(service);
        hash.part(&shown(cut(file.slice(at.span))));
        for word in shown(cut(line(file, at.span.start as usize))).split_whitespace() {
            hash.part(word);
        }
        hash
    }

    fn part(&mut self, text: &str) {
        // No text has the byte 255, which keeps parts apart.
        for byte in text.bytes().chain([0xff]) {
            self.0 ^= u128::from(byte);
            self.0 = self
                .0
                .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use source::{Location, Severity};

    use super::*;

    fn of(name: &str, text: &str, words: &[&str]) -> Vec<String> {
        let mut sources = Sources::new();
        let file = sources.add(Arc::new(SourceFile::new(name, text)));
        let mut fingerprints = Fingerprints::default();
        let mut from = 0;
        let mut all = Vec::new();
        for word in words {
            let start = from + text[from..].find(word).unwrap();
            from = start + word.len();
            let at = Location::new(file, Span::from_usize(start..from));
            let finding = Diagnostic::new("some-rule", Severity::Error, "wrong", at);
            all.push(fingerprints.next(&sources, &finding));
        }
        all
    }

    #[test]
    fn a_finding_keeps_its_fingerprint_when_its_line_moves() {
        let before = of("a", "RUN pip install torch\n", &["torch"]);
        let after = of("a", "# new\n\n  RUN  pip install torch\r\n", &["torch"]);
        assert_eq!(before, after);
    }

    #[test]
    fn other_findings_have_other_fingerprints() {
        let same_text = of("a", "RUN torch\nRUN torch\n", &["torch", "torch"]);
        assert_ne!(same_text[0], same_text[1]);
        let one = of("a", "RUN torch\n", &["torch"]);
        assert_ne!(one, of("b", "RUN torch\n", &["torch"]));
        assert_ne!(one, of("a", "RUN torch x\n", &["torch"]));
        assert_ne!(one, of("a", "RUN torch\n", &["RUN"]));
    }

    #[test]
    fn fingerprints_are_the_same_in_every_version() {
        assert_eq!(
            of("Dockerfile", "RUN torch\n", &["torch"]),
            ["70155f7df85b1a8f3ffe601e2ee5dabc"]
        );
    }

    #[test]
    fn fnv_is_computed_as_published() {
        let mut hash = Hash::new();
        hash.0 ^= u128::from(b'a');
        hash.0 = hash
            .0
            .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        assert_eq!(hash.0, 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }
}
