//! Ends a program that does not answer.

use std::process::Child;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use host::system::kill_group;

/// Kills a program with all that it started unless it is done in time. It leads a process group of its own.
pub(super) struct Deadline {
    done: Sender<()>,
    watcher: JoinHandle<bool>,
}

impl Deadline {
    /// Watches a child from now on.
    pub(super) fn of(child: &Child, limit: Duration) -> Self {
        let (done, over) = mpsc::channel();
        let id = child.id();
        let watcher = thread::spawn(move || {
            let late = over.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            if late {
                kill_group(id);
            }
            late
        });
        Self { done, watcher }
    }

    /// The program has ended; whether it had to be killed.
    pub(super) fn has_passed(self) -> bool {
        // The watcher may be gone already.
        let _ = self.done.send(());
        self.watcher.join().unwrap_or_default()
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "watches a real program")]

    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};

    use super::*;

    fn run(script: &str, limit: Duration) -> (bool, String) {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", script])
            .stdout(Stdio::piped())
            .process_group(0);
        let child = command.spawn().unwrap();
        let deadline = Deadline::of(&child, limit);
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (deadline.has_passed(), text)
    }

    #[test]
    fn a_program_that_does_not_answer_ends_with_all_that_it_started() {
        let (killed, said) = run(
            "sleep 600 & echo started; sleep 600",
            Duration::from_millis(300),
        );
        assert_eq!((killed, said.as_str()), (true, "started\n"));
        let (killed, said) = run("echo done", Duration::from_secs(60));
        assert_eq!((killed, said.as_str()), (false, "done\n"));
    }
}
