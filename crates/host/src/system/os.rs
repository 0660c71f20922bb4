//! The machine this program runs on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::{Keep, Kind, Metadata, OUTPUT_LIMIT, Output, REPLY_LIMIT, Reply, System, Trouble};

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
        let file = open(path)?;
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
            if let Some(name) = entry?.file_name().to_str()
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

    fn run(&self, program: &str, arguments: &[&str], limit: Duration) -> Result<Output, Trouble> {
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

    fn get(
        &self,
        socket: &str,
        path: &str,
        limit: Duration,
        keep: Keep<'_>,
    ) -> Result<Reply, Trouble> {
        let mut reply = request(socket, path, limit)?;
        reply.body = keep(&reply.body);
        Ok(reply)
    }

    fn free_space(&self, folder: &str) -> Result<u64, Trouble> {
        free_space(folder)
    }
}

/// How long a program may take to be gone after it was killed, and its pipes to run dry.
const GRACE: Duration = Duration::from_millis(100);

/// Waits for a child until `deadline`, then kills it with all that it started. `None` where it had to be killed.
fn wait(child: &mut Child, deadline: Instant) -> io::Result<Option<std::process::ExitStatus>> {
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
    use rustix::process::{Pid, Signal, kill_process_group};
    // The child leads a group of its own.
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

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

#[cfg(unix)]
fn open(path: &str) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // The path may have become a pipe since it was looked at.
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open(path: &str) -> io::Result<File> {
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

/// Asks in the background: connecting blocks while a server's queue is full.
#[cfg(unix)]
fn request(socket: &str, path: &str, limit: Duration) -> Result<Reply, Trouble> {
    let (sender, receiver) = mpsc::channel();
    let (socket, path) = (socket.to_owned(), path.to_owned());
    thread::spawn(move || {
        let _ = sender.send(ask(&socket, &path, limit));
    });
    receiver
        .recv_timeout(limit)
        .unwrap_or(Err(Trouble::TimedOut(limit)))
}

#[cfg(not(unix))]
fn request(_: &str, _: &str, _: Duration) -> Result<Reply, Trouble> {
    Err(Trouble::Absent)
}

#[cfg(unix)]
fn ask(socket: &str, path: &str, limit: Duration) -> Result<Reply, Trouble> {
    let bytes = exchange(socket, path, limit).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Trouble::TimedOut(limit),
        _ => Trouble::from(error),
    })?;
    if bytes.len() > REPLY_LIMIT {
        return Err(Trouble::TooLarge(REPLY_LIMIT));
    }
    parse_reply(&bytes)
        .ok_or_else(|| Trouble::Other("answered something that is no HTTP".to_owned()))
}

#[cfg(unix)]
fn exchange(socket: &str, path: &str, limit: Duration) -> io::Result<Vec<u8>> {
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(limit))?;
    stream.set_write_timeout(Some(limit))?;
    // HTTP/1.0: the server closes the connection behind a body of one piece.
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut bytes = Vec::new();
    stream
        .take(REPLY_LIMIT as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(unix)]
fn parse_reply(bytes: &[u8]) -> Option<Reply> {
    const END: &[u8] = b"\r\n\r\n";
    let end = bytes.windows(END.len()).position(|window| window == END)?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = head
        .strip_prefix("HTTP/1.")?
        .split(' ')
        .nth(1)?
        .parse()
        .ok()?;
    let body = bytes[end + END.len()..].to_vec();
    Some(Reply { status, body })
}
