//! Files replaced whole or not at all.

#![expect(
    clippy::disallowed_methods,
    reason = "replaces the files that a user names"
)]

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How often another name is tried when one is taken.
const MAX_NAMES: u32 = 100;

/// Replaces the content of the file behind `path`, which must still be `old`: a new file beside it takes its
/// place in one step. A symbolic link stays one, permissions and owner stay, and whatever fails, the old file
/// stays whole.
pub(super) fn replace(path: &Path, old: &str, new: &str) -> io::Result<()> {
    // The new file must stand beside the target, not beside the link.
    let target = path.canonicalize()?;
    let metadata = fs::metadata(&target)?;
    if metadata.permissions().readonly() {
        return Err(io::Error::other("the file is read-only"));
    }
    if fs::read(&target)? != old.as_bytes() {
        return Err(io::Error::other("the file changed while it was checked"));
    }
    put(&target, Some(&metadata), new)
}

/// Lets a new file take the place of `target`, with the permissions and the owner of the old one, if there is one.
pub(crate) fn put(target: &Path, like: Option<&Metadata>, text: &str) -> io::Result<()> {
    let (temporary, file) = create_beside(target)?;
    let result = fill(file, like, text).and_then(|()| fs::rename(&temporary, target));
    if result.is_err() {
        // What matters is the first error.
        let _ = fs::remove_file(&temporary);
    }
    result
}

fn create_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let process = std::process::id();
    let mut error = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..MAX_NAMES {
        let path = target.with_file_name(format!(".{name}.{process}-{number}.tmp"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(found) if found.kind() == io::ErrorKind::AlreadyExists => error = found,
            Err(found) => return Err(found),
        }
    }
    Err(error)
}

fn fill(mut file: File, like: Option<&Metadata>, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    if let Some(like) = like {
        keep_owner(&file, like);
        file.set_permissions(like.permissions())?;
    }
    // The new name must not reach the disk before the content does.
    file.sync_all()
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

    fn entries(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_content_is_replaced_and_nothing_is_left_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Dockerfile");
        fs::write(&path, "old").unwrap();
        replace(&path, "old", "new\r\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new\r\n");
        assert_eq!(entries(folder.path()), ["Dockerfile"]);
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Dockerfile");
        fs::write(&path, "newer").unwrap();
        let error = replace(&path, "old", "new").unwrap_err();
        assert_eq!(error.to_string(), "the file changed while it was checked");
        assert_eq!(fs::read(&path).unwrap(), b"newer");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("shared/gpu.Dockerfile");
        fs::create_dir(folder.path().join("shared")).unwrap();
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o751)).unwrap();
        let link = folder.path().join("Dockerfile");
        std::os::unix::fs::symlink("shared/gpu.Dockerfile", &link).unwrap();

        replace(&link, "old", "new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"new");
        let mode = fs::metadata(&target).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o751);
        assert_eq!(entries(&folder.path().join("shared")), ["gpu.Dockerfile"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_read_only_file_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Dockerfile");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        let error = replace(&path, "old", "new").unwrap_err();
        assert_eq!(error.to_string(), "the file is read-only");
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }
}
