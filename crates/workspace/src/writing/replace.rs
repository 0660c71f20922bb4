//! Files replaced whole or not at all.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::draft::{Draft, Fill};

/// How often a file is looked at again that was touched and holds the same text.
const MAX_TRIES: usize = 3;

/// What others see between two steps of a replacement, where tests write into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The new text is on the disk, under no name or another one.
    Filled,
    /// The old text was compared for the last time before the new one takes its place.
    Compared,
}

/// Replaces the content of the file behind `path`, which must still be `old`, in one step; what others write
/// meanwhile stays. A symbolic link stays one, permissions, owner and attributes stay, and whatever fails, the old
/// file stays whole. A file with several names keeps them: it is written in place.
pub(crate) fn replace(path: &Path, old: &str, new: &str) -> io::Result<()> {
    replace_in_steps(path, old, new, &|_| {})
}

fn replace_in_steps(path: &Path, old: &str, new: &str, step: &dyn Fn(Step)) -> io::Result<()> {
    // The new file must stand beside the target, not beside the link.
    let target = path.canonicalize()?;
    for _ in 0..MAX_TRIES {
        let (mut file, metadata) = open(&target)?;
        let text = content(&mut file, old.len().max(new.len()))?;
        if text == new.as_bytes() {
            // Another run was faster.
            return Ok(());
        }
        if metadata.permissions().readonly() {
            return Err(io::Error::other("the file is read-only"));
        }
        if text != old.as_bytes() {
            break;
        }
        let draft = match links(&metadata) {
            1 => Draft::new(&target, Some((&file, &metadata)), &|out| {
                out.write_all(new.as_bytes())
            })?,
            _ => None,
        };
        let Some(draft) = draft else {
            step(Step::Filled);
            return overwrite(&target, Some(old), new.as_bytes());
        };
        step(Step::Filled);
        let identity = identity(&metadata);
        let is_old = |path: &Path| {
            let same = open(path).and_then(|(mut file, metadata)| {
                let text = content(&mut file, old.len())?;
                Ok(identity == self::identity(&metadata) && text == old.as_bytes())
            });
            same.unwrap_or(false)
        };
        let compared = |path: &Path| {
            let same = is_old(path);
            if path == target {
                step(Step::Compared);
            }
            same
        };
        if draft.replace_if(&target, &compared)? {
            return Ok(());
        }
    }
    Err(io::Error::other("the file changed while it was checked"))
}

/// Lets a new file take the place of `target`, with the permissions and the owner of the old one, if there is one.
pub(super) fn put(target: &Path, like: Option<&Metadata>, fill: Fill<'_>) -> io::Result<()> {
    let old = like.map(|_| open(target)).transpose()?;
    let draft = match &old {
        Some((_, metadata)) if links(metadata) > 1 => None,
        Some((old, metadata)) => Draft::new(target, Some((old, metadata)), fill)?,
        None => Draft::new(target, None, fill)?,
    };
    if let Some(draft) = draft {
        return draft.replace(target);
    }
    let mut text = Vec::new();
    fill(&mut text)?;
    overwrite(target, None, &text)
}

fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let file = host::system::open_at_once(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() {
        Ok((file, metadata))
    } else {
        Err(io::Error::other("is not a regular file"))
    }
}

/// What a file holds; one byte more than `most` says that it is longer.
fn content(file: &mut File, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(most + 1);
    file.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes over what a file holds, which must be `expected`; on a failure it is put back.
fn overwrite(target: &Path, expected: Option<&str>, new: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(target)?;
    let mut old = Vec::new();
    file.read_to_end(&mut old)?;
    if expected.is_some_and(|expected| old != expected.as_bytes()) {
        return Err(io::Error::other("the file changed while it was checked"));
    }
    // A full disk shows before anything is lost.
    reserve(&file, new.len() as u64)?;
    let result = write_over(&mut file, new);
    if result.is_err() {
        // What matters is the first error.
        let _ = write_over(&mut file, &old);
    }
    result
}

fn write_over(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

#[cfg(target_os = "linux")]
fn reserve(file: &File, length: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, length.max(1)) {
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
        result => Ok(result?),
    }
}

#[cfg(not(target_os = "linux"))]
fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}

/// How many names a file has.
#[cfg(unix)]
fn links(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn links(_: &Metadata) -> u64 {
    1
}

/// Which file it is, and when it was last written.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (
        metadata.dev(),
        metadata.ino(),
        metadata.mtime(),
        metadata.mtime_nsec(),
    )
}

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> Option<std::time::SystemTime> {
    metadata.modified().ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "looks at what was written")]

    use std::fs;

    use super::*;

    const CHANGED: &str = "the file changed while it was checked";

    /// Replaces `old` by `new`; at `step` somebody else does something.
    fn meanwhile(path: &Path, step: Step, other: &dyn Fn()) -> io::Result<()> {
        replace_in_steps(path, "old", "new", &|at| {
            if at == step {
                other();
            }
        })
    }

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
        assert_eq!(error.to_string(), CHANGED);
        assert_eq!(fs::read(&path).unwrap(), b"newer");
    }

    #[test]
    fn what_an_editor_saves_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (path, beside) = (folder.path().join("Dockerfile"), folder.path().join("b"));
        let in_place = || fs::write(&path, "edited").unwrap();
        let by_renaming = || {
            fs::write(&beside, "edited").unwrap();
            fs::rename(&beside, &path).unwrap();
        };
        let mut steps = vec![Step::Filled];
        // Elsewhere nothing can be taken back.
        if cfg!(any(target_os = "linux", target_vendor = "apple")) {
            steps.push(Step::Compared);
        }
        for step in steps {
            for save in [&in_place as &dyn Fn(), &by_renaming] {
                fs::write(&path, "old").unwrap();
                let error = meanwhile(&path, step, save).unwrap_err();
                assert_eq!(error.to_string(), CHANGED, "{step:?}");
                assert_eq!(fs::read(&path).unwrap(), b"edited", "{step:?}");
                assert_eq!(entries(folder.path()), ["Dockerfile"]);
            }
        }
    }

    #[test]
    fn a_file_that_is_saved_with_the_same_text_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Dockerfile");
        fs::write(&path, "old").unwrap();
        let saved = std::cell::Cell::new(false);
        let save = || {
            if !saved.replace(true) {
                fs::remove_file(&path).unwrap();
                fs::write(&path, "old").unwrap();
            }
        };
        meanwhile(&path, Step::Filled, &save).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn whoever_wrote_the_same_text_first_is_right() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Dockerfile");
        let other = || replace(&path, "old", "new").unwrap();
        for step in [Step::Filled, Step::Compared] {
            fs::write(&path, "old").unwrap();
            meanwhile(&path, step, &other).unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"new");
            assert_eq!(entries(folder.path()), ["Dockerfile"]);
        }
        replace(&path, "old", "new").unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_several_names_keeps_them() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (
            folder.path().join("Dockerfile"),
            folder.path().join("other"),
        );
        fs::write(&path, "old").unwrap();
        fs::hard_link(&path, &other).unwrap();
        replace(&path, "old", "new and longer").unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"new and longer");
        replace(&path, "new and longer", "old").unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"old");
        let edit = || fs::write(&other, "edited").unwrap();
        let error = meanwhile(&path, Step::Filled, &edit).unwrap_err();
        assert_eq!(error.to_string(), CHANGED);
        assert_eq!(fs::read(&path).unwrap(), b"edited");
        assert_eq!(entries(folder.path()), ["Dockerfile", "other"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn extended_attributes_stay() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Dockerfile");
        fs::write(&path, "old").unwrap();
        let set = setxattr(&path, "user.origin", b"here", XattrFlags::empty());
        // Not every file system has them; there is nothing to see then.
        if set.is_err() {
            return;
        }
        replace(&path, "old", "new").unwrap();
        let mut value = [0; 16];
        let length = getxattr(&path, "user.origin", value.as_mut_slice()).unwrap();
        assert_eq!(&value[..length], b"here");
        assert_eq!(fs::read(&path).unwrap(), b"new");
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
