//! Stand-ins for what names one GPU or one person, and for words that are nobody's business: the same one everywhere for
//! the same name.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::words;

/// What is shown in place of what.
#[derive(Clone, Default)]
pub struct StandIns {
    /// Names of GPUs and of their slices.
    ids: Names,
    /// Folders of people.
    folders: Names,
    /// The last part of those folders: one person may have several.
    people: Names,
    /// The home of whose machine it is, where it lies elsewhere.
    home: Option<String>,
    /// Words that are not public.
    words: Names,
    /// Words that are public here, in lower case.
    allowed: HashSet<String>,
    /// The last number that was given to each of [`KINDS`], to a person and to a word.
    last: [u32; KINDS.len() + 2],
}

/// Names and their stand-ins, found both ways.
#[derive(Clone, Default)]
struct Names {
    shown: HashMap<String, String>,
    real: HashMap<String, String>,
}

impl Names {
    fn add(&mut self, real: String, shown: String) {
        self.real.insert(shown.clone(), real.clone());
        self.shown.insert(real, shown);
    }

    fn is_free(&self, shown: &str) -> bool {
        !self.real.contains_key(shown)
    }
}

/// Two sets of facts are the same when they show the same.
impl PartialEq for StandIns {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for StandIns {}

impl fmt::Debug for StandIns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.ids.real.len() + self.folders.real.len() + self.words.real.len();
        write!(f, "StandIns({count})")
    }
}

/// What the name of a GPU or of a slice begins with; a UUID follows.
const KINDS: [&str; 2] = ["GPU-", "MIG-"];

/// A kind and a UUID.
const ID: usize = 4 + 36;

/// What follows the number in a stand-in: no UUID ends so.
const TAIL: &str = "-0000-0000-0000-000000000000";

/// Folders that hold those of people.
const HOMES: [&str; 2] = ["/home/", "/Users/"];

/// Behind [`KINDS`] in what is numbered.
const PERSON: usize = KINDS.len();

/// Behind persons in what is numbered.
const WORD: usize = PERSON + 1;

/// The user whose home it is; the others are numbered.
const USER: &str = "user";

/// What stands for a word, with a number.
const NAME: &str = "name";

/// Shorter words tell nobody anything.
const SHORT: usize = 2;

impl StandIns {
    /// Whether a name that somebody wrote is the one that is shown as `shown`; `None` where only a stand-in is left.
    #[must_use]
    pub fn is(&self, written: &str, shown: &str) -> Option<bool> {
        Some(self.real(shown)? == written)
    }

    /// Whether a name that somebody wrote is one of those that are shown so; `None` where it may be one of which only a
    /// stand-in is left.
    pub fn is_among<'n>(
        &self,
        written: &str,
        shown: impl Iterator<Item = &'n str>,
    ) -> Option<bool> {
        let mut lost = false;
        for shown in shown {
            match self.is(written, shown) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => lost = true,
            }
        }
        (!lost).then_some(false)
    }

    /// As `is`, of the beginning of a name.
    #[must_use]
    pub fn begins(&self, written: &str, shown: &str) -> Option<bool> {
        Some(self.real(shown)?.starts_with(written))
    }

    /// The name of a GPU or of a device as the machine has it, unless only a stand-in is left.
    fn real(&self, shown: &str) -> Option<String> {
        let real = self.reveal(shown);
        let starts = KINDS.iter().flat_map(|kind| real.match_indices(*kind));
        let mut ids = starts.filter_map(|(at, _)| real.get(at..at + ID));
        let is_real = ids.all(|id| !is_stand_in(id));
        let mut words = real.split(|c: char| !c.is_alphanumeric());
        let lost = words.any(is_stand_in_of_word);
        (is_real && !lost).then_some(real)
    }

    /// Says of the words of a name that anybody may see them.
    pub(super) fn allow(&mut self, name: &str) {
        let words = name.split(|c: char| !c.is_alphanumeric());
        self.allowed.extend(words.map(str::to_ascii_lowercase));
    }

    /// Remembers whose machine it is.
    pub(super) fn add_home(&mut self, home: &str) {
        let home = home.trim_end_matches('/');
        if home.is_empty() || !home.starts_with('/') {
            return;
        }
        let at_home = HOMES.iter().any(|folder| {
            let name = home.strip_prefix(folder);
            name.is_some_and(|name| !name.contains('/'))
        });
        if at_home {
            self.conceal(home.as_bytes(), true);
        } else {
            let name = home.rsplit('/').next().unwrap_or(home);
            self.people.add(name.to_owned(), USER.to_owned());
            self.folders.add(home.to_owned(), format!("/home/{USER}"));
            self.home = Some(home.to_owned());
        }
    }

    /// The bytes with stand-ins, new ones for what was not met before; `None` where nothing is to be replaced. Only what
    /// is for anybody has them for people and words.
    pub(super) fn conceal(&mut self, bytes: &[u8], for_anybody: bool) -> Option<Vec<u8>> {
        let mut shown: Option<Vec<u8>> = None;
        let mut done = 0;
        let mut at = 0;
        while let Some(first) = bytes.get(at) {
            let id = match first {
                b'G' | b'M' => self.id_at(&bytes[at..]),
                b'/' if for_anybody => self.folder_at(bytes, at),
                _ => None,
            };
            let (length, stand_in) = match id {
                Some((length, stand_in)) => (length, Some(stand_in)),
                None if for_anybody && is_of_word(*first) => {
                    let rest = &bytes[at..];
                    let end = rest.iter().position(|byte| !is_of_word(*byte));
                    let word = &rest[..end.unwrap_or(rest.len())];
                    (word.len(), self.word(word))
                }
                None => (1, None),
            };
            if let Some(stand_in) = stand_in {
                let shown = shown.get_or_insert_default();
                shown.extend_from_slice(&bytes[done..at]);
                shown.extend_from_slice(stand_in.as_bytes());
                done = at + length;
            }
            at += length;
        }
        shown.map(|mut shown| {
            shown.extend_from_slice(&bytes[done..]);
            shown
        })
    }

    /// A path as the machine has it.
    pub(super) fn reveal(&self, path: &str) -> String {
        let mut real = String::with_capacity(path.len());
        let mut rest = path;
        while let Some(first) = rest.chars().next() {
            let found = match first {
                'G' | 'M' => rest
                    .get(..ID)
                    .and_then(|id| self.ids.real.get_key_value(id)),
                '/' => folder(rest).and_then(|folder| self.folders.real.get_key_value(folder)),
                _ => None,
            };
            let (length, name) = if let Some((shown, name)) = found {
                (shown.len(), name.as_str())
            } else if first.is_alphanumeric() {
                let end = rest.find(|c: char| !c.is_alphanumeric());
                let word = &rest[..end.unwrap_or(rest.len())];
                (
                    word.len(),
                    self.words.real.get(word).map_or(word, |name| name.as_str()),
                )
            } else {
                (first.len_utf8(), &rest[..first.len_utf8()])
            };
            real.push_str(name);
            rest = &rest[length..];
        }
        real
    }

    /// The stand-in for the id at the beginning, and the length of the id.
    fn id_at(&mut self, bytes: &[u8]) -> Option<(usize, String)> {
        let id = bytes.get(..ID)?;
        let kind = KINDS
            .iter()
            .position(|kind| id.starts_with(kind.as_bytes()))?;
        let is_uuid = id[KINDS[kind].len()..]
            .iter()
            .enumerate()
            .all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        let longer = bytes.get(ID).is_some_and(u8::is_ascii_alphanumeric);
        if !is_uuid || longer {
            return None;
        }
        let real = std::str::from_utf8(id).ok()?;
        if let Some(shown) = self.ids.shown.get(real) {
            return Some((ID, shown.clone()));
        }
        let shown = if is_stand_in(real) {
            real.to_owned()
        } else {
            self.number(kind, |number| format!("{}{number:08}{TAIL}", KINDS[kind]))
        };
        self.ids.add(real.to_owned(), shown.clone());
        Some((ID, shown))
    }

    /// The next stand-in of a kind that is not one already.
    fn number(&mut self, kind: usize, shown: impl Fn(u32) -> String) -> String {
        let taken = match kind {
            PERSON => &self.people,
            WORD => &self.words,
            _ => &self.ids,
        };
        loop {
            self.last[kind] += 1;
            let shown = shown(self.last[kind]);
            if taken.is_free(&shown) {
                return shown;
            }
        }
    }

    /// The stand-in for the folder of a person that is named at a place, and the length of its name.
    fn folder_at(&mut self, bytes: &[u8], at: usize) -> Option<(usize, String)> {
        let rest = &bytes[at..];
        let within = at
            .checked_sub(1)
            .is_some_and(|before| is_of_name(bytes[before]));
        let home = self.home.as_ref().filter(|home| {
            let behind = rest.strip_prefix(home.as_bytes());
            !within
                && behind.is_some_and(|behind| behind.first().is_none_or(|byte| ends_name(*byte)))
        });
        if let Some(home) = home {
            return Some((home.len(), self.folders.shown.get(home)?.clone()));
        }
        let above = HOMES
            .iter()
            .find(|above| rest.starts_with(above.as_bytes()))?;
        let name = &rest[above.len()..];
        let length = name.iter().position(|byte| ends_name(*byte));
        let name = std::str::from_utf8(&name[..length.unwrap_or(name.len())]).ok()?;
        if name.is_empty() {
            return None;
        }
        let real = format!("{above}{name}");
        let length = real.len();
        if let Some(shown) = self.folders.shown.get(&real) {
            return Some((length, shown.clone()));
        }
        let shown = format!("{above}{}", self.person(name));
        self.folders.add(real, shown.clone());
        Some((length, shown))
    }

    /// What stands for a word, unless anybody may see it.
    fn word(&mut self, bytes: &[u8]) -> Option<String> {
        let word = String::from_utf8_lossy(bytes);
        if let Some(shown) = self.words.shown.get(&*word) {
            return Some(shown.clone());
        }
        // A stand-in stays what it is.
        let is_stand_in = is_stand_in_of_word(&word);
        if is_stand_in && self.words.is_free(&word) {
            self.words.add(word.to_string(), word.to_string());
            return None;
        }
        if !is_stand_in && self.is_public(&word) {
            return None;
        }
        let shown = self.number(WORD, |number| format!("{NAME}{number}"));
        self.words.add(word.into_owned(), shown.clone());
        Some(shown)
    }

    /// Whether anybody may see a word: `libcuda`, and with numbers and a letter or two `gpu0`, `arm64`, `0ubuntu1`, `80GB`.
    fn is_public(&self, word: &str) -> bool {
        const NUMBER: usize = 6;
        const PARTS: usize = 4;
        if says_nothing(word) {
            return true;
        }
        let word = word.to_ascii_lowercase();
        let is_known = |word: &str| words::is_public(word) || self.allowed.contains(word);
        if is_known(&word) {
            return true;
        }
        let mut short = 0;
        let mut parts = 0;
        let mut rest = word.as_str();
        while let Some(first) = rest.chars().next() {
            let is_number = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != is_number);
            let (part, behind) = rest.split_at(end.unwrap_or(rest.len()));
            let known = if is_number {
                part.len() <= NUMBER
            } else {
                part.len() <= SHORT || is_known(part)
            };
            if !known {
                return false;
            }
            short += usize::from(!is_number && part.len() <= SHORT);
            parts += 1;
            rest = behind;
        }
        short <= 1 && (2..=PARTS).contains(&parts)
    }

    /// What stands for a person: one may have a folder in Windows too.
    fn person(&mut self, name: &str) -> String {
        if let Some(shown) = self.people.shown.get(name) {
            return shown.clone();
        }
        // A stand-in stays what it is.
        let shown = if is_numbered(USER, name) && self.people.is_free(name) {
            name.to_owned()
        } else {
            self.number(PERSON, |number| match number {
                1 => USER.to_owned(),
                _ => format!("{USER}{number}"),
            })
        };
        self.people.add(name.to_owned(), shown.clone());
        shown
    }
}

/// `/home/ann` of `/home/ann/bin`.
fn folder(path: &str) -> Option<&str> {
    let above = HOMES.iter().find(|above| path.starts_with(**above))?;
    let name = path[above.len()..].bytes().position(ends_name);
    path.get(..name.map_or(path.len(), |length| above.len() + length))
}

/// Whether an id is a stand-in.
fn is_stand_in(id: &str) -> bool {
    let number = id.get(4..).and_then(|rest| rest.strip_suffix(TAIL));
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `user`, `user2`
fn is_numbered(start: &str, name: &str) -> bool {
    let number = name.strip_prefix(start);
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `name1`
fn is_stand_in_of_word(word: &str) -> bool {
    word != NAME && is_numbered(NAME, word)
}

/// What words are made of; letters beyond ASCII are several bytes.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// Whether a word says nothing: a number that is no longer than a time or a process has it, `0x2684`, and what stands in
/// place of words and numbers that are not read.
fn says_nothing(word: &str) -> bool {
    const DIGITS: usize = 12;
    const HEX: usize = 8;
    let hex = word.strip_prefix("0x");
    word.len() <= SHORT
        || !word.contains(char::is_alphanumeric)
        || word.len() <= DIGITS && word.bytes().all(|byte| byte.is_ascii_digit())
        || hex
            .is_some_and(|hex| hex.len() <= HEX && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
        || word.trim_start_matches('x').is_empty()
        || word
            .trim_start_matches('1')
            .trim_start_matches(['0', 'x'])
            .is_empty()
}

/// What may stand behind a folder's name.
fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || byte.is_ascii_control()
        || b"/:\"',;()[]{}<>\\=|`@".contains(&byte)
}

/// What a folder may be named with, so that what follows is not the beginning of a path.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stand_ins: &mut StandIns, text: &str) -> String {
        let shown = stand_ins.conceal(text.as_bytes(), true);
        shown.map_or(text.to_owned(), |shown| String::from_utf8(shown).unwrap())
    }

    #[test]
    fn ids_are_numbered_as_they_appear() {
        let mut ids = StandIns::default();
        let first = "GPU-1d8f1f4c-9b3f-4c1e-a9d5-6a2f0c5e7b10";
        let slice = "MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f";
        let text = format!("0, {first}, {slice}\nMIG-{first}/7/0, GPU-1d8f");
        assert_eq!(
            shown(&mut ids, &text),
            "0, GPU-00000001-0000-0000-0000-000000000000, MIG-00000001-0000-0000-0000-000000000000\n\
             MIG-GPU-00000001-0000-0000-0000-000000000000/7/0, GPU-name1"
        );
        let second = "GPU-00000000-9b3f-4c1e-a9d5-6a2f0c5e7b10";
        let second = shown(&mut ids, second);
        assert_eq!(second, "GPU-00000002-0000-0000-0000-000000000000");
        assert_eq!(shown(&mut ids, &second), second);
    }

    /// What stands in a file costs what the file is long.
    #[test]
    fn many_names_have_their_stand_ins_both_ways() {
        let mut names = StandIns::default();
        let text: String = (0..50_000)
            .flat_map(|number| {
                let id = format!("GPU-{number:08x}-9b3f-4c1e-a9d5-6a2f0c5e7b10 ");
                [id, format!("/home/ann{number}/x ")]
            })
            .collect();
        let concealed = shown(&mut names, &text);
        assert!(
            concealed.ends_with(" GPU-00050000-0000-0000-0000-000000000000 /home/user50000/x ")
        );
        assert_eq!(names.reveal(&concealed), text);
    }

    #[test]
    fn what_somebody_wrote_is_compared_with_what_is_real() {
        let mut ids = StandIns::default();
        let stand_in = shown(&mut ids, "GPU-1d8f1f4c-9b3f-4c1e-a9d5-6a2f0c5e7b10");
        assert_eq!(ids.begins("GPU-1d8f", &stand_in), Some(true));
        assert_eq!(ids.begins("GPU-77", &stand_in), Some(false));
        let slice = "MIG-GPU-1d8f1f4c-9b3f-4c1e-a9d5-6a2f0c5e7b10/7/0";
        let shown = format!("MIG-{stand_in}/7/0");
        assert_eq!(ids.is(slice, &shown), Some(true));
        assert_eq!(ids.is("MIG-GPU-1d8f", &shown), Some(false));
        let lost = StandIns::default();
        assert_eq!(lost.begins("GPU-1d8f", &stand_in), None);
        assert_eq!(lost.is(slice, &shown), None);
        assert_eq!(lost.is("all", "all"), Some(true));
    }

    #[test]
    fn words_that_are_not_public_have_stand_ins_and_their_paths_are_found_again() {
        let mut names = StandIns::default();
        for (text, expected) in [
            (
                "/usr/lib/nvidia/libcuda.so.580.95.05",
                "/usr/lib/nvidia/libcuda.so.580.95.05",
            ),
            (
                "/srv/acme/bin/nvidia-acme-runtime",
                "/srv/name1/bin/nvidia-name1-runtime",
            ),
            ("6.8.0-88-zürich", "6.8.0-88-name2"),
            ("nvidia.com/gpu=zeta7x", "nvidia.com/gpu=name3"),
            (
                "H100 80GB 0ubuntu1 0x2684 el9",
                "H100 80GB 0ubuntu1 0x2684 el9",
            ),
            (
                "a1b2c3 1d8f deadbeef 1234567890123",
                "name4 name5 name6 name7",
            ),
        ] {
            assert_eq!(shown(&mut names, text), expected);
            assert_eq!(names.reveal(expected), text);
        }
        let again = &mut StandIns::default();
        assert_eq!(shown(again, "name2-name1-blue"), "name2-name1-blue");
        assert_eq!(shown(again, "acme"), "name3");
        names.allow("defualt-Runtime");
        assert_eq!(shown(&mut names, "Defualt-runtime"), "Defualt-runtime");
    }

    #[test]
    fn a_word_of_which_only_a_stand_in_is_left_may_be_any() {
        let mut names = StandIns::default();
        let stand_in = shown(&mut names, "acme");
        assert_eq!(
            names.is_among("acme", ["nvidia", &stand_in].into_iter()),
            Some(true)
        );
        assert_eq!(
            names.is_among("other", ["nvidia", &stand_in].into_iter()),
            Some(false)
        );
        let lost = StandIns::default();
        assert_eq!(
            lost.is_among("acme", ["nvidia", &stand_in].into_iter()),
            None
        );
        assert_eq!(
            lost.is_among("nvidia", ["nvidia", &stand_in].into_iter()),
            Some(true)
        );
    }

    #[test]
    fn people_have_stand_ins_and_their_paths_are_found_again() {
        let mut names = StandIns::default();
        names.add_home("/home/ann/");
        for (text, expected) in [
            ("/home/ann", "/home/user"),
            (
                "unix:///home/ann/.docker/run",
                "unix:///home/user/.docker/run",
            ),
            ("/home/bob/bin:/usr/bin", "/home/user2/bin:/usr/bin"),
            ("/mnt/c/Users/ann/x", "/mnt/c/Users/user/x"),
            ("/home/anna", "/home/user3"),
            ("/home/", "/home/"),
        ] {
            assert_eq!(shown(&mut names, text), expected);
            assert_eq!(names.reveal(expected), text);
        }
        let again = &mut StandIns::default();
        again.add_home("/home/user");
        assert_eq!(shown(again, "/home/user2/x"), "/home/user2/x");
    }

    #[test]
    fn a_home_may_be_anywhere() {
        let mut names = StandIns::default();
        names.add_home("/root");
        assert_eq!(
            shown(&mut names, "/root/x /srv/root"),
            "/home/user/x /srv/root"
        );
        assert_eq!(names.reveal("/home/user/x"), "/root/x");
        for nothing in ["/", "", "relative"] {
            let mut names = StandIns::default();
            names.add_home(nothing);
            assert_eq!(shown(&mut names, "/usr/bin"), "/usr/bin");
        }
    }
}
