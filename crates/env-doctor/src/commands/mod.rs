//! One file a command.

pub(crate) mod dockerfile;
pub(crate) mod explain;
pub(crate) mod rules;
