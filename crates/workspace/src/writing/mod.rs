//! Files written whole or not at all.

#![expect(
    clippy::disallowed_methods,
    reason = "writes the report that a user names"
)]

mod attributes;
mod draft;
mod replace;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use camino::Utf8Path;

use crate::files::wait::PATIENCE;

pub use draft::Fill;
pub(crate) use draft::sweep;
pub(crate) use replace::replace;

use replace::put;

/// Bytes that are written in one piece.
const BUFFER: usize = 64 << 10;

/// Everything that `fill` writes, in large pieces.
pub fn filled(to: impl Write, fill: Fill<'_>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, to);
    fill(&mut out)?;
    out.flush()
}

/// Writes a file as [`stream`] does.
pub fn text(path: &Utf8Path, text: &str) -> io::Result<()> {
    stream(path, &|out| out.write_all(text.as_bytes()))
}

/// Writes all of a file or nothing of it: who reads at the same time, or after a failure, finds the old one whole.
pub fn stream(path: &Utf8Path, fill: Fill<'_>) -> io::Result<()> {
    let old = fs::metadata(path);
    if old.as_ref().is_ok_and(|old| !old.is_file()) {
        // A pipe or device cannot be replaced.
        return filled(open_special(path.as_std_path())?, fill);
    }
    if old.as_ref().is_ok_and(|old| old.permissions().readonly()) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    // A symbolic link stays one.
    let target = match path.canonicalize_utf8() {
        Ok(target) => target,
        Err(_) => path.to_owned(),
    };
    put(target.as_std_path(), old.ok().as_ref(), fill)
}

/// Opens a pipe or a device for writing; who reads a pipe must do so within a second.
#[cfg(unix)]
fn open_special(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::time::Instant;

    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let mut options = OpenOptions::new();
    options.write(true).custom_flags(flags);
    let deadline = Instant::now() + PATIENCE;
    let no_reader =
        |error: &io::Error| error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error());
    let file = loop {
        match options.open(path) {
            Err(error) if no_reader(&error) && Instant::now() < deadline => {
                std::thread::sleep(PATIENCE / 100);
            }
            Err(error) if no_reader(&error) => {
                let message = "is a pipe or a socket that nobody reads from";
                return Err(io::Error::new(io::ErrorKind::TimedOut, message));
            }
            result => break result?,
        }
    };
    // From now on it waits for the reader.
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    Ok(file)
}

#[cfg(not(unix))]
fn open_special(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_is_left_over() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let path = folder.join("report");
        text(&path, "old and long").unwrap();
        text(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(folder.read_dir_utf8().unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_are_kept() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let (path, link) = (folder.join("report"), folder.join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("report", &link).unwrap();
        text(&link, "new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    #[test]
    fn a_failing_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let path = folder.join("report");
        fs::write(&path, "old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert!(text(&path, "new").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }
}
