//! What to install for a machine.

pub mod index;
