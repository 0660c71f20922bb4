//! Reports in each format, written finding by finding: no format holds its text as a whole.

pub(crate) mod concise;
mod counts;
mod diff;
pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod markdown;
mod markup;
pub(crate) mod sarif;
#[cfg(test)]
mod streaming;
#[cfg(test)]
mod testing;
pub(crate) mod text;
