//! Known error messages in a text or a log, and what caused them.

mod answer;
mod found;
mod pattern;
mod plain;
mod prefix;
mod scan;
pub mod values;

pub use answer::{Answer, Evidence, Likely, Weight, answers, causes};
pub use prefix::Section;
pub use scan::{Hit, Log, Scanner, scan};
pub use values::{Values, implied};

#[cfg(test)]
mod tests;
