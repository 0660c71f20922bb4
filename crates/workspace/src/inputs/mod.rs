//! The one road of every check: inputs are found, read, checked side by side, repaired and reported.

mod dockerfile;
mod host;
mod input;
mod project;
mod projects;
mod run;
mod workspace;

pub use dockerfile::Dockerfile;
pub use host::{host_findings, judge_host};
pub use input::{Found, Input, dockerfiles};
pub use project::Project;
pub use projects::{projects, unsaid};
pub use run::{Checked, Finished, Watch, found_below};
pub use workspace::Workspace;
