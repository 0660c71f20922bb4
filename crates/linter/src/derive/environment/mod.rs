//! What is in a stage that runs: what its commands put there, what it inherits and receives, and what can no longer
//! be known about it.

pub mod compiles;
mod cuda;
pub mod cuda_code;
mod derived;
pub mod installed;
mod inventory;
pub mod overview;
mod purpose;
mod python;
pub mod readers;
pub mod torch;
mod view;

pub use derived::Derived;
pub use inventory::Installed;
pub use python::Python;
pub use view::{Model, StageView};
