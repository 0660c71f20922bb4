//! Runs the real program in a folder of its own, without the caller's environment.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// A Dockerfile with one error that can be fixed.
pub(crate) const HIDDEN_GPUS: &str = "\
FROM nvidia/cuda:12.6.3-base-ubuntu22.04
ENV CUDA_VISIBLE_DEVICES=all
";

/// A Dockerfile with nothing to say about.
pub(crate) const CLEAN: &str = "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\n";

/// A run that takes longer hangs, however busy the machine is.
const LIMIT: Duration = Duration::from_secs(60);

/// One run to be.
pub(crate) struct Program {
    folder: TempDir,
    command: Command,
    stdin: Option<Vec<u8>>,
}

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Keeps the folder until the test has looked into it.
    pub(crate) folder: TempDir,
}

impl Program {
    /// With these arguments, in an empty folder.
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_env-doctor"));
        command
            .args(arguments)
            .current_dir(folder.path())
            .env_clear()
            .env("LC_ALL", "C.UTF-8");
        Self {
            folder,
            command,
            stdin: None,
        }
    }

    /// Puts a file into the folder.
    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Puts a pipe that nobody uses into the folder.
    #[cfg(unix)]
    pub(crate) fn pipe(self, path: &str) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let status = Command::new("mkfifo").arg(path).status();
        assert!(status.unwrap().success());
        self
    }

    /// Puts a symbolic link into the folder.
    #[cfg(unix)]
    pub(crate) fn link(self, path: &str, target: &str) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
        self
    }

    /// Puts an empty folder into the folder.
    pub(crate) fn directory(self, path: &str) -> Self {
        fs::create_dir_all(self.folder.path().join(path)).unwrap();
        self
    }

    /// What it reads from standard input.
    pub(crate) fn stdin(mut self, content: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(content.into());
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs in another folder than its own.
    pub(crate) fn within(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// The folder it runs in.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs to the end.
    pub(crate) fn run(mut self) -> Run {
        let stdin = if self.stdin.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        };
        let mut child = self
            .command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        if let (Some(mut pipe), Some(content)) = (child.stdin.take(), self.stdin) {
            // A program that refuses its input may be gone before all of it is written.
            let _ = pipe.write_all(&content);
        }
        let id = child.id().to_string();
        let (running, ended) = mpsc::channel::<()>();
        thread::spawn(move || {
            if ended.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-9", &id]).status();
            }
        });
        let output = child.wait_with_output().unwrap();
        drop(running);
        Run::new(output, self.folder)
    }
}

impl Run {
    fn new(output: Output, folder: TempDir) -> Self {
        Self {
            status: output.status.code().expect("the program was not killed"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            folder,
        }
    }

    /// Everything, for snapshots; what changes with every release is replaced.
    pub(crate) fn all(&self) -> String {
        let mut out = format!("exit {}\n", self.status);
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                out = format!("{out}--- {name}\n{text}");
            }
        }
        out.replace(facts::DATE, "[DATE]")
            .replace(env!("CARGO_PKG_VERSION"), "[VERSION]")
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}
