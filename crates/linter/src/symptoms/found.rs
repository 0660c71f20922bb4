//! Whether a pattern stands around an anchor, and what its variable parts hold there.

use std::collections::BTreeMap;

use facts::DriverVersion;
use facts::symptom::Kind;
use memchr::{memchr_iter, memmem};

use super::pattern::{Part, Pattern};
use super::plain::Plain;

/// Longer variable parts are no values.
const MAX_VALUE: usize = 240;

/// A message with more line breaks between its letters is none.
const MAX_BREAKS: usize = 4;

/// A message in a piece of log.
pub(super) struct Found {
    /// The letters of the message.
    pub(super) start: usize,
    pub(super) end: usize,
    /// What its variable parts hold.
    pub(super) values: BTreeMap<&'static str, String>,
}

/// The pattern around its anchor, which stands at the letters from `at` on.
pub(super) fn around(pattern: &Pattern, at: usize, plain: &Plain, log: &[u8]) -> Option<Found> {
    let text = Text { plain, log };
    let mut values = BTreeMap::new();
    let mut end = at + pattern.anchor().len();
    let mut open: Option<(&'static str, Kind)> = None;
    for part in &pattern.parts[pattern.anchor + 1..] {
        match part {
            Part::Variable { name, kind } => open = Some((name, *kind)),
            Part::Letters(letters) => {
                let window =
                    &plain.letters[end..plain.letters.len().min(end + MAX_VALUE + letters.len())];
                let (value, next) = match open.take() {
                    None => (None, window.starts_with(letters).then_some(end)?),
                    Some((name, kind)) => {
                        let mut places = memmem::find_iter(window, letters);
                        let fits =
                            |place: usize| Some((text.value(end, end + place, kind)?, end + place));
                        let (value, next) = places.find_map(fits)?;
                        (Some((name, value)), next)
                    }
                };
                values.extend(value);
                end = next + letters.len();
            }
        }
    }
    if let Some((name, kind)) = open.take() {
        let (value, next) = text.value_after(end, kind)?;
        values.insert(name, value);
        end = next;
    } else if text.joined(end) {
        return None;
    }

    let mut start = at;
    for part in pattern.parts[..pattern.anchor].iter().rev() {
        match part {
            Part::Variable { name, kind } => open = Some((name, *kind)),
            Part::Letters(letters) => {
                let from = start.saturating_sub(MAX_VALUE + letters.len());
                let window = &plain.letters[from..start];
                let next = match open.take() {
                    None => window.ends_with(letters).then(|| start - letters.len())?,
                    Some((name, kind)) => {
                        let place = from + memmem::rfind(window, letters)?;
                        values.insert(name, text.value(place + letters.len(), start, kind)?);
                        place
                    }
                };
                start = next;
            }
        }
    }
    if let Some((name, kind)) = open {
        let (value, next) = text.value_before(start, kind)?;
        values.insert(name, value);
        start = next;
    } else if text.joined(start) {
        return None;
    }
    let breaks = memchr_iter(b'\n', text.between(start, end)).count();
    let letters = pattern.parts.len().max(end - start);
    // A narrow terminal breaks a long message more often.
    (breaks <= MAX_BREAKS + letters / 16).then_some(Found { start, end, values })
}

/// A piece of log by its letters.
struct Text<'t> {
    plain: &'t Plain,
    log: &'t [u8],
}

impl Text<'_> {
    /// The log from the letter `start` to the letter before `end`.
    fn between(&self, start: usize, end: usize) -> &[u8] {
        let place = |at: usize| self.plain.places.get(at).copied();
        let from = place(start).map_or(self.log.len(), |place| place as usize);
        let to = end
            .checked_sub(1)
            .and_then(place)
            .map_or(0, |place| place as usize + 1);
        self.log.get(from..to).unwrap_or_default()
    }

    /// What is left out before the letter at `at`.
    fn gap(&self, at: usize) -> &[u8] {
        let place = |at: usize| self.plain.places.get(at).map(|&place| place as usize);
        match (at.checked_sub(1).and_then(place), place(at)) {
            (Some(before), Some(after)) => self.log.get(before + 1..after).unwrap_or_default(),
            _ => b" ",
        }
    }

    /// Whether the letters before and at `at` are of one word.
    fn joined(&self, at: usize) -> bool {
        let is_word = |at: Option<usize>| {
            let letter = at.and_then(|at| self.plain.letters.get(at));
            letter.is_some_and(|letter| letter.is_ascii_alphanumeric() || *letter == b'_')
        };
        is_word(at.checked_sub(1)) && is_word(Some(at)) && self.gap(at).is_empty()
    }

    /// The value between two letters, as it is printed.
    fn value(&self, start: usize, end: usize, kind: Kind) -> Option<String> {
        if end - start > MAX_VALUE {
            return None;
        }
        let mut value = Vec::with_capacity(end - start);
        for at in start..end {
            let gap = if at > start { self.gap(at) } else { &[] };
            let broken = gap.contains(&b'\n');
            if gap.contains(&b' ') && !broken && kind != Kind::Text {
                return None;
            }
            if kind == Kind::Text && gap.iter().any(u8::is_ascii_whitespace) {
                value.push(b' ');
            }
            value.push(*self.log.get(self.plain.places[at] as usize)?);
        }
        let value = String::from_utf8_lossy(&value).into_owned();
        fits(&value, kind).then_some(value)
    }

    /// The longest value after a message, and where it ends.
    fn value_after(&self, start: usize, kind: Kind) -> Option<(String, usize)> {
        let letters = &self.plain.letters;
        let limit = letters.len().min(start + MAX_VALUE);
        let ends = |&at: &usize| {
            let gap = if at > start { self.gap(at) } else { &[] };
            let blank = |byte: &u8| byte.is_ascii_whitespace();
            match kind {
                Kind::Text => gap.contains(&b'\n'),
                _ => gap.iter().any(blank) || !is_letter_of(letters[at], kind),
            }
        };
        let mut end = (start..limit).find(ends).unwrap_or(limit);
        while end > start && b".,:;)".contains(&letters[end - 1]) {
            end -= 1;
        }
        Some((self.value(start, end, kind)?, end))
    }

    /// The value before a message, in its line and after the last colon, and where it begins.
    fn value_before(&self, end: usize, kind: Kind) -> Option<(String, usize)> {
        let limit = end.saturating_sub(MAX_VALUE);
        let begins = |&at: &usize| {
            let gap = self.gap(at);
            let blank = gap.iter().any(u8::is_ascii_whitespace);
            gap.contains(&b'\n')
                || (blank && self.plain.letters.get(at.wrapping_sub(1)) == Some(&b':'))
                || (blank && kind != Kind::Text && at < end)
        };
        let start = (limit + 1..end).rev().find(begins).unwrap_or(limit);
        Some((self.value(start, end, kind)?, start))
    }
}

fn is_letter_of(letter: u8, kind: Kind) -> bool {
    match kind {
        Kind::Text | Kind::Word => true,
        Kind::Number | Kind::CudaNumber => letter.is_ascii_digit(),
        Kind::Version | Kind::Driver | Kind::Soname => letter.is_ascii_digit() || letter == b'.',
        Kind::Requirement => letter.is_ascii_digit() || letter == b'.' || letter == b'*',
        Kind::Sm => letter.is_ascii_alphanumeric() || letter == b'_',
    }
}

fn fits(value: &str, kind: Kind) -> bool {
    let letters = value.bytes().all(|letter| is_letter_of(letter, kind));
    match kind {
        // `driver ""` names none.
        Kind::Text => true,
        Kind::Word => !value.is_empty(),
        Kind::Driver => value.contains('.') && value.parse::<DriverVersion>().is_ok(),
        Kind::Sm => letters && value.len() > 3 && value[..3].eq_ignore_ascii_case("sm_"),
        _ => letters && value.bytes().any(|letter| letter.is_ascii_digit()),
    }
}
