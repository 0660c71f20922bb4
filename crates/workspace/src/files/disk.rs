//! Files of this machine.

#![expect(
    clippy::disallowed_methods,
    reason = "looks at the files that are checked"
)]

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::interface::{Asked, Entry, Files, Kind};
use super::open::{self, Opened};

/// The files of this machine; relative paths count from the current directory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path, asked: Asked, most: u64) -> io::Result<Vec<u8>> {
        let Opened {
            content, length, ..
        } = match asked {
            Asked::ByName => open::named(path)?,
            Asked::ByOthers => open::found(path)?,
        };
        let mut bytes = Vec::with_capacity(length.min(most) as usize);
        content.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn kind(&self, path: &Path) -> io::Result<Kind> {
        fs::metadata(path).map(|metadata| kind(metadata.file_type()))
    }

    fn own_kind(&self, path: &Path) -> io::Result<Kind> {
        fs::symlink_metadata(path).map(|metadata| kind(metadata.file_type()))
    }

    fn entries(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let entries = fs::read_dir(folder)?;
        let entry = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            Ok(Entry {
                kind: entry.file_type().map_or(Kind::Other, kind),
                name: entry.file_name(),
            })
        };
        entries.map(entry).collect()
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(path)
    }
}

fn kind(of: fs::FileType) -> Kind {
    if of.is_symlink() {
        Kind::Link
    } else if of.is_dir() {
        Kind::Folder
    } else if of.is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}
