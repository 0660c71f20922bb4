//! Pipes and devices are waited for, but not for ever.

use std::fs::File;
use std::io;
use std::time::Duration;
#[cfg(unix)]
use std::time::Instant;

#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, Timespec, poll};
#[cfg(unix)]
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
#[cfg(unix)]
use rustix::io::{Errno, read};

/// How long a pipe may take until somebody writes to it, or reads from it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

/// Waits until a pipe or a device has content, and gives what was read of it meanwhile; reading on waits.
#[cfg(unix)]
pub(super) fn for_content(file: &File, is_pipe: bool) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    if !is_ready(file)? {
        let mut bytes = [0; 64];
        match read(file, &mut bytes[..]) {
            Ok(0) => {
                let message = "is a pipe that nobody writes to";
                return Err(io::Error::new(io::ErrorKind::TimedOut, message));
            }
            Ok(length) => start.extend_from_slice(&bytes[..length]),
            // Somebody is about to.
            Err(Errno::AGAIN) if is_pipe => {}
            Err(Errno::AGAIN) => {
                let message = "is a device that says nothing";
                return Err(io::Error::new(io::ErrorKind::TimedOut, message));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let flags = fcntl_getfl(file)?;
    fcntl_setfl(file, flags - OFlags::NONBLOCK)?;
    Ok(start)
}

#[cfg(unix)]
fn is_ready(file: &File) -> io::Result<bool> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let rest = deadline.saturating_duration_since(Instant::now());
        let rest = Timespec::try_from(rest).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(file, PollFlags::IN)], Some(&rest)) {
            Ok(ready) => return Ok(ready > 0),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Nothing can be waited for.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it may take too long")]
pub(super) fn for_content(_: &File, _: bool) -> io::Result<Vec<u8>> {
    Ok(Vec::new())
}
