//! Finds the messages of the tables in a log of any size and any bytes: in one pass, with bounded memory.

use std::collections::BTreeMap;

use facts::symptom::Symptom;
use memchr::{memchr_iter, memrchr};
use source::mask;

use super::found::{self, Found};
use super::pattern::Patterns;
use super::plain::Plain;
use super::prefix::{Section, State};

/// How much of a log is looked at in one go.
const PIECE: usize = 256 << 10;

/// A message that begins in the last bytes of a piece may end in the next one.
const TAIL: usize = 8 << 10;

/// Longer lines are cut when they are shown.
const MAX_EXCERPT: usize = 240;

/// A known message in a log.
#[derive(Clone, Debug)]
pub struct Hit {
    /// What it is.
    pub symptom: &'static Symptom,
    /// The line where it begins first, from 1.
    pub line: usize,
    /// How often it is there.
    pub count: usize,
    /// That line, without colours.
    pub excerpt: String,
    /// What its variable parts hold there.
    pub values: BTreeMap<&'static str, String>,
    /// Who wrote that line.
    pub section: Section,
}

/// What was found in a log.
#[derive(Debug, Default)]
pub struct Log {
    /// Each known message once, in the order in which they begin.
    pub hits: Vec<Hit>,
    /// The first wheel for a CUDA version that it names: `cu130`.
    pub wheel: Option<String>,
    /// How many lines it has.
    pub lines: usize,
}

/// Takes a log in, piece by piece.
pub struct Scanner {
    patterns: &'static Patterns,
    pending: Vec<u8>,
    plain: Plain,
    state: State,
    /// Whether the pending text begins with a line.
    whole: bool,
    /// Line breaks before the pending text.
    breaks: usize,
    log: Log,
}

impl Default for Scanner {
    fn default() -> Self {
        Self {
            patterns: Patterns::get(),
            pending: Vec::new(),
            plain: Plain::default(),
            state: State::default(),
            whole: true,
            breaks: 0,
            log: Log::default(),
        }
    }
}

/// Finds the known messages of a text.
#[must_use]
pub fn scan(text: &[u8]) -> Log {
    let mut scanner = Scanner::default();
    scanner.feed(text);
    scanner.finish()
}

impl Scanner {
    /// Takes the next bytes in.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = PIECE.saturating_sub(self.pending.len()).min(bytes.len());
            let (now, later) = bytes.split_at(room);
            self.pending.extend_from_slice(now);
            bytes = later;
            if self.pending.len() >= PIECE {
                // Messages are taken in whole: those that begin later wait for more.
                let limit = self.pending.len() - TAIL;
                let from = limit - TAIL;
                let line = memrchr(b'\n', &self.pending[from..limit]);
                self.look(line.map_or(limit, |at| from + at + 1));
            }
        }
    }

    /// What was found.
    #[must_use]
    pub fn finish(mut self) -> Log {
        let ended = self.pending.last().is_none_or(|&byte| byte == b'\n');
        self.look(self.pending.len());
        self.log.lines = self.breaks + usize::from(!ended);
        self.log
    }

    /// Looks for messages that begin before `limit`, and drops the text before it.
    fn look(&mut self, limit: usize) {
        let mut state = self.state;
        self.plain.fill(&self.pending, &mut state, self.whole);
        let mut found = self.found(limit);
        // Of messages at one place the longest says most.
        found.sort_by_key(|(_, found)| (found.start, usize::MAX - found.end));
        self.add(&found);

        // The lines before the limit once more, for what they say of the next ones.
        let before: usize = memchr_iter(b'\n', &self.pending[..limit]).count();
        self.advance(limit);
        self.breaks += before;
        self.whole = limit == 0 || self.pending[limit - 1] == b'\n';
        self.pending.drain(..limit);
    }

    fn advance(&mut self, limit: usize) {
        let mut start = 0;
        for end in memchr_iter(b'\n', &self.pending[..limit]) {
            if start > 0 || self.whole {
                self.state.line(&self.pending[start..=end]);
            }
            start = end + 1;
        }
    }

    fn found(&mut self, limit: usize) -> Vec<(&'static Symptom, Found)> {
        let mut found = Vec::new();
        let letters = &self.plain.letters;
        for (at, pattern) in self.patterns.anchors(letters) {
            if let Some(here) = found::around(pattern, at, &self.plain, &self.pending)
                && (self.plain.places[here.start] as usize) < limit
            {
                found.push((pattern.symptom, here));
            }
        }
        if self.log.wheel.is_none() {
            self.log.wheel = wheel(letters);
        }
        found
    }

    fn add(&mut self, found: &[(&'static Symptom, Found)]) {
        let shadows = Shadows::new(found, |letter| self.line_of(letter));
        let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut line, mut counted) = (self.breaks + 1, 0);
        for (symptom, here) in found {
            let end = ends.entry(symptom.name.as_str()).or_default();
            if here.start < *end || shadows.hide(&symptom.name, self.line_of(here.start)) {
                continue;
            }
            *end = here.end;
            let place = self.plain.places[here.start] as usize;
            line += memchr_iter(b'\n', &self.pending[counted..place]).count();
            counted = place;
            let known = self
                .log
                .hits
                .iter_mut()
                .find(|hit| hit.symptom.name == symptom.name);
            if let Some(hit) = known {
                hit.count += 1;
                // A later spelling may say more than the first.
                for (name, value) in &here.values {
                    hit.values.entry(name).or_insert_with(|| value.clone());
                }
                continue;
            }
            self.log.hits.push(Hit {
                symptom,
                line,
                count: 1,
                excerpt: excerpt(&self.pending, place),
                values: here.values.clone(),
                section: self.plain.section(place as u32),
            });
        }
    }

    /// Where the line of a letter begins.
    fn line_of(&self, letter: usize) -> usize {
        let place = self.plain.places[letter] as usize;
        memrchr(b'\n', &self.pending[place.saturating_sub(TAIL)..place])
            .map_or(0, |at| place.saturating_sub(TAIL) + at + 1)
    }
}

/// Lines on which a symptom is no news, because another one stands there that says more.
struct Shadows<'s>(BTreeMap<&'s str, Vec<usize>>);

impl<'s> Shadows<'s> {
    fn new(found: &[(&'s Symptom, Found)], line_of: impl Fn(usize) -> usize) -> Self {
        let mut lines: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (symptom, here) in found {
            for name in &symptom.shadows {
                lines.entry(name).or_default().push(line_of(here.start));
            }
        }
        Self(lines)
    }

    fn hide(&self, name: &str, line: usize) -> bool {
        let lines = self.0.get(name);
        lines.is_some_and(|lines| lines.binary_search(&line).is_ok())
    }
}

/// `cu130` of the first `+cu130`.
fn wheel(letters: &[u8]) -> Option<String> {
    memchr::memmem::find_iter(letters, b"+cu").find_map(|at| {
        let digits = letters[at + 3..].iter().take(5);
        let digits = digits.take_while(|letter| letter.is_ascii_digit()).count();
        let suffix = std::str::from_utf8(&letters[at + 1..at + 3 + digits]).ok()?;
        (2..=4).contains(&digits).then(|| suffix.to_owned())
    })
}

/// The line around a place, as it can be shown.
fn excerpt(log: &[u8], place: usize) -> String {
    let from = place.saturating_sub(TAIL);
    let start = memrchr(b'\n', &log[from..place]).map_or(from, |at| from + at + 1);
    let end = memchr::memchr(b'\n', &log[place..]).map_or(log.len(), |at| place + at);
    // A line that is too long to be shown begins with the message.
    let begin = if end - start > MAX_EXCERPT {
        start.max(place.saturating_sub(80))
    } else {
        start
    };
    // Half an address does not show that it is one.
    let before = String::from_utf8_lossy(&log[start..begin]);
    let line = String::from_utf8_lossy(&log[begin..end.min(begin + MAX_EXCERPT)]);
    let whole = format!("{before}{line}");
    let line = &mask::shown(&whole)[before.len()..];
    let mut shown = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => {
                // To the letter that ends a colour.
                let _ = rest.find(char::is_ascii_alphabetic);
            }
            '\t' => shown.push(' '),
            c if c.is_control() => {}
            c => shown.push(c),
        }
    }
    shown.trim().to_owned()
}
