//! RUN bodies taken apart into simple commands.

mod compound;
mod simple;
mod split;
mod words;

use source::Span;

use crate::Word;

pub use split::{split, split_with};

/// Options of the shell that runs a script, such as `SHELL ["/bin/bash", "-eo", "pipefail", "-c"]` sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `-e`: a failing command ends the script.
    pub errexit: bool,
    /// `-o pipefail`: a pipeline fails when any of its commands does.
    pub pipefail: bool,
}

/// The simple commands of a shell text in source order, those inside `$( )`, subshells, loops and conditions
/// included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The commands.
    pub commands: Vec<Command>,
    /// Unbalanced quotes or parentheses, reserved words out of place. Commands read before them are kept.
    pub problems: Vec<Span>,
}

/// How a command is tied to the one before it in the same list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// First of its list.
    First,
    /// `;` or a line break.
    Sequence,
    /// `&&`.
    And,
    /// `||`.
    Or,
    /// `|` or `|&`.
    Pipe,
    /// `&`.
    Background,
}

/// Where a command stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one place in a script"
)]
pub struct Place {
    /// In the condition of `if`, `elif`, `while` or `until`.
    pub in_condition: bool,
    /// In a branch of `if` or `case`: runs or not.
    pub in_branch: bool,
    /// In the body of `for`, `while`, `until` or `select`.
    pub in_loop: bool,
    /// In the body of a function definition.
    pub in_function: bool,
    /// In `$( )`, backticks or `<( )`.
    pub in_substitution: bool,
    /// In `( )`.
    pub in_subshell: bool,
    /// After `&&` whose left side only asks (`test`, `[`, `grep`, `command`, …), or after `||`: runs or not.
    pub after_or: bool,
    /// Its failure does not make the script fail. So it is
    /// - before `||` in the same and-or list, unless the right side gives up (`|| exit 1`, `|| false`,
    ///   `|| { echo no; exit 1; }`);
    /// - before `|`, without `pipefail`;
    /// - behind `!`, before `&`, and in the condition of `if` or a loop;
    /// - before `;` or a line break when more follows in the list, without `set -e`; with it, for all but the
    ///   last pipeline of an and-or list (`set -e; a && b; c` goes on when `a` fails);
    /// - in a substitution whose status is lost: everywhere but in a command that only assigns (`x=$(a)`).
    ///
    /// What holds for a group holds for the commands in it. The last command of the last list decides.
    /// BuildKit runs RUN lines and heredoc scripts as `sh -c`, without `-e`; `set -e`, `set -o errexit` and
    /// `set -o pipefail` count from where they stand, and a SHELL with such options through [`split_with`].
    pub failure_tolerated: bool,
}

/// A simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Program and arguments, without assignments and redirections. Empty for a line of assignments only.
    pub words: Vec<Word>,
    /// `NAME=value` before the program.
    pub assignments: Vec<Assignment>,
    /// Redirections anywhere in the command.
    pub redirects: Vec<Redirect>,
    /// From the first to the last byte of assignments, words and redirections.
    pub span: Span,
    /// How it is tied to the command before it in the same list.
    pub connector: Connector,
    /// The bytes of that connector (`&&`, `;`, …); empty for `First` and line breaks.
    pub connector_span: Span,
    /// How deep it stands in groups, substitutions and compound commands; siblings in one list share it.
    pub depth: u32,
    /// Where it stands.
    pub place: Place,
}

impl Command {
    /// A command that no shell reads (the JSON form, a script for another interpreter) and that stands at `span`.
    #[must_use]
    pub fn bare(span: Span) -> Self {
        Self {
            words: Vec::new(),
            assignments: Vec::new(),
            redirects: Vec::new(),
            span,
            connector: Connector::First,
            connector_span: Span::empty(span.start),
            depth: 0,
            place: Place::default(),
        }
    }
}

/// `NAME=value` or `NAME+=value` before a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// `+=`.
    pub append: bool,
    /// The value.
    pub value: Word,
    /// The whole assignment.
    pub span: Span,
}

/// A redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// `>`, `>>`, `<`, `<<`, `<<-`, `<<<`, `>&`, `<&`, `&>`, `&>>`, `>|`, `<>`.
    pub operator: &'static str,
    /// The file, the descriptor or the heredoc's terminator.
    pub target: Word,
    /// Operator, descriptor number and target.
    pub span: Span,
    /// The heredoc's body, when the operator opens one and the body was found.
    pub body: Option<crate::Logical>,
}
