//! Writing down what is looked at.

use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::recorded::Entry;
use super::{
    Audience, Keep, KeepOutput, Metadata, Output, RecordedSystem, Reply, System, Trouble, Veil,
    keep, parent_of, resolve,
};
use crate::HostFacts;

/// The file of a recorded machine that holds what was looked at.
pub const MACHINE_FILE: &str = "machine.txt";

/// The file of a recorded machine that holds what was made of it.
pub const FACTS_FILE: &str = "facts.json";

/// Looks at a machine and writes what it sees into a folder, so that [`RecordedSystem::open`] sees the same.
///
/// Only what probes look at is written, and of that what they keep; GPUs and people have stand-ins.
pub fn record(system: &dyn System, folder: &Path) -> io::Result<HostFacts> {
    let recorder = Recorder::new(system);
    let facts = crate::probe(&recorder);
    std::fs::create_dir_all(folder)?;
    std::fs::write(
        folder.join(MACHINE_FILE),
        recorder.into_machine().to_string(),
    )?;
    let mut json = serde_json::to_string_pretty(&facts)?;
    json.push('\n');
    std::fs::write(folder.join(FACTS_FILE), json)?;
    Ok(facts)
}

/// A system that remembers every look at another one, and shows it as anybody may see it.
pub struct Recorder<'a> {
    system: Veil<'a>,
    seen: RefCell<RecordedSystem>,
}

impl<'a> Recorder<'a> {
    /// Looks at `system` from now on.
    #[must_use]
    pub fn new(system: &'a dyn System) -> Self {
        let seen = RecordedSystem {
            os: system.os().to_owned(),
            arch: system.arch().to_owned(),
            ..RecordedSystem::default()
        };
        Self {
            system: Veil::new(system, Audience::Anyone),
            seen: RefCell::new(seen),
        }
    }

    /// What was seen.
    #[must_use]
    pub fn into_machine(self) -> RecordedSystem {
        let mut seen = self.seen.into_inner();
        let RecordedSystem {
            variables, entries, ..
        } = &mut seen;
        if let Some(path) = variables.get_mut("PATH") {
            // Folders in which nothing was found say only whose machine it is.
            let found = |folder: &&str| {
                let folder = super::lookup::join("/", folder);
                entries.keys().any(|entry| parent_of(entry) == folder)
            };
            let folders = path.split(':').filter(|folder| folder.starts_with('/'));
            let found: Vec<&str> = folders.filter(found).collect();
            *path = found.join(":");
        }
        seen
    }

    /// Remembers what stands at a path, and what reading or listing what it leads to gave.
    fn remember(&self, path: &str, content: Result<&[u8], &Trouble>) {
        let Ok((path, _)) = resolve(self, path) else {
            return;
        };
        let mut seen = self.seen.borrow_mut();
        if let Some(entry) = seen.entries.get_mut(&path) {
            match content {
                Ok(bytes) if bytes.len() >= entry.bytes.len() => entry.bytes = bytes.to_vec(),
                Ok(_) => {}
                // The kind of what stands there says so.
                Err(Trouble::NoFile) => {}
                Err(trouble) => entry.trouble = Some(trouble.clone()),
            }
        }
    }
}

impl System for Recorder<'_> {
    fn os(&self) -> &str {
        self.system.os()
    }

    fn arch(&self) -> &str {
        self.system.arch()
    }

    fn read(&self, path: &str, limit: usize, keep: Keep<'_>) -> Result<Vec<u8>, Trouble> {
        let result = self.system.read(path, limit, keep);
        if !matches!(result, Err(Trouble::Absent)) {
            self.remember(path, result.as_deref());
        }
        result
    }

    fn list(&self, folder: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Trouble> {
        let result = self.system.list(folder, wanted);
        match &result {
            Ok(names) => {
                // The names stand in the folder that a link leads to.
                if let Ok((folder, _)) = resolve(self, folder) {
                    for name in names {
                        let _ = self.metadata(&super::lookup::join(&folder, name));
                    }
                }
            }
            Err(Trouble::Absent) => {}
            Err(trouble) => self.remember(folder, Err(trouble)),
        }
        result
    }

    fn metadata(&self, path: &str) -> Result<Metadata, Trouble> {
        let result = self.system.metadata(path);
        if result != Err(Trouble::Absent) {
            let mut seen = self.seen.borrow_mut();
            let entry = || Entry {
                metadata: result.clone(),
                trouble: None,
                bytes: Vec::new(),
            };
            seen.entries
                .entry(super::lookup::join("/", path))
                .or_insert_with(entry);
        }
        result
    }

    fn variable(&self, name: &str) -> Option<String> {
        let value = self.system.variable(name)?;
        let mut seen = self.seen.borrow_mut();
        let kept = keep::address(&value);
        seen.variables.insert(name.to_owned(), kept);
        Some(value)
    }

    fn has_variable(&self, name: &str) -> bool {
        let set = self.system.has_variable(name);
        if set {
            let mut seen = self.seen.borrow_mut();
            let value = || "set".to_owned();
            seen.variables.entry(name.to_owned()).or_insert_with(value);
        }
        set
    }

    fn run(
        &self,
        program: &str,
        arguments: &[&str],
        limit: Duration,
        keep: KeepOutput<'_>,
    ) -> Result<Output, Trouble> {
        let result = self.system.run(program, arguments, limit, keep);
        let mut line = vec![program];
        line.extend(arguments);
        let mut seen = self.seen.borrow_mut();
        seen.runs.insert(line.join(" "), result.clone());
        result
    }

    fn get(
        &self,
        socket: &str,
        path: &str,
        limit: Duration,
        keep: Keep<'_>,
    ) -> Result<Reply, Trouble> {
        let result = self.system.get(socket, path, limit, keep);
        let _ = self.metadata(socket);
        if result != Err(Trouble::Absent) {
            let mut seen = self.seen.borrow_mut();
            let key = (socket.to_owned(), path.to_owned());
            seen.gets.insert(key, result.clone());
        }
        result
    }

    fn allow(&self, name: &str) {
        self.system.allow(name);
    }

    fn free_space(&self, folder: &str) -> Result<u64, Trouble> {
        let bytes = self.system.free_space(folder)?;
        self.seen
            .borrow_mut()
            .space
            .insert(folder.to_owned(), bytes);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_looked_at_is_written_down() {
        let system = RecordedSystem::from_text(
            "# env: HOME=/home/ann\n\
             # env: TOKEN=secret\n\
             # env: CI=true\n\
             # file: /home/ann/.docker/config.json\n\
             {\"auths\": {\"x\": {\"auth\": \"c2VjcmV0\"}}, \"currentContext\": \"box\"}\n\
             # file: /etc/shadow\nroot:secret\n\
             # link: /etc/os-release -> ../usr/lib/os-release\n\
             # file: /usr/lib/os-release\nID=debian\n\
             # unreadable: /etc/docker/daemon.json\n\
             # file: /dev/nvidia0\n\
             # file: /dev/sda\n",
        )
        .unwrap();
        let recorder = Recorder::new(&system);
        let seen: &dyn System = &recorder;
        assert!(seen.has_variable("CI"));
        assert_eq!(seen.variable("HOME").unwrap(), "/home/user");
        let keep = |bytes: &[u8]| keep::members(bytes, &["currentContext"]);
        let _ = seen.text_of("/home/user/.docker/config.json", 1024, &keep);
        let _ = seen.text("/etc/os-release");
        let _ = seen.text("/etc/docker/daemon.json");
        let _ = seen.list("/dev", &|name| name.starts_with("nvidia"));
        insta::assert_snapshot!(recorder.into_machine(), @r#"
        # machine: linux x86_64
        # env: CI=set
        # env: HOME=/home/user
        # folder: /dev
        # file: /dev/nvidia0
        # folder: /etc
        # file: /etc/docker/daemon.json [denied]
        # link: /etc/os-release -> ../usr/lib/os-release
        # file: /home/user/.docker/config.json [no newline]
        {"currentContext":"name1"}

        # file: /usr/lib/os-release
        ID=debian
        "#);
    }
}
