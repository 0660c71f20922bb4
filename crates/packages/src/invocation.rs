//! One simple command after expansion, and which program runs in the end.

use source::Location;

use crate::call::{Assigned, assigned};
use crate::program;
use crate::text::Text;
use crate::words::wrapper::{self, Feeds};

/// Wrappers within wrappers beyond this are not followed.
const MAX_WRAPPERS: u32 = 8;

/// One simple command after expansion: program, arguments, and the variables it is given. Programs that only run
/// another one (`sudo`, `env A=1`, `timeout 60`) are taken off; those that do something of their own first
/// (`uv run`) stay in front.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Program and arguments after expansion and word splitting; never empty.
    pub words: Vec<Text>,
    /// `NAME=value` in front, and what `export`s earlier in the same script set.
    pub environment: Vec<Assigned>,
    /// The whole command as written.
    pub at: Location,
    /// Words are appended that stand elsewhere (`xargs`).
    pub fed: bool,
    /// The folder that it is started in (`env --chdir /x`), where it says so.
    pub directory: Option<Text>,
    /// The word that names the program which runs in the end.
    program: usize,
    /// Where the base name begins in that word.
    name: usize,
}

impl Invocation {
    /// Looks for the program in `words`; `None` where there is not one word.
    #[must_use]
    pub fn new(mut words: Vec<Text>, mut environment: Vec<Assigned>, at: Location) -> Option<Self> {
        // Where the first program stands that does something, and the one that runs in the end.
        let (mut first, mut program) = (None, 0);
        let mut fed = false;
        let mut directory = None;
        for _ in 0..MAX_WRAPPERS {
            let Some(inner) = words.get(program..).and_then(wrapper::unwrap) else {
                break;
            };
            environment.extend(inner.environment);
            directory = inner.directory.or(directory);
            if inner.manages {
                first.get_or_insert(program);
            }
            program += inner.rest;
            match inner.feeds {
                Feeds::Nothing => {}
                Feeds::Words => fed = true,
                Feeds::Placeholder(name) => wrapper::forget(&mut words[program..], &name),
            }
        }
        let first = first.unwrap_or(program);
        words.drain(..first);
        program -= first;
        let name = program::base_start(words.get(program)?.as_str());
        Some(Self {
            words,
            environment,
            at,
            fed,
            directory,
            program,
            name,
        })
    }

    /// The word that names the program.
    #[must_use]
    pub fn program_word(&self) -> &Text {
        &self.words[self.program]
    }

    /// The program's name without its folder: `pip3` of `/opt/venv/bin/pip3`.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.program_word().as_str()[self.name..]
    }

    /// Arguments after the program.
    #[must_use]
    pub fn args(&self) -> &[Text] {
        &self.words[self.program + 1..]
    }

    /// The program and its arguments.
    #[must_use]
    pub fn from_program(&self) -> &[Text] {
        &self.words[self.program..]
    }

    /// The package manager that starts the program in an environment of its own: `uv` of `uv run python`.
    #[must_use]
    pub fn runner(&self) -> Option<&str> {
        (self.program > 0).then(|| program::base_name(self.words[0].as_str()))
    }

    /// The last value that the command's own prefix or the script gives `name`; `Some(None)` when it is set to
    /// something unknown.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<Option<&Text>> {
        assigned(&self.environment, name).map(|(_, value)| value.as_ref())
    }
}
