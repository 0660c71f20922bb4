//! The option grammar of package managers, and the files they install from.
