//! Dockerfiles as BuildKit reads them: instructions, flags, words, heredocs and the simple commands of RUN
//! bodies, each with its bytes in the source. Knows nothing of GPUs and touches no file.

#![warn(clippy::disallowed_methods)]

mod model;
mod parse;
mod parts;
pub mod shell;
mod stages;
mod word;

pub use model::{
    ArgDeclaration, Copy, Directive, Dockerfile, EnvPair, Flag, From, Heredoc, Instruction,
    Keyword, Kind, Logical, Problem, ProblemKind, Run,
};
pub use parse::parse;
pub use stages::stage_problems;
pub use word::{Operation, Part, Word};
