//! What every floor of the house stands on: files and byte spans in them, diagnostics that point at
//! spans, and edits that change them. Knows no file format.

#![warn(clippy::disallowed_methods)]

mod diagnostic;
mod file;
mod lines;
pub mod mask;
mod size;
mod span;
pub mod suggest;

pub use diagnostic::{Applicability, Context, Diagnostic, Edit, Fix, Label, Severity};
pub use file::{DecodeError, FileId, Position, SourceFile, Sources};
pub use size::{MAX_PARTS, PARTS_OF_A_BYTE, parts, too_much};
pub use span::{Location, Span};
