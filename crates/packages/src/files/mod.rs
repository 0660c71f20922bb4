//! Files whose every string knows its bytes.

pub(crate) mod toml;
pub(crate) mod yaml;
