//! The one boundary through which a machine is looked at.
//!
//! [`OsSystem`] is the machine this program runs on, [`RecordedSystem`] one that was written down, [`Recorder`] writes
//! down what is looked at. A probe is a pure function of a `System`, so that each machine of a bug report is a test.
//!
//! Every look is bounded: sizes, times, and only regular files are opened. Whatever fails is a value, [`Trouble`].

pub mod keep;
pub mod keep_json;
mod lookup;
mod os;
mod recorded;
mod recorder;
mod stand_ins;
mod veil;
mod words;

use std::time::Duration;

pub use lookup::{name_of, parent_of, resolve, which};
pub use os::{OsSystem, kill_group, open_at_once};
pub use recorded::{FormatError, RecordedSystem, machine_in_markdown};
pub use recorder::{FACTS_FILE, MACHINE_FILE, Recorder, record};
pub use stand_ins::StandIns;
pub use veil::Audience;
pub(crate) use veil::Veil;

/// What of a file is wanted. Only that reaches the probe, and only that is recorded.
///
/// Keeping twice gives the same as keeping once.
pub type Keep<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;

/// What of a program's output is wanted; as [`Keep`].
pub type KeepOutput<'a> = &'a dyn Fn(&Output) -> Output;

/// A machine that can be looked at.
pub trait System {
    /// `linux`, `macos`, `windows`.
    fn os(&self) -> &str;

    /// As Rust names it: `x86_64`, `aarch64`.
    fn arch(&self) -> &str;

    /// What `keep` keeps of a regular file of at most `limit` bytes.
    fn read(&self, path: &str, limit: usize, keep: Keep<'_>) -> Result<Vec<u8>, Trouble>;

    /// Names in a folder that are wanted, sorted.
    fn list(&self, folder: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Trouble>;

    /// What stands at a path; a link at its end is not followed.
    fn metadata(&self, path: &str) -> Result<Metadata, Trouble>;

    /// The value of an environment variable.
    fn variable(&self, name: &str) -> Option<String>;

    /// Whether an environment variable is set and not empty; its value is not looked at.
    fn has_variable(&self, name: &str) -> bool;

    /// Runs a program that changes nothing, and cuts it off after `limit`; what `keep` keeps of its output.
    fn run(
        &self,
        program: &str,
        arguments: &[&str],
        limit: Duration,
        keep: KeepOutput<'_>,
    ) -> Result<Output, Trouble>;

    /// `GET path` over a Unix socket; what `keep` keeps of the body.
    fn get(
        &self,
        socket: &str,
        path: &str,
        limit: Duration,
        keep: Keep<'_>,
    ) -> Result<Reply, Trouble>;

    /// Bytes that a user may still write below a folder.
    fn free_space(&self, folder: &str) -> Result<u64, Trouble>;

    /// Says of the words of a name that anybody may see them; they need no stand-ins.
    fn allow(&self, name: &str) {
        let _ = name;
    }
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// File, folder, link, device.
    pub kind: Kind,
    /// Permission bits.
    pub mode: u32,
    /// When its content last changed, in seconds since 1970. Packages keep the time of their making.
    pub changed: Option<u64>,
    /// When it was put there, or its rights changed, in seconds since 1970.
    pub placed: Option<u64>,
}

/// Kinds of what may stand at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, with its target as written.
    Link(String),
    /// A character or block device.
    Device {
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
    /// A Unix socket.
    Socket,
    /// A pipe or something else that is never opened.
    Other,
}

/// What a program that ended left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Its exit status; `None` where a signal ended it.
    pub status: Option<i32>,
    /// Standard output, at most [`OUTPUT_LIMIT`] bytes.
    pub stdout: String,
    /// Standard error, at most [`OUTPUT_LIMIT`] bytes.
    pub stderr: String,
}

impl Output {
    /// Whether the program ended with status 0.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.status == Some(0)
    }

    /// What the program says of its failure: the first line of standard error, or else of standard output.
    #[must_use]
    pub fn complaint(&self) -> Option<&str> {
        let lines = self.stderr.lines().chain(self.stdout.lines());
        let mut lines = lines.map(str::trim);
        lines.find(|line| !line.is_empty())
    }
}

/// What a server answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// `200`.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Most bytes that are kept of each stream of a program.
pub const OUTPUT_LIMIT: usize = 64 * 1024;

/// Most bytes that are read of a reply.
pub const REPLY_LIMIT: usize = 4 * 1024 * 1024;

/// Why a look failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nothing stands there.
    #[error("does not exist")]
    Absent,
    /// This user may not.
    #[error("permission denied")]
    Denied,
    /// Something else stands there.
    #[error("is no regular file")]
    NoFile,
    /// Larger than what is read, in bytes.
    #[error("is larger than {} KiB", .0 / 1024)]
    TooLarge(usize),
    /// No answer within this time.
    #[error("gave no answer within {} seconds", .0.as_secs_f32())]
    TimedOut(Duration),
    /// Nothing listens there.
    #[error("connection refused")]
    Refused,
    /// Whatever else the operating system says.
    #[error("{0}")]
    Other(String),
}

impl Trouble {
    /// Whether nothing stands there, which is an answer and no trouble.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        *self == Self::Absent
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::Absent,
            ErrorKind::PermissionDenied => Self::Denied,
            ErrorKind::ConnectionRefused => Self::Refused,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Most bytes that are read of an ordinary file.
pub const FILE_LIMIT: usize = 1024 * 1024;

impl dyn System + '_ {
    /// The text of a small file; bytes that are no UTF-8 are replaced.
    pub fn text(&self, path: &str) -> Result<String, Trouble> {
        self.text_of(path, FILE_LIMIT, &keep::all)
    }

    /// As `text`, of what is kept of a file of at most `limit` bytes.
    pub fn text_of(&self, path: &str, limit: usize, keep: Keep<'_>) -> Result<String, Trouble> {
        let bytes = self.read(path, limit, keep)?;
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Whether something stands at a path, links followed.
    pub fn exists(&self, path: &str) -> bool {
        resolve(self, path).is_ok()
    }
}
