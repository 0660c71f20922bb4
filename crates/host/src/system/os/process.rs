//! Programs, which may hang.

#![expect(clippy::disallowed_methods, reason = "this is the boundary")]

use std::io::{self, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::super::{OUTPUT_LIMIT, Output, Trouble};

/// Runs a program, and kills it with all that it started where it takes longer than `limit`.
pub(super) fn run(program: &str, arguments: &[&str], limit: Duration) -> Result<Output, Trouble> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn()?;
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let deadline = Instant::now() + limit;
    let status = wait(&mut child, deadline)?.ok_or(Trouble::TimedOut(limit))?;
    // Whoever inherited the pipes may keep them open for ever.
    let rest = || deadline.saturating_duration_since(Instant::now()) + GRACE;
    Ok(Output {
        status: status.code(),
        stdout: stdout.recv_timeout(rest()).unwrap_or_default(),
        stderr: stderr.recv_timeout(rest()).unwrap_or_default(),
    })
}

/// How long a program may take to be gone after it was killed, and its pipes to run dry.
const GRACE: Duration = Duration::from_millis(100);

/// Waits for a child until `deadline`, then kills it with all that it started. `None` where it had to be killed.
fn wait(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            break;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
    kill(child);
    // A process that waits for a sick device cannot be killed; it is left behind.
    let gone = Instant::now() + GRACE;
    while child.try_wait()?.is_none() && Instant::now() < gone {
        thread::sleep(Duration::from_millis(2));
    }
    Ok(None)
}

#[cfg(unix)]
fn kill(child: &mut Child) {
    kill_group(child.id());
}

/// Kills a program that leads a process group of its own, with all that it started. It may have ended just now.
#[cfg(unix)]
pub fn kill_group(id: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// Only Unix has process groups.
#[cfg(not(unix))]
pub fn kill_group(_: u32) {}

#[cfg(not(unix))]
fn kill(child: &mut Child) {
    let _ = child.kill();
}

/// Reads a stream to its end in the background, and keeps its beginning.
fn drain(stream: Option<impl io::Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(mut stream) = stream {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stream
                .by_ref()
                .take(OUTPUT_LIMIT as u64)
                .read_to_end(&mut bytes);
            let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
            // A full pipe would block the program.
            let _ = io::copy(&mut stream, &mut io::sink());
        });
    }
    receiver
}
