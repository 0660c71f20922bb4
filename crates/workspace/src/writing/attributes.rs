//! Extended attributes: labels, access lists and what programs note about a file.

use std::fs::File;

/// More than this is no attribute of a text file, and the file is written in place.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
const MAX: usize = 64 << 10;

/// Gives `new` the attributes of `old`; `false` where one of them cannot be given.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub(super) fn copy(old: &File, new: &File) -> bool {
    use rustix::fs::{XattrFlags, flistxattr, fsetxattr};
    let mut names = vec![0; MAX];
    let length = match flistxattr(old, names.as_mut_slice()) {
        Ok(length) => length,
        // Where there are no attributes, none is lost.
        Err(rustix::io::Errno::NOTSUP | rustix::io::Errno::NOSYS) => return true,
        Err(_) => return false,
    };
    names.truncate(length);
    let names = names
        .split(|&byte| byte == 0)
        .filter(|name| !name.is_empty());
    names.into_iter().all(|name| {
        let Some(wanted) = value(old, name) else {
            return false;
        };
        // A new file may have its own that says the same, and is not everyone's to set.
        value(new, name).as_ref() == Some(&wanted)
            || fsetxattr(new, name, &wanted, XattrFlags::empty()).is_ok()
    })
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn value(file: &File, name: &[u8]) -> Option<Vec<u8>> {
    let mut value = vec![0; MAX];
    let length = rustix::fs::fgetxattr(file, name, value.as_mut_slice()).ok()?;
    value.truncate(length);
    Some(value)
}

/// There are none that this program knows of.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(super) fn copy(_: &File, _: &File) -> bool {
    true
}
