//! A host: its facts, its configuration with places, and what to type there.

mod daemon;
pub mod json;
pub(crate) mod requirement;
mod summary;
mod view;

pub use daemon::Daemon;
pub use summary::summary;
pub use view::{CDI_KIND, HostView, Injection, default_runtime, is_target};
