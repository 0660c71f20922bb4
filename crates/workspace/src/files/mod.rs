//! The one way to the files of a project, wherever they are: on a disk, in a commit, in an editor, or in memory alone.

mod commit;
mod disk;
mod folders;
mod interface;
mod memory;
mod open;
mod overlay;
pub(crate) mod wait;

pub(crate) use commit::Commit;
pub use disk::Disk;
pub use folders::Folders;
pub(crate) use folders::Mark;
pub use interface::{Asked, Entry, Files, Kind};
pub use memory::Memory;
pub(crate) use open::named;
pub use open::was_read;
pub use overlay::Overlay;
