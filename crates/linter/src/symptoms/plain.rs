//! A log without what terminals, engines and writers put between and around the letters of a message: blanks and line
//! breaks, quotes, colours, boxes, prefixes of lines. What is left is compared; where it stood is kept.

use memchr::memchr;

use super::prefix::{self, Prefix, Section};

/// The letters of a piece of log, in lower case, and where each of them stood.
#[derive(Default)]
pub(super) struct Plain {
    /// Letters without blanks.
    pub(super) letters: Vec<u8>,
    /// The place of each letter in the piece.
    pub(super) places: Vec<u32>,
    /// Where parts of the log begin that come from a build, from a container, or from nobody knows whom.
    pub(super) sections: Vec<(u32, Section)>,
}

/// What a byte becomes; 0 for those that are left out.
const LETTERS: [u8; 256] = letters();

const fn letters() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0x21;
    while byte < 256 {
        table[byte] = (byte as u8).to_ascii_lowercase();
        byte += 1;
    }
    table[b'"' as usize] = 0;
    table[b'\'' as usize] = 0;
    table[b'`' as usize] = 0;
    table[b'\\' as usize] = 0;
    table[0x7f] = 0;
    table
}

impl Plain {
    /// Fills it from a piece of log. `state` is what the lines before say; `whole` whether the piece begins with a line.
    pub(super) fn fill(&mut self, piece: &[u8], state: &mut prefix::State, whole: bool) {
        self.letters.clear();
        self.places.clear();
        self.sections.clear();
        self.sections.push((0, state.section()));
        let mut start = 0;
        let mut at_start = whole;
        while start < piece.len() {
            let end = memchr(b'\n', &piece[start..]).map_or(piece.len(), |at| start + at + 1);
            let line = &piece[start..end];
            let Prefix { length, section } = if at_start {
                state.line(line)
            } else {
                Prefix {
                    length: 0,
                    section: state.section(),
                }
            };
            if self
                .sections
                .last()
                .is_none_or(|&(_, last)| last != section)
            {
                self.sections.push((start as u32, section));
            }
            self.add(&line[length..], start + length);
            at_start = true;
            start = end;
        }
    }

    fn add(&mut self, text: &[u8], offset: usize) {
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            let letter = LETTERS[byte as usize];
            if letter == 0 || byte >= 0x80 {
                let length = left_out(&text[at..]);
                if length > 0 {
                    at += length;
                    continue;
                }
            }
            self.letters.push(letter);
            self.places.push((offset + at) as u32);
            at += 1;
        }
    }

    /// Which part of the log a place belongs to.
    pub(super) fn section(&self, place: u32) -> Section {
        let after = self.sections.partition_point(|&(start, _)| start <= place);
        after
            .checked_sub(1)
            .map_or(Section::Unknown, |at| self.sections[at].1)
    }
}

/// How many bytes are left out at the start of `text`, which begins with a byte that may be left out.
fn left_out(text: &[u8]) -> usize {
    match text {
        [0x1b, rest @ ..] => 1 + escape(rest),
        // `\n` in a JSON log.
        [b'\\', b'n' | b't' | b'r', ..] => 2,
        // Typographic quotes, and the lines of boxes.
        [0xe2, 0x80, 0x98..=0x9f, ..] | [0xe2, 0x94 | 0x95, ..] => 3.min(text.len()),
        // A no-break space.
        [0xc2, 0xa0, ..] => 2,
        [byte, ..] if *byte >= 0x80 => 0,
        _ => 1,
    }
}

/// The length of a terminal's sequence after its escape character.
fn escape(rest: &[u8]) -> usize {
    /// Longer ones are no sequences.
    const MAX: usize = 64;
    let ends = |is_end: fn(u8) -> bool| {
        let body = rest.iter().skip(1).take(MAX);
        body.copied().position(is_end).map_or(0, |at| at + 2)
    };
    match rest.first() {
        Some(b'[') => ends(|byte| (0x40..=0x7e).contains(&byte)),
        Some(b']') => ends(|byte| byte == 0x07 || byte == b'\\'),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &[u8]) -> String {
        let mut plain = Plain::default();
        plain.fill(text, &mut prefix::State::default(), true);
        assert_eq!(plain.letters.len(), plain.places.len());
        String::from_utf8_lossy(&plain.letters).into_owned()
    }

    #[test]
    fn blanks_quotes_colours_and_boxes_are_left_out() {
        assert_eq!(plain(b"driver \"\" with\n  caps"), "driverwithcaps");
        assert_eq!(plain(b"\x1b[1;31mError:\x1b[0m no"), "error:no");
        assert_eq!(plain(b"\x1b]8;;file:///x\x07link\x1b]8;;\x07"), "link");
        assert_eq!(plain("│ ‘nvidia’ │".as_bytes()), "nvidia");
        assert_eq!(plain(br#"{"log":"a \"b\"\nc"}"#), "{log:abc}");
        // UTF-16, as PowerShell writes it.
        assert_eq!(plain(b"c\0u\0d\0a\0"), "cuda");
    }

    #[test]
    fn letters_know_their_places() {
        let mut plain = Plain::default();
        plain.fill(b"a b\n#5 1.234 c", &mut prefix::State::default(), true);
        assert_eq!(plain.letters, b"abc");
        assert_eq!(plain.places, [0, 2, 13]);
        assert_eq!(plain.section(13), Section::Build);
        assert_eq!(plain.section(2), Section::Unknown);
    }
}
