//! What the shell of a build runs: the simple commands of an instruction, with variables as far as they are known.

mod command;
mod path;
mod reader;
mod room;
mod scope;

pub use command::Command;
pub use path::join;
pub use reader::Reader;
pub use scope::{Binding, Origin, Scope};
