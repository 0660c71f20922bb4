//! Compose services: what each asks of the engine, what is in its image, and what it needs.

pub(crate) mod builds;
mod contents;
pub mod device;
mod environment;
mod index;
mod inline;
mod known_text;
mod model;
mod need;
pub(crate) mod overlays;
pub mod problem;
pub(crate) mod project;
pub(crate) mod public;
mod reason;
mod request;
pub mod slips;
mod supply;
mod values;
mod view;

pub use contents::Contents;
pub use environment::{By, Variable};
pub use known_text::KnownText;
pub use model::ServiceModel;
pub use reason::{Level, Need};
pub use request::{Driver, Form, Request, Selection, Vendor, request_kinds};
pub use slips::REQUEST_KEYS;
pub use supply::Runtime;
pub use values::{holds_request, is_emptied, value_at};
pub use view::{ProjectModel, ServiceView};
