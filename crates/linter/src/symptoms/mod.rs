//! Known error messages in a text or a log, and what caused them.

mod found;
mod pattern;
mod plain;
mod prefix;
mod scan;

pub use prefix::Section;
pub use scan::{Hit, Log, Scanner, scan};

#[cfg(test)]
mod tests;
