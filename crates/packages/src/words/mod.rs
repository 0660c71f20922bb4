//! Command lines: options, programs that run others, scripts that are handed over.

pub(crate) mod options;
pub(crate) mod script;
pub(crate) mod wrapper;
