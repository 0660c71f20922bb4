//! Folders of a run, each looked at once.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};

use super::disk::Disk;
use super::interface::{Entry, Files, Kind};
use crate::once::once;
use crate::paths::{nonempty, relative};

/// A name that says something about the folder that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A repository begins here.
    Git,
    /// One of another kind does.
    Jujutsu,
    /// What Git leaves out.
    Ignored,
    /// A configuration.
    Configuration,
    /// A Python project, which may have one.
    PythonProject,
}

impl Mark {
    const ALL: [Self; 5] = [
        Self::Git,
        Self::Jujutsu,
        Self::Ignored,
        Self::Configuration,
        Self::PythonProject,
    ];

    /// The name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Git => ".git",
            Self::Jujutsu => ".jj",
            Self::Ignored => ".gitignore",
            Self::Configuration => "env-doctor.toml",
            Self::PythonProject => "pyproject.toml",
        }
    }
}

/// What is known of a name in a folder.
#[derive(Clone, Copy, Default)]
enum Seen {
    /// Nobody has looked.
    #[default]
    Unknown,
    /// Nothing is there.
    Nothing,
    /// This is there, behind links.
    Something(Kind),
}

/// What a folder has under the name of each mark.
#[derive(Clone, Copy, Default)]
struct Marks([Seen; Mark::ALL.len()]);

/// The files of a run, and what is known of their folders.
pub struct Folders {
    files: Arc<dyn Files>,
    /// Folders without links, by their spelling; `None` where there is none.
    full: Mutex<HashMap<PathBuf, Option<PathBuf>>>,
    /// Paths that somebody named.
    is_folder: Mutex<HashMap<Utf8PathBuf, bool>>,
    /// By folders without links.
    marks: Mutex<HashMap<PathBuf, Marks>>,
}

impl Folders {
    /// Nothing is known yet.
    pub fn new(files: Arc<dyn Files>) -> Arc<Self> {
        Arc::new(Self {
            files,
            full: Mutex::default(),
            is_folder: Mutex::default(),
            marks: Mutex::default(),
        })
    }

    /// Those of this machine.
    pub fn of_disk() -> Arc<Self> {
        Self::new(Arc::new(Disk))
    }

    /// The files in them.
    pub(crate) fn files(&self) -> &dyn Files {
        self.files.as_ref()
    }

    /// Whether there is a folder at a path, behind links.
    pub(crate) fn is_folder(&self, path: &Utf8Path) -> bool {
        once(&self.is_folder, path, || {
            let kind = self.files.kind(path.as_std_path());
            kind.is_ok_and(|kind| kind == Kind::Folder)
        })
    }

    /// A folder without links.
    pub(crate) fn full(&self, folder: &Path) -> Option<PathBuf> {
        let look = || self.files.resolve(nonempty_path(folder)).ok();
        once(&self.full, spelt(folder), look)
    }

    /// A file without links.
    pub(crate) fn real(&self, path: &Path) -> io::Result<PathBuf> {
        if let (Some(parent), Some(name)) = (path.parent(), path.file_name())
            && self.files.own_kind(path)? != Kind::Link
            && let Some(full) = self.full(parent)
        {
            return Ok(full.join(name));
        }
        self.files.resolve(path)
    }

    /// The path of a file, without links in its directory.
    pub(crate) fn absolute(&self, name: &str) -> Option<PathBuf> {
        let path = Utf8Path::new(name);
        let parent = path.parent().unwrap_or_else(|| Utf8Path::new(""));
        let full = self.full(parent.as_std_path())?;
        Some(full.join(path.file_name()?))
    }

    /// The current directory without links.
    pub(crate) fn here(&self) -> PathBuf {
        self.full(Path::new("")).unwrap_or_default()
    }

    /// An absolute path as one would type it here.
    pub(crate) fn short(&self, path: Utf8PathBuf) -> Utf8PathBuf {
        let relative = relative(&self.here(), path.as_std_path());
        Utf8PathBuf::from_path_buf(relative).unwrap_or(path)
    }

    /// Whether a folder without links has a mark.
    pub(crate) fn has(&self, full: &Path, mark: Mark) -> bool {
        self.mark(full, mark).is_some()
    }

    /// What a folder without links has under the name of a mark.
    pub(crate) fn mark(&self, full: &Path, mark: Mark) -> Option<Kind> {
        let known = self.marks.lock().ok().and_then(|known| {
            let marks = known.get(full)?;
            Some(marks.0[mark as usize])
        });
        match known.unwrap_or_default() {
            Seen::Unknown => {}
            Seen::Nothing => return None,
            Seen::Something(kind) => return Some(kind),
        }
        let found = match self.files.kind(&full.join(mark.name())) {
            Ok(kind) => Some(kind),
            Err(error) if is_absent(&error) => None,
            // Whoever reads it finds out what is wrong with it.
            Err(_) => Some(Kind::Other),
        };
        if let Ok(mut known) = self.marks.lock() {
            let marks = known.entry(full.to_owned()).or_default();
            marks.0[mark as usize] = found.map_or(Seen::Nothing, Seen::Something);
        }
        found
    }

    /// Takes note of what the folder at `path` holds, which is `full` without links.
    pub(crate) fn learn(&self, path: &Path, full: &Path, entries: &[Entry]) {
        let mut marks = Marks::default();
        for mark in Mark::ALL {
            let entry = entries.iter().find(|entry| entry.name == mark.name());
            marks.0[mark as usize] = match entry {
                None => Seen::Nothing,
                // Where it leads is looked at when somebody asks.
                Some(entry) if entry.kind == Kind::Link => Seen::Unknown,
                Some(entry) => Seen::Something(entry.kind),
            };
        }
        if let Ok(mut known) = self.marks.lock() {
            known.insert(full.to_owned(), marks);
        }
        if let Ok(mut known) = self.full.lock() {
            known.insert(spelt(path).to_owned(), Some(full.to_owned()));
            known.insert(full.to_owned(), Some(full.to_owned()));
        }
    }

    /// The nearest directory with `.git`, from one without links upwards.
    pub(crate) fn top<'p>(&self, full: &'p Path) -> Option<&'p Path> {
        full.ancestors().find(|folder| self.has(folder, Mark::Git))
    }
}

/// `./a` as `a`, and `.` as the empty path.
fn spelt(folder: &Path) -> &Path {
    folder.strip_prefix(".").unwrap_or(folder)
}

fn nonempty_path(folder: &Path) -> &Path {
    match Utf8Path::from_path(folder) {
        Some(folder) => nonempty(folder).as_std_path(),
        None => folder,
    }
}

/// Whether there is nothing of the name.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind;
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
