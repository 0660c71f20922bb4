//! A machine that was written down, by [`record`](super::record) or by hand.
//!
//! One text describes it. A section starts with a line `# <kind>: …`, its body is what follows, and a blank line may
//! stand before the next section:
//!
//! ```text
//! # machine: linux x86_64
//! # env: PATH=/usr/bin:/bin
//! # set: CI
//! # file: /sys/module/nvidia/version
//! 580.95.05
//!
//! # file: /etc/docker/daemon.json [mode 0600, changed 1763000000, denied]
//! # file: /proc/812/cmdline [nul]
//! dockerd
//! --host=fd://
//!
//! # folder: /etc/cdi
//! # link: /usr/lib64/libcuda.so.1 -> libcuda.so.580.95.05
//! # node: /dev/nvidia0 195:0 [mode 0666]
//! # unreadable: /root/.docker/config.json
//! # run: /usr/bin/nvidia-smi --list-gpus [exit 9]
//! NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.
//!
//! # get: /var/run/docker.sock /info [status 200]
//! {"ServerVersion": "29.2.0"}
//!
//! # space: /var/lib/docker 250000000000
//! ```
//!
//! | section | body | words in brackets |
//! | --- | --- | --- |
//! | `machine: OS ARCH` | | |
//! | `env: NAME=VALUE`, `set: NAME` (value not looked at) | | |
//! | `file: PATH` | its text | `mode 0644`, `changed SECONDS`, `placed SECONDS` (where it differs), `denied`, `fails WHY`, `nul` (each line ends with NUL), `hex`, `no newline` |
//! | `folder: PATH` | | `mode`, `changed`, `placed`, `denied`, `fails WHY` |
//! | `link: PATH -> TARGET`, `node: PATH MAJOR:MINOR`, `socket: PATH`, `other: PATH` | | `mode`, `changed`, `placed` |
//! | `unreadable: PATH`, `hidden: PATH` | | the file, or even what stands there, may not be looked at |
//! | `run: PROGRAM ARGUMENTS` | standard output | `exit N`, `hangs`, `denied`, `fails WHY` |
//! | `stderr:` | standard error of the program above | |
//! | `get: SOCKET PATH` | the body | `status N`, `hangs`, `denied`, `refused`, `fails WHY` |
//! | `space: FOLDER BYTES` | | |
//! | `absent: PATH` | | takes away what an earlier section put there or below |
//!
//! A later section replaces an earlier one, so that a machine can be another one with changes behind it. Lines before
//! the first section are comments. A line of a body that looks like a section has a `\` before it. A program with an
//! absolute path and a socket that is asked exist without a section of their own, and so do the folders above a file.

mod text;
mod write;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::lookup::{is_plain, join, name_of};
use super::{Keep, KeepOutput, Kind, Metadata, Output, Reply, System, Trouble, parent_of};

pub use text::{FormatError, machine_in_markdown};

/// A machine that was written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedSystem {
    pub(super) os: String,
    pub(super) arch: String,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) entries: BTreeMap<String, Entry>,
    /// By program and arguments, joined by blanks.
    pub(super) runs: BTreeMap<String, Result<Output, Trouble>>,
    /// By socket and path.
    pub(super) gets: BTreeMap<(String, String), Result<Reply, Trouble>>,
    pub(super) space: BTreeMap<String, u64>,
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) metadata: Result<Metadata, Trouble>,
    /// What reading or listing it gives, where that is not what the entries say.
    pub(super) trouble: Option<Trouble>,
    pub(super) bytes: Vec<u8>,
}

impl Entry {
    pub(super) fn new(kind: Kind, mode: u32) -> Self {
        Self {
            metadata: Ok(Metadata {
                kind,
                mode,
                changed: None,
                placed: None,
            }),
            trouble: None,
            bytes: Vec::new(),
        }
    }
}

impl RecordedSystem {
    /// The machine that a folder holds, as `env-doctor host --record` writes it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the folder is the user's, not the machine's"
    )]
    pub fn open(folder: &Path) -> Result<Self, FormatError> {
        let text = std::fs::read_to_string(folder.join(super::MACHINE_FILE))?;
        Self::from_text(&text)
    }

    /// The entry of a path, links among its folders followed.
    fn entry(&self, path: &str) -> Option<(String, &Entry)> {
        let path = self.real(path);
        let entry = self.entries.get(&path)?;
        Some((path, entry))
    }

    /// The path without links among its folders.
    fn real(&self, path: &str) -> String {
        let mut path = join("/", path);
        // As many as Linux follows.
        for _ in 0..40 {
            if self.entries.contains_key(&path) {
                break;
            }
            let mut folder = parent_of(&path);
            let mut next = None;
            while folder != "/" && next.is_none() {
                if let Some(Entry {
                    metadata:
                        Ok(Metadata {
                            kind: Kind::Link(target),
                            ..
                        }),
                    ..
                }) = self.entries.get(folder)
                {
                    let rest = &path[folder.len() + 1..];
                    next = Some(join(&join(parent_of(folder), target), rest));
                }
                folder = parent_of(folder);
            }
            match next {
                Some(next) => path = next,
                None => break,
            }
        }
        path
    }

    /// Whether a folder above a path may not be searched.
    fn is_hidden(&self, path: &str) -> bool {
        let mut folder = parent_of(path);
        while folder != "/" {
            if self
                .entries
                .get(folder)
                .is_some_and(|entry| entry.metadata.is_err())
            {
                return true;
            }
            folder = parent_of(folder);
        }
        false
    }

    /// Names below a folder, repeated where several entries stand below one.
    fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let prefix = match folder {
            "/" => "/".to_owned(),
            folder => format!("{folder}/"),
        };
        let length = prefix.len();
        let from = self.entries.range(prefix.clone()..);
        from.take_while(move |(path, _)| path.starts_with(&prefix))
            .filter_map(move |(path, _)| path[length..].split('/').next())
    }
}

impl System for RecordedSystem {
    fn os(&self) -> &str {
        &self.os
    }

    fn arch(&self) -> &str {
        &self.arch
    }

    fn read(&self, path: &str, limit: usize, keep: Keep<'_>) -> Result<Vec<u8>, Trouble> {
        let (path, metadata) = super::resolve(self, path)?;
        let entry = self.entry(&path);
        if let Some((_, entry)) = &entry
            && let Some(trouble) = &entry.trouble
        {
            return Err(trouble.clone());
        }
        match entry {
            Some((_, entry)) if metadata.kind == Kind::File => {
                if entry.bytes.len() > limit {
                    return Err(Trouble::TooLarge(limit));
                }
                Ok(keep(&entry.bytes))
            }
            _ => Err(Trouble::NoFile),
        }
    }

    fn list(&self, folder: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Trouble> {
        let (folder, metadata) = super::resolve(self, folder)?;
        if let Some((_, entry)) = self.entry(&folder)
            && let Some(trouble) = &entry.trouble
        {
            return Err(trouble.clone());
        }
        if metadata.kind != Kind::Folder {
            return Err(Trouble::Absent);
        }
        let mut names: Vec<String> = Vec::new();
        for name in self.below(&self.real(&folder)) {
            if is_plain(name) && wanted(name) && names.last().is_none_or(|last| last != name) {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    fn metadata(&self, path: &str) -> Result<Metadata, Trouble> {
        if self.is_hidden(path) {
            return Err(Trouble::Denied);
        }
        if let Some((_, entry)) = self.entry(path) {
            return entry.metadata.clone();
        }
        let path = self.real(path);
        if self.below(&path).next().is_some() {
            return Ok(Metadata {
                kind: Kind::Folder,
                mode: 0o755,
                changed: None,
                placed: None,
            });
        }
        if self.is_hidden(&path) {
            return Err(Trouble::Denied);
        }
        Err(Trouble::Absent)
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn has_variable(&self, name: &str) -> bool {
        self.variables
            .get(name)
            .is_some_and(|value| !value.is_empty())
    }

    fn run(
        &self,
        program: &str,
        arguments: &[&str],
        limit: Duration,
        keep: KeepOutput<'_>,
    ) -> Result<Output, Trouble> {
        let with = |program: &str| {
            let mut line = program.to_owned();
            for argument in arguments {
                line.push(' ');
                line.push_str(argument);
            }
            self.runs.get(&line)
        };
        match with(program).or_else(|| with(name_of(program))) {
            Some(Err(Trouble::TimedOut(_))) => Err(Trouble::TimedOut(limit)),
            Some(Ok(output)) => Ok(keep(output)),
            Some(Err(trouble)) => Err(trouble.clone()),
            None => Err(Trouble::Other("was not recorded".to_owned())),
        }
    }

    fn get(
        &self,
        socket: &str,
        path: &str,
        limit: Duration,
        keep: Keep<'_>,
    ) -> Result<Reply, Trouble> {
        let gets = |socket: String| self.gets.get(&(socket, path.to_owned()));
        let target = super::resolve(self, socket).map(|(path, _)| path);
        let named = gets(join("/", socket)).or_else(|| gets(self.real(socket)));
        let recorded = named.or_else(|| gets(self.real(target.as_ref().ok()?)));
        match recorded {
            Some(Ok(reply)) => Ok(Reply {
                status: reply.status,
                body: keep(&reply.body),
            }),
            Some(Err(Trouble::TimedOut(_))) => Err(Trouble::TimedOut(limit)),
            Some(Err(trouble)) => Err(trouble.clone()),
            None => Err(target.err().unwrap_or(Trouble::Refused)),
        }
    }

    fn free_space(&self, folder: &str) -> Result<u64, Trouble> {
        match self.space.get(folder) {
            Some(bytes) => Ok(*bytes),
            None => Err(Trouble::Absent),
        }
    }
}
