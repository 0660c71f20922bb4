//! The simple commands of one RUN, CMD or ENTRYPOINT after expansion.

use dockerfile::shell::{self, Place, Script};
use dockerfile::{Heredoc, Logical, Run};
use packages::invocation::Invocation;
use packages::program::{base_name, is_shell};
use packages::text::Text;
use packages::{Assigned, Script as Handed};
use source::{FileId, Location};

use super::command::Command;
use super::path::join;
use super::scope::{Binding, Origin, Scope};

/// Scripts inside scripts (`bash -c "bash -c …"`) are followed this deep.
const MAX_NESTING: u32 = 8;
/// `export`s beyond this are not handed to later commands; a script with more sets no package index by hand.
const MAX_EXPORTS: usize = 128;

/// Reads the commands of one instruction.
pub struct Reader<'a> {
    file: FileId,
    scope: &'a mut Scope,
    directory: Option<String>,
    exports: Vec<(String, Option<Text>)>,
    undo: Vec<(String, Option<Binding>)>,
    commands: Vec<Command>,
    scripts: u32,
}

impl<'a> Reader<'a> {
    /// A reader for an instruction that sees `scope` and starts in `directory`.
    pub fn new(file: FileId, scope: &'a mut Scope, directory: Option<String>) -> Self {
        Self {
            file,
            scope,
            directory,
            exports: Vec::new(),
            undo: Vec::new(),
            commands: Vec::new(),
            scripts: 0,
        }
    }

    /// The commands of `run`; `heredocs` are those of its instruction.
    pub fn read(mut self, run: &Run, heredocs: &[Heredoc]) -> Vec<Command> {
        match run {
            Run::Exec(words) => {
                let words: Vec<Text> = words.iter().map(|word| self.exec_word(word)).collect();
                if let (Some(first), Some(last)) = (words.first(), words.last()) {
                    let span = first.at().span.cover(last.at().span);
                    self.push(words, Vec::new(), shell::Command::bare(span), 0);
                    if !self.commands.is_empty() {
                        self.nested(0, 0);
                    }
                }
            }
            Run::Shell(body) => self.script(shell::split(body, heredocs), 0),
            Run::Script { interpreter, body } => match interpreter {
                None => self.script(shell::split(body, &[]), 0),
                Some(program) if program.split_whitespace().map(base_name).any(is_shell) => {
                    self.script(shell::split(body, &[]), 0);
                }
                Some(program) => self.foreign_script(program, body),
            },
        }
        for (name, binding) in self.undo.drain(..).rev() {
            match binding {
                Some(binding) => self.scope.set(&name, binding.value, binding.origin),
                None => self.scope.unset(&name),
            }
        }
        self.commands
    }

    /// JSON words are taken as they are: there is no shell to expand them.
    fn exec_word(&self, word: &dockerfile::Word) -> Text {
        let at = Location::new(self.file, word.span);
        let mut text = Text::empty(at);
        for part in &word.parts {
            if let dockerfile::Part::Literal {
                text: literal,
                span,
                ..
            } = part
            {
                text.push(literal, Some(Location::new(self.file, *span)));
            } else {
                text.push(&word.raw, Some(at));
                return text;
            }
        }
        text
    }

    /// `#!/usr/bin/env python` heredocs: one command whose input is the body.
    fn foreign_script(&mut self, interpreter: &str, body: &Logical) {
        let span = body.span(0..body.text().len());
        let at = Location::new(self.file, span);
        let words = interpreter
            .split_whitespace()
            .filter(|word| !word.ends_with("/env") && *word != "-S")
            .map(|word| {
                let mut text = Text::empty(at);
                text.push(word, Some(at));
                text
            })
            .collect();
        self.push(words, Vec::new(), shell::Command::bare(span), 0);
        if let Some(command) = self.commands.last_mut() {
            command.input = Some(body.clone());
        }
    }

    fn script(&mut self, script: Script, nesting: u32) {
        self.scripts += 1;
        let number = self.scripts;
        for command in script.commands {
            self.command(command, number, nesting);
        }
    }

    fn command(&mut self, command: shell::Command, number: u32, nesting: u32) {
        let place = command.place;
        let sure = is_sure(place);
        let mut environment: Vec<Assigned> = Vec::new();
        for assignment in &command.assignments {
            let value = (!assignment.append).then(|| self.scope.expand(&assignment.value));
            environment.push((
                assignment.name.clone(),
                value.filter(|text| !text.has_hole()),
            ));
        }
        let words: Vec<Text> = command
            .words
            .iter()
            .flat_map(|word| self.scope.split(word))
            .collect();
        if words.is_empty() {
            for (name, value) in environment {
                self.assign(&name, value.filter(|_| sure), place);
            }
            return;
        }
        let count = self.commands.len();
        self.push(words, environment, command, number);
        let Some(pushed) = self.commands.get(count) else {
            return;
        };
        match pushed.program() {
            "export" | "declare" | "typeset" | "local" | "readonly" => {
                self.export(count, place);
            }
            "cd" | "pushd" if !place.in_subshell && !place.in_substitution => {
                let target = pushed
                    .args()
                    .iter()
                    .find(|arg| !arg.as_str().starts_with('-'))
                    .cloned();
                self.directory = match target {
                    Some(target) if sure => target
                        .known()
                        .and_then(|to| join(self.directory.as_deref(), to)),
                    _ => None,
                };
            }
            "popd" => self.directory = None,
            _ => self.nested(count, nesting),
        }
    }

    fn push(
        &mut self,
        words: Vec<Text>,
        environment: Vec<Assigned>,
        shell: shell::Command,
        number: u32,
    ) {
        let exports = self.exports.iter();
        let mut all: Vec<Assigned> = exports
            .map(|(name, value)| (name.clone(), self.scope.copied(value.as_ref())))
            .collect();
        all.extend(environment);
        let at = Location::new(self.file, shell.span);
        let Some(invocation) = Invocation::new(words, all, at) else {
            return;
        };
        let output = shell
            .redirects
            .iter()
            .filter(|redirect| redirect.operator.contains('>'))
            .map(|redirect| self.scope.expand(&redirect.target))
            .collect();
        let input = shell
            .redirects
            .iter()
            .rev()
            .find_map(|redirect| redirect.body.clone());
        let directory = match &invocation.directory {
            Some(to) => join(self.directory.as_deref(), to.as_str()),
            None => self.directory.clone(),
        };
        self.commands.push(Command {
            invocation,
            directory,
            shell,
            output,
            input,
            script: number,
        });
    }

    fn assign(&mut self, name: &str, value: Option<Text>, place: Place) {
        if place.in_subshell || place.in_substitution {
            return;
        }
        self.undo
            .push((name.to_owned(), self.scope.get(name).cloned()));
        self.scope.set(name, value.clone(), Origin::Script);
        if let Some(exported) = self.exports.iter_mut().find(|(key, _)| key == name) {
            exported.1 = value;
        }
    }

    fn export(&mut self, index: usize, place: Place) {
        let args: Vec<Text> = self.commands[index].args().to_vec();
        for arg in args.iter().filter(|arg| !arg.as_str().starts_with('-')) {
            let text = arg.as_str();
            let (name, value) = match text.find('=') {
                Some(at) => (
                    &text[..at],
                    Some(arg.slice(at + 1..text.len())).filter(|value| !value.has_hole()),
                ),
                None => (text, self.scope.value(text).cloned()),
            };
            let name = name.to_owned();
            let value = value.filter(|_| is_sure(place));
            if text.contains('=') {
                self.assign(&name, value.clone(), place);
            }
            if self.exports.len() < MAX_EXPORTS && !place.in_subshell {
                self.exports.retain(|(key, _)| *key != name);
                self.exports.push((name, value));
            }
        }
    }

    /// `bash -c "…"`, `sh <<EOF`, `eval "…"`: the commands inside.
    fn nested(&mut self, index: usize, nesting: u32) {
        if nesting >= MAX_NESTING {
            return;
        }
        let command = &self.commands[index];
        let words = command.invocation.from_program();
        let body = match packages::script(words) {
            Some(Handed::Words(words)) => Some(logical(&words)),
            Some(Handed::Input) => command.input.clone(),
            None => None,
        };
        let home = packages::starts_at_home(words);
        let started_in = command.directory.clone().filter(|_| !home);
        let Some(body) = body else { return };
        let is_put_in = words
            .iter()
            .any(|word| !word.definitions(word.all()).is_empty());
        if is_put_in && !self.scope.has_room_for(source::parts(body.text())) {
            return;
        }
        let outer = self.commands[index].place();
        let first = self.commands.len();
        let directory = std::mem::replace(&mut self.directory, started_in);
        self.script(shell::split(&body, &[]), nesting + 1);
        self.directory = directory;
        for command in &mut self.commands[first..] {
            inherit(&mut command.shell.place, outer);
        }
    }
}

fn inherit(place: &mut Place, outer: Place) {
    place.in_condition |= outer.in_condition;
    place.in_branch |= outer.in_branch;
    place.in_loop |= outer.in_loop;
    place.in_function |= outer.in_function;
    place.in_substitution |= outer.in_substitution;
    place.in_subshell |= outer.in_subshell;
    place.after_or |= outer.after_or;
    place.failure_tolerated |= outer.failure_tolerated;
}

fn is_sure(place: Place) -> bool {
    !(place.in_branch
        || place.in_loop
        || place.in_function
        || place.after_or
        || place.in_substitution
        || place.in_condition)
}

/// The text of arguments as a script that knows where its bytes stand.
fn logical(words: &[Text]) -> Logical {
    let mut out = Logical::new();
    for text in words {
        let start = text.at().span.start;
        if !out.text().is_empty() {
            out.push(" ", start.saturating_sub(1));
        }
        for (range, source) in text.sources() {
            out.push(
                &text.as_str()[range],
                source.map_or(start, |source| source.span.start),
            );
        }
    }
    out
}
