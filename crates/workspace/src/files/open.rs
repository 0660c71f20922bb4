//! Files opened without waiting for ever, and which ones this program has opened.

#![expect(
    clippy::disallowed_methods,
    reason = "looks at the files that are read"
)]

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;
use std::sync::Mutex;

use super::wait;

/// A file to read, and how long it says that it is.
pub(crate) struct Opened {
    /// What it holds.
    pub content: Box<dyn Read>,
    /// Zero where nobody knows.
    pub length: u64,
    /// Whether it may go on for ever.
    pub is_device: bool,
}

/// Opens a file that the user named. A pipe or a device will do, where it has something to say within a second.
pub(crate) fn named(path: &Path) -> io::Result<Opened> {
    let (file, metadata) = open(path)?;
    if metadata.is_file() {
        return Ok(whole(file, &metadata));
    }
    let is_device = !is_pipe(&metadata);
    let content: Box<dyn Read> = if file.is_terminal() {
        Box::new(file)
    } else {
        let start = wait::for_content(&file, !is_device)?;
        Box::new(io::Cursor::new(start).chain(file))
    };
    Ok(Opened {
        content,
        length: 0,
        is_device,
    })
}

/// Opens a file that nobody named, or only another file: a pipe or a device, which may never end, is refused.
pub(super) fn found(path: &Path) -> io::Result<Opened> {
    let (file, metadata) = open(path)?;
    // The usual way to say "no file".
    if metadata.is_file() || path.canonicalize().is_ok_and(|path| path == *NOTHING) {
        return Ok(whole(file, &metadata));
    }
    let message = "is a pipe or a device, not a file";
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

/// A device that is empty.
const NOTHING: &str = "/dev/null";

fn whole(file: File, metadata: &Metadata) -> Opened {
    Opened {
        content: Box::new(file),
        length: metadata.len(),
        is_device: false,
    }
}

fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let kind = fs::metadata(path)?.file_type();
    if is_socket(kind) {
        let message = "is a socket, not a file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let file = host::system::open_at_once(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if metadata.is_file()
        && let Ok(mut seen) = SEEN.lock()
    {
        seen.extend(identity(path, &metadata));
    }
    Ok((file, metadata))
}

/// The regular files that were opened.
static SEEN: Mutex<BTreeSet<Identity>> = Mutex::new(BTreeSet::new());

/// Whether the file at `path` was read, by whatever name.
pub fn was_read(path: &Path) -> bool {
    let Ok(metadata) = fs::metadata(path) else {
        return false;
    };
    let identity = identity(path, &metadata).filter(|_| metadata.is_file());
    identity.is_some_and(|identity| SEEN.lock().is_ok_and(|seen| seen.contains(&identity)))
}

#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
#[expect(
    clippy::unnecessary_wraps,
    reason = "on other systems a file may have none"
)]
fn identity(_: &Path, metadata: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
type Identity = std::path::PathBuf;

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> Option<Identity> {
    path.canonicalize().ok()
}

#[cfg(unix)]
fn is_pipe(metadata: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn is_socket(kind: fs::FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_socket(&kind)
}

#[cfg(not(unix))]
fn is_socket(_: fs::FileType) -> bool {
    false
}
