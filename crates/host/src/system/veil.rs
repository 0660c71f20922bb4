//! A system as others may see it.

use std::cell::RefCell;
use std::time::Duration;

use super::lookup::{join, real_folder};
use super::{
    Keep, KeepOutput, Kind, Metadata, Output, Reply, StandIns, System, Trouble, parent_of,
};

/// Who will see what was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The user, who needs the paths of this machine as they are.
    Owner,
    /// Anybody.
    Anyone,
}

/// Another system with stand-ins for what names its GPUs and, where anybody may see it, for its people and for every word
/// that is not public. Paths with stand-ins lead to what they stand for.
pub(crate) struct Veil<'a> {
    system: &'a dyn System,
    for_anybody: bool,
    stand_ins: RefCell<StandIns>,
}

impl<'a> Veil<'a> {
    pub(crate) fn new(system: &'a dyn System, audience: Audience) -> Self {
        let for_anybody = audience == Audience::Anyone;
        let mut stand_ins = StandIns::default();
        if let Some(home) = system.variable("HOME").filter(|_| for_anybody) {
            stand_ins.add_home(&home);
        }
        Self {
            system,
            for_anybody,
            stand_ins: RefCell::new(stand_ins),
        }
    }

    /// What stands for what, as far as it was met.
    pub(crate) fn into_stand_ins(self) -> StandIns {
        self.stand_ins.into_inner()
    }

    fn bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        let mut stand_ins = self.stand_ins.borrow_mut();
        let shown = stand_ins.conceal(&bytes, self.for_anybody);
        shown.unwrap_or(bytes)
    }

    fn text(&self, text: String) -> String {
        let mut stand_ins = self.stand_ins.borrow_mut();
        let shown = stand_ins.conceal(text.as_bytes(), self.for_anybody);
        let shown = shown.and_then(|shown| String::from_utf8(shown).ok());
        shown.unwrap_or(text)
    }

    fn real(&self, path: &str) -> String {
        self.stand_ins.borrow().reveal(path)
    }
}

impl System for Veil<'_> {
    fn os(&self) -> &str {
        self.system.os()
    }

    fn arch(&self) -> &str {
        self.system.arch()
    }

    fn read(&self, path: &str, limit: usize, keep: Keep<'_>) -> Result<Vec<u8>, Trouble> {
        let kept = self.system.read(&self.real(path), limit, keep)?;
        Ok(self.bytes(kept))
    }

    fn list(&self, folder: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Trouble> {
        let names = self.system.list(&self.real(folder), wanted)?;
        let mut names: Vec<String> = names.into_iter().map(|name| self.text(name)).collect();
        names.sort_unstable();
        Ok(names)
    }

    fn metadata(&self, path: &str) -> Result<Metadata, Trouble> {
        let real = self.real(path);
        let mut metadata = self.system.metadata(&real)?;
        if let Kind::Link(target) = &mut metadata.kind {
            // From a stand-in, which may lie deeper, the way up leads elsewhere.
            if real != path && target.starts_with("..") {
                let folder = real_folder(self.system, parent_of(&real))?;
                *target = join(&folder, target);
            }
            *target = self.text(std::mem::take(target));
        }
        Ok(metadata)
    }

    fn variable(&self, name: &str) -> Option<String> {
        Some(self.text(self.system.variable(name)?))
    }

    fn has_variable(&self, name: &str) -> bool {
        self.system.has_variable(name)
    }

    fn run(
        &self,
        program: &str,
        arguments: &[&str],
        limit: Duration,
        keep: KeepOutput<'_>,
    ) -> Result<Output, Trouble> {
        let mut output = self
            .system
            .run(&self.real(program), arguments, limit, keep)?;
        output.stdout = self.text(output.stdout);
        output.stderr = self.text(output.stderr);
        Ok(output)
    }

    fn get(
        &self,
        socket: &str,
        path: &str,
        limit: Duration,
        keep: Keep<'_>,
    ) -> Result<Reply, Trouble> {
        let mut reply = self.system.get(&self.real(socket), path, limit, keep)?;
        reply.body = self.bytes(reply.body);
        Ok(reply)
    }

    fn allow(&self, name: &str) {
        self.stand_ins.borrow_mut().allow(name);
    }

    fn free_space(&self, folder: &str) -> Result<u64, Trouble> {
        self.system.free_space(&self.real(folder))
    }
}
