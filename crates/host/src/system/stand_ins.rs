//! Stand-ins for what names one GPU or one person: the same one everywhere for the same name.

use std::fmt;

/// What is shown in place of what.
#[derive(Clone, Default)]
pub struct StandIns {
    /// Names of GPUs and of their slices, and what is shown for them.
    ids: Vec<Pair>,
    /// Folders of people, and what is shown for them.
    folders: Vec<Pair>,
}

#[derive(Clone)]
struct Pair {
    real: String,
    shown: String,
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
        write!(f, "StandIns({})", self.ids.len() + self.folders.len())
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
            self.folders.push(Pair {
                real: home.to_owned(),
                shown: format!("/home/{USER}"),
            });
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
        'parts: while !rest.is_empty() {
            let ids = self.ids.iter().map(|pair| (pair, true));
            let folders = self.folders.iter().map(|pair| (pair, false));
            for (pair, is_whole) in ids.chain(folders) {
                if let Some(behind) = rest.strip_prefix(&pair.shown)
                    && (is_whole || behind.bytes().next().is_none_or(ends_name))
                {
                    real.push_str(&pair.real);
                    rest = behind;
                    continue 'parts;
                }
            }
            let mut characters = rest.chars();
            real.extend(characters.next());
            rest = characters.as_str();
        }
        real
    }

    /// The stand-in for the id at the beginning, and the length of the id.
    fn id_at(&mut self, bytes: &[u8]) -> Option<(usize, String)> {
        let id = bytes.get(..ID)?;
        let kind = KINDS.iter().find(|kind| id.starts_with(kind.as_bytes()))?;
        let is_uuid = id[kind.len()..]
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
        let known = self.ids.iter().find(|pair| pair.real == real);
        if let Some(pair) = known {
            return Some((ID, pair.shown.clone()));
        }
        let shown = if is_stand_in(real) {
            real.to_owned()
        } else {
            let numbered = (1_u32..).map(|number| format!("{}{number:08}{TAIL}", &real[..4]));
            let is_free = |shown: &String| self.ids.iter().all(|pair| pair.shown != *shown);
            numbered.into_iter().find(is_free)?
        };
        self.ids.push(Pair {
            real: real.to_owned(),
            shown: shown.clone(),
        });
        Some((ID, shown))
    }

    /// The stand-in for the folder of a person that is named at a place, and the length of its name.
    fn folder_at(&mut self, bytes: &[u8], at: usize) -> Option<(usize, String)> {
        let rest = &bytes[at..];
        let within = at
            .checked_sub(1)
            .is_some_and(|before| is_of_name(bytes[before]));
        let elsewhere = self.folders.iter().find(|pair| {
            let behind = rest.strip_prefix(pair.real.as_bytes());
            !within
                && behind.is_some_and(|behind| behind.first().is_none_or(|byte| ends_name(*byte)))
        });
        if let Some(pair) = elsewhere {
            return Some((pair.real.len(), pair.shown.clone()));
        }
        let folder = HOMES
            .iter()
            .find(|folder| rest.starts_with(folder.as_bytes()))?;
        let name = &rest[folder.len()..];
        let length = name.iter().position(|byte| ends_name(*byte));
        let name = std::str::from_utf8(&name[..length.unwrap_or(name.len())]).ok()?;
        if name.is_empty() {
            return None;
        }
        let real = format!("{folder}{name}");
        if let Some(pair) = self.folders.iter().find(|pair| pair.real == real) {
            return Some((real.len(), pair.shown.clone()));
        }
        let shown = format!("{folder}{}", self.user(name)?);
        let length = real.len();
        self.folders.push(Pair {
            real,
            shown: shown.clone(),
        });
        Some((length, shown))
    }

    /// What stands for a person: one may have a folder in Windows too.
    fn user(&self, name: &str) -> Option<String> {
        let names = self.folders.iter().filter_map(|pair| {
            let shown = pair.shown.rsplit('/').next()?;
            Some((pair.real.rsplit('/').next()?, shown))
        });
        let names: Vec<(&str, &str)> = names.collect();
        if let Some((_, shown)) = names.iter().find(|(real, _)| *real == name) {
            return Some((*shown).to_owned());
        }
        let is_free = |shown: &String| names.iter().all(|(_, taken)| taken != shown);
        // A stand-in stays what it is.
        let own = Some(name.to_owned()).filter(|name| is_user(name));
        let numbered = (2_u32..).map(|number| format!("{USER}{number}"));
        let mut candidates = own.into_iter().chain([USER.to_owned()]).chain(numbered);
        candidates.find(is_free)
    }
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
