//! Stand-ins for what names one GPU or one person: the same one everywhere for the same name.

use std::collections::HashMap;
use std::fmt;

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
    /// The last number that was given to each of [`KINDS`], and to a person.
    last: [u32; KINDS.len() + 1],
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
        let count = self.ids.real.len() + self.folders.real.len();
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

/// The user whose home it is; the others are numbered.
const USER: &str = "user";

impl StandIns {
    /// Whether a name that somebody wrote is the one that is shown as `shown`; `None` where only a stand-in is left.
    #[must_use]
    pub fn is(&self, written: &str, shown: &str) -> Option<bool> {
        Some(self.real(shown)? == written)
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
        is_real.then_some(real)
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

    /// The bytes with stand-ins, new ones for what was not met before; `None` where nothing is to be replaced.
    pub(super) fn conceal(&mut self, bytes: &[u8], folders: bool) -> Option<Vec<u8>> {
        let mut shown: Option<Vec<u8>> = None;
        let mut done = 0;
        let mut at = 0;
        while at < bytes.len() {
            let found = match bytes[at] {
                b'G' | b'M' => self.id_at(&bytes[at..]),
                b'/' if folders => self.folder_at(bytes, at),
                _ => None,
            };
            match found {
                Some((length, stand_in)) => {
                    let shown = shown.get_or_insert_default();
                    shown.extend_from_slice(&bytes[done..at]);
                    shown.extend_from_slice(stand_in.as_bytes());
                    at += length;
                    done = at;
                }
                None => at += 1,
            }
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
            if let Some((shown, name)) = found {
                real.push_str(name);
                rest = &rest[shown.len()..];
            } else {
                real.push(first);
                rest = &rest[first.len_utf8()..];
            }
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
        let taken = if kind == PERSON {
            &self.people
        } else {
            &self.ids
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

    /// What stands for a person: one may have a folder in Windows too.
    fn person(&mut self, name: &str) -> String {
        if let Some(shown) = self.people.shown.get(name) {
            return shown.clone();
        }
        // A stand-in stays what it is.
        let shown = if is_user(name) && self.people.is_free(name) {
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
fn is_user(name: &str) -> bool {
    let number = name.strip_prefix(USER);
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
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
             MIG-GPU-00000001-0000-0000-0000-000000000000/7/0, GPU-1d8f"
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
