//! The machine this program runs on.

#![expect(clippy::disallowed_methods, reason = "this is the boundary")]

mod process;
mod socket;

pub use process::kill_group;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use super::lookup::is_plain;
use super::{Keep, KeepOutput, Kind, Metadata, Output, Reply, System, Trouble};

/// The machine this program runs on.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsSystem;

impl System for OsSystem {
    fn os(&self) -> &str {
        std::env::consts::OS
    }

    fn arch(&self) -> &str {
        std::env::consts::ARCH
    }

    fn read(&self, path: &str, limit: usize, keep: Keep<'_>) -> Result<Vec<u8>, Trouble> {
        // A pipe or a device may block or act when it is opened.
        if !fs::metadata(path)?.is_file() {
            return Err(Trouble::NoFile);
        }
        let file = open_at_once(Path::new(path))?;
        if !file.metadata()?.is_file() {
            return Err(Trouble::NoFile);
        }
        let mut bytes = Vec::new();
        file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > limit {
            return Err(Trouble::TooLarge(limit));
        }
        Ok(keep(&bytes))
    }

    fn list(&self, folder: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Trouble> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            // An entry may be gone by now.
            if let Ok(entry) = entry
                && let Some(name) = entry.file_name().to_str()
                && is_plain(name)
                && wanted(name)
            {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn metadata(&self, path: &str) -> Result<Metadata, Trouble> {
        let metadata = fs::symlink_metadata(path)?;
        let changed = metadata.modified().ok();
        let changed = changed.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        Ok(Metadata {
            kind: kind(path, &metadata)?,
            mode: mode(&metadata),
            changed: changed.map(|since| since.as_secs()),
            placed: placed(&metadata),
        })
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn has_variable(&self, name: &str) -> bool {
        std::env::var_os(name).is_some_and(|value| !value.is_empty())
    }

    fn run(
        &self,
        program: &str,
        arguments: &[&str],
        limit: Duration,
        keep: KeepOutput<'_>,
    ) -> Result<Output, Trouble> {
        Ok(keep(&process::run(program, arguments, limit)?))
    }

    fn get(
        &self,
        socket: &str,
        path: &str,
        limit: Duration,
        keep: Keep<'_>,
    ) -> Result<Reply, Trouble> {
        let mut reply = socket::get(socket, path, limit)?;
        reply.body = keep(&reply.body);
        Ok(reply)
    }

    fn free_space(&self, folder: &str) -> Result<u64, Trouble> {
        free_space(folder)
    }
}

/// Opens whatever is there for reading, without waiting for anybody: reading a pipe may not wait either.
#[cfg(unix)]
pub fn open_at_once(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Opens whatever is there for reading.
#[cfg(not(unix))]
pub fn open_at_once(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

fn kind(path: &str, metadata: &fs::Metadata) -> Result<Kind, Trouble> {
    let kind = metadata.file_type();
    if kind.is_symlink() {
        let target = fs::read_link(Path::new(path))?;
        return Ok(Kind::Link(target.to_string_lossy().into_owned()));
    }
    if kind.is_dir() {
        return Ok(Kind::Folder);
    }
    if kind.is_file() {
        return Ok(Kind::File);
    }
    Ok(special(metadata))
}

#[cfg(unix)]
fn special(metadata: &fs::Metadata) -> Kind {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let kind = metadata.file_type();
    if kind.is_char_device() || kind.is_block_device() {
        Kind::Device {
            major: rustix::fs::major(metadata.rdev() as rustix::fs::Dev) as u32,
            minor: rustix::fs::minor(metadata.rdev() as rustix::fs::Dev) as u32,
        }
    } else if kind.is_socket() {
        Kind::Socket
    } else {
        Kind::Other
    }
}

#[cfg(not(unix))]
fn special(_: &fs::Metadata) -> Kind {
    Kind::Other
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o7777
}

#[cfg(unix)]
fn placed(metadata: &fs::Metadata) -> Option<u64> {
    u64::try_from(std::os::unix::fs::MetadataExt::ctime(metadata)).ok()
}

#[cfg(not(unix))]
fn placed(_: &fs::Metadata) -> Option<u64> {
    None
}

#[cfg(not(unix))]
fn mode(metadata: &fs::Metadata) -> u32 {
    if metadata.permissions().readonly() {
        0o555
    } else {
        0o777
    }
}

#[cfg(unix)]
fn free_space(folder: &str) -> Result<u64, Trouble> {
    let space = rustix::fs::statvfs(folder).map_err(io::Error::from)?;
    Ok(space.f_bavail.saturating_mul(space.f_frsize))
}

#[cfg(not(unix))]
fn free_space(_: &str) -> Result<u64, Trouble> {
    Err(Trouble::Other("is not known on this system".to_owned()))
}
