//! From a parsed file to facts about an image: what a stage starts from, what its commands install, what the
//! stage that runs contains. Everything that cannot be known says why.

pub mod action;
pub mod packages;
pub mod text;
