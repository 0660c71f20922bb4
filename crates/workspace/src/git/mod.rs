//! Questions to Git. It reads commits and the index, never the files of the working tree: those may pass through
//! filters that the repository names. Nothing is fetched, no hook and no monitor is started, nothing is written.

#![expect(clippy::disallowed_methods, reason = "asks Git what has changed")]

mod deadline;

use std::collections::HashMap;
use std::fmt::Display;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{Error, Result};
use deadline::Deadline;

/// Switches off what a repository may ask Git to run.
const SAFE: &[&str] = &[
    "--no-pager",
    "--no-optional-locks",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "protocol.allow=never",
    // A repository among the files of another one says for itself what to run.
    "-c",
    "safe.bareRepository=explicit",
];

/// What is larger is compared with nothing: it is no text that somebody wrote.
const MAX_BLOB: u64 = 64 << 20;

/// Git compares trees of large repositories in seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// Git in a directory.
pub(crate) struct Git {
    program: String,
    directory: Utf8PathBuf,
}

impl Git {
    /// Fails where there is no Git.
    pub(crate) fn new(directory: &Utf8Path) -> Result<Self> {
        let program = program()
            .ok_or_else(|| Error::new("`git` is not on PATH, and --changed-since needs it"))?;
        Ok(Self {
            program,
            directory: directory.to_owned(),
        })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(SAFE)
            .args(arguments)
            .current_dir(&self.directory)
            .env("LC_ALL", "C")
            .env("GIT_NO_LAZY_FETCH", "1")
            // Older ones know only this, which the repository cannot change back.
            .env("GIT_ALLOW_PROTOCOL", "")
            .env("GIT_TERMINAL_PROMPT", "0");
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().map_err(|error| unusable(&error))?;
        // Its configuration may name a pipe that nobody writes to.
        let deadline = Deadline::of(&child, PATIENCE);
        let output = child.wait_with_output();
        if deadline.has_passed() {
            return Err(refused(format!(
                "git did not answer within {} seconds; does its configuration name a pipe?",
                PATIENCE.as_secs()
            )));
        }
        output.map_err(|error| unusable(&error))
    }

    /// The top directory of the working tree, without links.
    pub(crate) fn root(&self) -> Result<PathBuf> {
        let output = self.run(&["rev-parse", "--show-toplevel"])?;
        if !output.status.success() {
            return Err(refused(words(&output)));
        }
        let root = PathBuf::from(first_line(&output));
        root.canonicalize()
            .map_err(|error| Error::about(root.display(), &error))
    }

    /// The commit where this branch left `revision`.
    pub(crate) fn fork_point(&self, revision: &str) -> Result<String> {
        let commit = format!("{revision}^{{commit}}");
        let output = self.run(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &commit,
        ])?;
        if !output.status.success() {
            return Err(refused(format!(
                "there is no revision `{revision}` here; fetch it first"
            )));
        }
        let commit = first_line(&output);
        let output = self.run(&["merge-base", &commit, "HEAD"])?;
        if !output.status.success() {
            return Err(refused(format!(
                "`{revision}` and HEAD have no commit in common; in a shallow clone, fetch more of the history"
            )));
        }
        Ok(first_line(&output))
    }

    /// The old names of files that were renamed since `base`, by their new names.
    pub(crate) fn renamed(&self, base: &str) -> Result<HashMap<String, String>> {
        let output = self.run(&[
            "diff-index",
            "--cached",
            "--find-renames",
            "--diff-filter=R",
            "--name-status",
            "-z",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=all",
            base,
            "--",
        ])?;
        if !output.status.success() {
            return Err(refused(words(&output)));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let mut words = text.split('\0');
        let mut renamed = HashMap::new();
        while let (Some(_), Some(old), Some(new)) = (words.next(), words.next(), words.next()) {
            renamed.insert(new.to_owned(), old.to_owned());
        }
        Ok(renamed)
    }

    /// The names of the regular files of a commit, from the top directory.
    pub(crate) fn names(&self, commit: &str) -> Result<Vec<String>> {
        let output = self.run(&["ls-tree", "-r", "-z", "--full-tree", commit])?;
        if !output.status.success() {
            return Err(refused(words(&output)));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        // `<mode> <type> <object>`, a tab, and the name; other modes are links and other repositories.
        let files = text.split('\0').filter_map(|line| line.split_once('\t'));
        let files = files.filter(|(head, _)| head.starts_with("100"));
        Ok(files.map(|(_, name)| name.to_owned()).collect())
    }

    /// What the files of a commit hold.
    pub(crate) fn blobs(&self, commit: &str) -> Result<Blobs> {
        let mut child = self
            .command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| unusable(&error))?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::new("cannot run git"));
        };
        Ok(Blobs {
            commit: commit.to_owned(),
            child,
            requests: Some(requests),
            answers: BufReader::new(answers),
        })
    }
}

fn refused(reason: impl Display) -> Error {
    Error::new(format!("--changed-since: {reason}"))
}

fn unusable(error: &io::Error) -> Error {
    Error::about("cannot run git", error)
}

/// Git itself: never a program of the directory that is checked.
#[cfg(unix)]
fn program() -> Option<String> {
    host::system::which(&host::OsSystem, "git", &[])
}

/// The system does not look for programs in the current directory.
#[cfg(not(unix))]
fn program() -> Option<String> {
    Some("git".to_owned())
}

/// What went wrong, in Git's words.
fn words(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().next().unwrap_or_default();
    let line = line.strip_prefix("fatal: ").unwrap_or(line);
    line.to_owned()
}

fn first_line(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().next().unwrap_or_default().to_owned()
}

/// A Git that answers with the files of one commit.
pub(crate) struct Blobs {
    commit: String,
    child: Child,
    /// Closing it ends the program.
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Blobs {
    /// What a file holds; `None` where the commit has none of this name.
    pub(crate) fn read(&mut self, name: &str) -> Option<Vec<u8>> {
        // A request is a line.
        if name.contains('\n') {
            return None;
        }
        let requests = self.requests.as_mut()?;
        writeln!(requests, "{}:{name}", self.commit).ok()?;
        requests.flush().ok()?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer).ok()?;
        // `<object> <type> <size>`, or `<name> missing`.
        let mut words = answer.trim_end().rsplitn(3, ' ');
        let (size, kind) = (words.next()?.parse::<u64>().ok()?, words.next()?);
        let is_text = kind == "blob" && size <= MAX_BLOB;
        let mut bytes = Vec::new();
        // The answer ends with a line feed.
        let mut answer = self.answers.by_ref().take(size + 1);
        if !is_text {
            io::copy(&mut answer, &mut io::sink()).ok()?;
            return None;
        }
        answer.read_to_end(&mut bytes).ok()?;
        bytes.pop();
        Some(bytes)
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        drop(self.requests.take());
        // Nothing is left to do where it cannot be waited for.
        let _ = self.child.wait();
    }
}
