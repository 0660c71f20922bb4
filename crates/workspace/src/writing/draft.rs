//! New files beside the ones whose place they take.
//!
//! A draft has no name until it is complete, where the system can do that: whoever is killed leaves nothing behind.

#![expect(
    clippy::disallowed_methods,
    reason = "replaces the files that a user names"
)]

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::attributes;

/// Writes its result bit by bit.
pub type Fill<'a> = &'a dyn Fn(&mut dyn Write) -> io::Result<()>;

/// How often another name is tried when one is taken.
const MAX_NAMES: u32 = 100;

/// A new file with all of its content.
pub(super) struct Draft {
    file: File,
    /// Its name, once it has one.
    path: Option<PathBuf>,
}

impl Draft {
    /// A draft with what `fill` writes on the disk of `target`, and with the owner, the permissions and the attributes of
    /// `like`. `None` where it cannot have all of those attributes.
    pub(super) fn new(
        target: &Path,
        like: Option<(&File, &Metadata)>,
        fill: Fill<'_>,
    ) -> io::Result<Option<Self>> {
        let draft = Self::empty(target)?;
        let mut out = BufWriter::new(&draft.file);
        fill(&mut out)?;
        out.flush()?;
        drop(out);
        if let Some((old, metadata)) = like {
            keep_owner(&draft.file, metadata);
            draft.file.set_permissions(metadata.permissions())?;
            if !attributes::copy(old, &draft.file) {
                return Ok(None);
            }
        }
        // The new name must not reach the disk before the content does.
        draft.file.sync_all()?;
        Ok(Some(draft))
    }

    fn empty(target: &Path) -> io::Result<Self> {
        if let Some(file) = unnamed(nonempty(target.parent().unwrap_or(target))) {
            return Ok(Self { file, path: None });
        }
        let create = |path: &Path| OpenOptions::new().write(true).create_new(true).open(path);
        let (path, file) = with_free_name(target, create)?;
        Ok(Self {
            file,
            path: Some(path),
        })
    }

    fn name(&mut self, target: &Path) -> io::Result<PathBuf> {
        if let Some(path) = &self.path {
            return Ok(path.clone());
        }
        let (path, ()) = with_free_name(target, |path| link(&self.file, path))?;
        self.path = Some(path.clone());
        Ok(path)
    }

    /// Takes the place of `target`, whatever is there.
    pub(super) fn replace(mut self, target: &Path) -> io::Result<()> {
        fs::rename(self.name(target)?, target)?;
        self.path = None;
        Ok(())
    }

    /// Takes the place of `target` where `is_old` holds for the file that is there at that moment; `false` where it
    /// does not, and nothing has changed then.
    pub(super) fn replace_if(
        mut self,
        target: &Path,
        is_old: &dyn Fn(&Path) -> bool,
    ) -> io::Result<bool> {
        let own = self.name(target)?;
        if !is_old(target) {
            return Ok(false);
        }
        match exchange(&own, target) {
            // What was there has the draft's name now, and is looked at once more.
            Ok(()) if is_old(&own) => Ok(true),
            Ok(()) => exchange(&own, target).map(|()| false),
            Err(error) if cannot_exchange(&error) => self.replace(target).map(|()| true),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // What matters is why it was not needed.
            let _ = fs::remove_file(path);
        }
    }
}

/// Removes the drafts that killed runs left in a folder.
pub(crate) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(nonempty(folder)) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some((target, process)) = name.to_str().and_then(parts) else {
            continue;
        };
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && folder.join(target).is_file() && is_over(process) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The name of the file that a draft is for, and the process that made it.
fn parts(name: &str) -> Option<(&str, u32)> {
    let rest = name.strip_prefix('.')?.strip_suffix(".tmp")?;
    let (rest, number) = rest.rsplit_once('-')?;
    let (target, process) = rest.rsplit_once('.')?;
    number.parse::<u32>().ok()?;
    Some((target, process.parse().ok()?))
}

/// Does something with the first name beside `target` that nobody has yet.
fn with_free_name<T>(
    target: &Path,
    create: impl Fn(&Path) -> io::Result<T>,
) -> io::Result<(PathBuf, T)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let process = std::process::id();
    let mut error = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..MAX_NAMES {
        let path = target.with_file_name(format!(".{name}.{process}-{number}.tmp"));
        match create(&path) {
            Ok(made) => return Ok((path, made)),
            Err(found) if found.kind() == io::ErrorKind::AlreadyExists => error = found,
            Err(found) => return Err(found),
        }
    }
    Err(error)
}

/// `.` for the empty path.
fn nonempty(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    }
}

/// A file in a folder that goes away with this process unless it gets a name.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    // Not every file system has them, and naming one needs /proc.
    let file = openat(CWD, folder, flags, Mode::from_raw_mode(0o666)).ok()?;
    let file = File::from(file);
    let named = fs::symlink_metadata(descriptor(&file));
    named.is_ok().then_some(file)
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &Path) -> Option<File> {
    None
}

#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    let flags = AtFlags::SYMLINK_FOLLOW;
    Ok(linkat(CWD, descriptor(file), CWD, path, flags)?)
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(target_os = "linux")]
fn descriptor(file: &File) -> PathBuf {
    use std::os::fd::AsRawFd as _;
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// Lets two files change places in one step.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether the system or the file system knows no such step.
fn cannot_exchange(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput
    )
}

#[cfg(unix)]
fn is_over(process: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let process = i32::try_from(process).ok().and_then(Pid::from_raw);
    process.is_some_and(|process| test_kill_process(process) == Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_over(_: u32) -> bool {
    false
}

#[cfg(unix)]
fn keep_owner(file: &File, like: &Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};

    // Only root may give files away; everyone else keeps what they may.
    if fchown(file, Some(like.uid()), Some(like.gid())).is_err() {
        let _ = fchown(file, None, Some(like.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_draft_says_for_what_and_by_whom() {
        assert_eq!(
            parts(".gpu.Dockerfile.812-0.tmp"),
            Some(("gpu.Dockerfile", 812))
        );
        for other in [".Dockerfile.tmp", "Dockerfile.1-0.tmp", ".a.b-0.tmp"] {
            assert_eq!(parts(other), None, "{other}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn drafts_of_killed_runs_are_swept_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        let (dead, alive) = (child.id(), std::process::id());
        let stays = [
            "Dockerfile".to_owned(),
            format!(".Dockerfile.{alive}-0.tmp"),
            format!(".other.{dead}-0.tmp"),
            format!("Dockerfile.{dead}-0.tmp"),
        ];
        for name in &stays {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let left = folder.path().join(format!(".Dockerfile.{dead}-0.tmp"));
        fs::write(&left, "").unwrap();
        sweep(folder.path());
        assert!(!left.exists());
        for name in &stays {
            assert!(folder.path().join(name).exists(), "{name}");
        }
    }
}
