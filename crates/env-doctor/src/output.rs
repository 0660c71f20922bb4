//! Where results and errors go.

#![expect(
    clippy::disallowed_methods,
    reason = "writes the report that a user names"
)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;
use camino::Utf8Path;

use crate::cli::Color;
use crate::loader::open::PATIENCE;
use crate::repair::{Fill, write::put};
use crate::report::Failure;

/// Bytes that are written in one piece.
const BUFFER: usize = 64 << 10;

/// Writes a text to standard output or to a file, as [`stream`] does.
pub(crate) fn write(file: Option<&Utf8Path>, text: &str) -> anyhow::Result<()> {
    stream(file, &|out| out.write_all(text.as_bytes()))
}

/// Writes a report to standard output or to a file while it is made. A reader that goes away early is no failure,
/// and changes nothing about the findings.
pub(crate) fn stream(to: Option<&Utf8Path>, fill: Fill<'_>) -> anyhow::Result<()> {
    if let Some(path) = to {
        return stream_file(path, fill).with_context(|| format!("cannot write {path}"));
    }
    match filled(io::stdout().lock(), fill) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}

/// Everything that `fill` writes, in large pieces.
pub(crate) fn filled(to: impl Write, fill: Fill<'_>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, to);
    fill(&mut out)?;
    out.flush()
}

/// Writes a file as [`stream_file`] does.
pub(crate) fn write_file(path: &Utf8Path, text: &str) -> io::Result<()> {
    stream_file(path, &|out| out.write_all(text.as_bytes()))
}

/// Writes all of a file or nothing of it: who reads at the same time, or after a failure, finds the old one whole.
fn stream_file(path: &Utf8Path, fill: Fill<'_>) -> io::Result<()> {
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

/// Whether the report may hold colours.
pub(crate) fn colored(color: Color, to_file: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            !to_file && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
        }
    }
}

/// Whether the terminal shows UTF-8, as far as the locale says.
pub(crate) fn locale_is_utf8() -> bool {
    if cfg!(windows) {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
        .to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// One line on standard error that says what could not be done.
pub(crate) fn error_line(message: &str) {
    let message = annotate_snippets::normalize_untrusted_str(message);
    // Nothing is left to do when standard error itself is closed.
    let _ = writeln!(io::stderr(), "env-doctor: {message}");
}

/// What could not be checked, and why.
pub(crate) fn failure(failure: &Failure) {
    match &failure.excerpt {
        Some(excerpt) => {
            let text = excerpt.render(&failure.message);
            let _ = writeln!(io::stderr(), "{text}\n");
        }
        None => error_line(&format!("{}: {}", failure.file, failure.message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_is_left_over() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let path = folder.join("report");
        write_file(&path, "old and long").unwrap();
        write_file(&path, "new").unwrap();
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
        write_file(&link, "new").unwrap();
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
        assert!(write_file(&path, "new").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }
}
