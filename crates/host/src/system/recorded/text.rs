//! Reading the text of a recorded machine.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Entry, Kind, Metadata, Output, RecordedSystem, Reply, Trouble, join};

/// Why a text describes no machine.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// A line that is not understood.
    #[error("line {line}: {message}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

/// Kinds of sections.
const KINDS: [&str; 15] = [
    "machine",
    "env",
    "set",
    "file",
    "folder",
    "link",
    "node",
    "socket",
    "other",
    "unreadable",
    "hidden",
    "run",
    "stderr",
    "get",
    "space",
];

/// Words in brackets.
#[derive(Default)]
struct Words {
    mode: Option<u32>,
    changed: Option<u64>,
    placed: Option<u64>,
    exit: Option<i32>,
    signal: bool,
    status: Option<u16>,
    trouble: Option<Trouble>,
    nul: bool,
    hex: bool,
    no_newline: bool,
}

/// A section whose body is being read.
struct Open<'a> {
    line: usize,
    kind: &'a str,
    name: &'a str,
    words: Words,
    body: String,
}

impl RecordedSystem {
    /// A machine from the text that describes it.
    pub fn from_text(text: &str) -> Result<Self, FormatError> {
        let mut reader = Reader {
            system: Self {
                os: "linux".to_owned(),
                arch: "x86_64".to_owned(),
                ..Self::default()
            },
            last_run: None,
        };
        let mut open: Option<Open<'_>> = None;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            if let Some((kind, rest)) = section(line) {
                if let Some(open) = open.take() {
                    reader.close(&open)?;
                }
                let (name, words) = words(rest);
                open = Some(Open {
                    line: number + 1,
                    kind,
                    name,
                    words,
                    body: String::new(),
                });
            } else if let Some(open) = &mut open {
                open.body.push_str(unescape(line));
            }
        }
        if let Some(open) = open {
            reader.close(&open)?;
        }
        Ok(reader.system)
    }
}

/// The text of the machine in a Markdown document: its first fenced block whose first word is `machine`. With
/// ```` ```machine like NAME ```` it is the machine that `base` gives for the name, with changes behind it.
#[must_use]
pub fn machine_in_markdown(
    markdown: &str,
    base: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    let mut lines = markdown.split_inclusive('\n');
    let info = lines
        .find_map(|line| line.strip_prefix("```machine"))?
        .trim();
    let mut text = match info.strip_prefix("like ") {
        Some(name) => base(name.trim())?,
        None => String::new(),
    };
    text.extend(lines.take_while(|line| line.trim_end() != "```"));
    Some(text)
}

/// Kind and rest of a line that starts a section.
pub(super) fn section(line: &str) -> Option<(&str, &str)> {
    let (kind, rest) = line.strip_prefix("# ")?.split_once(':')?;
    (kind == "absent" || KINDS.contains(&kind)).then_some((kind, rest.trim()))
}

/// A line of a body without the mark that keeps it from being a section.
fn unescape(line: &str) -> &str {
    let bare = line.trim_start_matches('\\');
    if bare.len() < line.len() && section(bare).is_some() {
        return &line[1..];
    }
    line
}

/// The rest of a section's line without its words in brackets, and those.
fn words(rest: &str) -> (&str, Words) {
    let split = rest
        .strip_suffix(']')
        .and_then(|inner| inner.rfind('[').map(|at| (at, &inner[at + 1..])));
    let Some((at, inner)) = split else {
        return (rest, Words::default());
    };
    let mut words = Words::default();
    for word in inner.split(',') {
        if read_word(word.trim(), &mut words).is_none() {
            return (rest, Words::default());
        }
    }
    (rest[..at].trim_end(), words)
}

fn read_word(word: &str, words: &mut Words) -> Option<()> {
    let (name, value) = word.split_once(' ').unwrap_or((word, ""));
    match (name, value) {
        ("mode", value) => words.mode = Some(u32::from_str_radix(value, 8).ok()?),
        ("changed", value) => words.changed = Some(value.parse().ok()?),
        ("placed", value) => words.placed = Some(value.parse().ok()?),
        ("exit", value) => words.exit = Some(value.parse().ok()?),
        ("signal", "") => words.signal = true,
        ("status", value) => words.status = Some(value.parse().ok()?),
        ("denied", "") => words.trouble = Some(Trouble::Denied),
        ("refused", "") => words.trouble = Some(Trouble::Refused),
        ("hangs", "") => words.trouble = Some(Trouble::TimedOut(Duration::ZERO)),
        ("fails", value) => words.trouble = Some(Trouble::Other(value.to_owned())),
        ("nul", "") => words.nul = true,
        ("hex", "") => words.hex = true,
        ("no", "newline") => words.no_newline = true,
        _ => return None,
    }
    Some(())
}

struct Reader {
    system: RecordedSystem,
    last_run: Option<String>,
}

impl Reader {
    fn close(&mut self, open: &Open<'_>) -> Result<(), FormatError> {
        let line = open.line;
        self.add(open).map_err(|message| FormatError::Line {
            line,
            message: message.to_owned(),
        })
    }

    fn add(&mut self, open: &Open<'_>) -> Result<(), &'static str> {
        let Open {
            kind, name, words, ..
        } = open;
        match *kind {
            "machine" => {
                let (os, arch) = name
                    .split_once(' ')
                    .ok_or("say `machine: OS ARCHITECTURE`")?;
                os.clone_into(&mut self.system.os);
                arch.clone_into(&mut self.system.arch);
            }
            "env" => {
                let (name, value) = name.split_once('=').ok_or("say `env: NAME=VALUE`")?;
                let variables = &mut self.system.variables;
                variables.insert(name.to_owned(), value.to_owned());
            }
            "set" => {
                let variables = &mut self.system.variables;
                variables.insert((*name).to_owned(), "set".to_owned());
            }
            "space" => {
                let space = name
                    .rsplit_once(' ')
                    .and_then(|(folder, bytes)| Some((folder.to_owned(), bytes.parse().ok()?)));
                self.system
                    .space
                    .extend([space.ok_or("say `space: FOLDER BYTES`")?]);
            }
            "absent" => self.remove(&absolute(name)?),
            "run" => {
                let result = self.run(name, words, open.body_text());
                self.system.runs.insert((*name).to_owned(), result);
                self.last_run = Some((*name).to_owned());
            }
            "stderr" => {
                let last = self.last_run.as_ref();
                let run = last.and_then(|run| self.system.runs.get_mut(run));
                match run {
                    Some(Ok(output)) => output.stderr = open.body_text(),
                    _ => return Err("`stderr` follows a program that ended"),
                }
            }
            "get" => self.get(name, open)?,
            _ => self.entry(open)?,
        }
        Ok(())
    }

    fn run(&mut self, line: &str, words: &Words, stdout: String) -> Result<Output, Trouble> {
        let program = line.split(' ').next().unwrap_or_default();
        if program.starts_with('/') {
            let entry = || Entry::new(Kind::File, 0o755);
            let entries = &mut self.system.entries;
            entries.entry(program.to_owned()).or_insert_with(entry);
        }
        if let Some(trouble) = &words.trouble {
            return Err(trouble.clone());
        }
        Ok(Output {
            status: (!words.signal).then_some(words.exit.unwrap_or(0)),
            stdout,
            stderr: String::new(),
        })
    }

    fn get(&mut self, name: &str, open: &Open<'_>) -> Result<(), &'static str> {
        let (socket, path) = name.split_once(' ').ok_or("say `get: SOCKET PATH`")?;
        let socket = absolute(socket)?;
        let result = match &open.words.trouble {
            Some(trouble) => Err(trouble.clone()),
            None => Ok(Reply {
                status: open.words.status.unwrap_or(200),
                body: open.bytes()?,
            }),
        };
        let entry = || Entry::new(Kind::Socket, 0o660);
        let entries = &mut self.system.entries;
        entries.entry(socket.clone()).or_insert_with(entry);
        self.system.gets.insert((socket, path.to_owned()), result);
        Ok(())
    }

    fn entry(&mut self, open: &Open<'_>) -> Result<(), &'static str> {
        let words = &open.words;
        let (path, kind, mode) = match open.kind {
            "file" | "unreadable" => (open.name, Kind::File, 0o644),
            "folder" => (open.name, Kind::Folder, 0o755),
            "link" => {
                let (path, target) = open
                    .name
                    .split_once(" -> ")
                    .ok_or("say `link: PATH -> TARGET`")?;
                (path, Kind::Link(target.to_owned()), 0o777)
            }
            "node" => {
                let device = open.name.rsplit_once(' ').and_then(|(path, numbers)| {
                    let (major, minor) = numbers.split_once(':')?;
                    let (major, minor) = (major.parse().ok()?, minor.parse().ok()?);
                    Some((path, Kind::Device { major, minor }))
                });
                let (path, kind) = device.ok_or("say `node: PATH MAJOR:MINOR`")?;
                (path, kind, 0o666)
            }
            "socket" => (open.name, Kind::Socket, 0o660),
            "hidden" | "other" => (open.name, Kind::Other, 0o644),
            _ => return Err("unknown kind of section"),
        };
        let path = absolute(path)?;
        let mut entry = Entry::new(kind.clone(), words.mode.unwrap_or(mode));
        if open.kind == "hidden" {
            entry.metadata = Err(Trouble::Denied);
        }
        if let Ok(Metadata {
            changed, placed, ..
        }) = &mut entry.metadata
        {
            *changed = words.changed;
            *placed = words.placed.or(words.changed);
        }
        entry.trouble.clone_from(&words.trouble);
        if matches!(open.kind, "unreadable" | "hidden") {
            entry.trouble = Some(Trouble::Denied);
        }
        if kind == Kind::File {
            entry.bytes = open.bytes()?;
        } else if !open.body.trim().is_empty() {
            return Err("only files, programs and answers have a body");
        }
        self.system.entries.insert(path, entry);
        Ok(())
    }

    fn remove(&mut self, path: &str) {
        let gone = |other: &str| {
            let rest = other.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let system = &mut self.system;
        system.entries = keep_unless(std::mem::take(&mut system.entries), |key| gone(key));
        system.gets = keep_unless(std::mem::take(&mut system.gets), |(socket, _)| gone(socket));
    }
}

fn keep_unless<K: Ord, V>(map: BTreeMap<K, V>, gone: impl Fn(&K) -> bool) -> BTreeMap<K, V> {
    map.into_iter().filter(|(key, _)| !gone(key)).collect()
}

fn absolute(path: &str) -> Result<String, &'static str> {
    if path.starts_with('/') {
        Ok(join("/", path))
    } else {
        Err("the path is not absolute")
    }
}

impl Open<'_> {
    /// The body without the blank line that parts it from the next section.
    fn body_text(&self) -> String {
        let body = &self.body;
        let body = match body.strip_suffix('\n') {
            Some("") => "",
            Some(shorter) if shorter.ends_with('\n') => shorter,
            _ => body,
        };
        match body.strip_suffix('\n') {
            Some(shorter) if self.words.no_newline => shorter.to_owned(),
            _ => body.to_owned(),
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, &'static str> {
        let text = self.body_text();
        if self.words.nul {
            return Ok(text.replace('\n', "\0").into_bytes());
        }
        if !self.words.hex {
            return Ok(text.into_bytes());
        }
        let digits: Vec<u8> = text
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        let pairs = digits.chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        });
        pairs.collect::<Option<_>>().ok_or("not hexadecimal")
    }
}
