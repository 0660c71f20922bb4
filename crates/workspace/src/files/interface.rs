//! What is asked of files.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// How a file came to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The user named it: a pipe or a device will do.
    ByName,
    /// A search or another file led there: it is a regular file or nothing.
    ByOthers,
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, where links are not followed.
    Link,
    /// A pipe, a device, a socket.
    Other,
}

/// What a folder holds under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name in the folder.
    pub name: OsString,
    /// What it is; links are not followed.
    pub kind: Kind,
}

/// Where files are. Relative paths count from one folder, which is `.` and the empty path.
pub trait Files: Send + Sync {
    /// What a file holds, `most` bytes of it at most.
    fn read(&self, path: &Path, asked: Asked, most: u64) -> io::Result<Vec<u8>>;

    /// What is at a path, behind links.
    fn kind(&self, path: &Path) -> io::Result<Kind>;

    /// What is at a path itself: links are not followed.
    fn own_kind(&self, path: &Path) -> io::Result<Kind>;

    /// What a folder holds, in any order.
    fn entries(&self, folder: &Path) -> io::Result<Vec<Entry>>;

    /// The absolute path of what is there, without links.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf>;
}
