//! One file a command.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod docker_compose;
pub(crate) mod dockerfile;
pub(crate) mod explain;
pub(crate) mod host;
pub(crate) mod init;
pub(crate) mod install;
pub(crate) mod rules;
