//! What the command line gives an ARG. It may be a secret, and a report may be published.

use packages::text::HOLE;

use super::BaseImage;
use crate::derive::known::Known;
use crate::derive::public::is_public;

/// The value where the tables or the configuration have it; otherwise one that nobody knows, so that `${NAME}` is shown
/// as it is written.
#[must_use]
pub fn given(value: String, known: &Known) -> String {
    let image = || BaseImage::resolve(&value, known);
    let is_known_image = || image().is_some_and(|it| it.said.is_some() || it.is_certain());
    if is_public(&value) || is_known_image() {
        value
    } else {
        HOLE.to_string()
    }
}
