//! A text of a Compose file that is known.

use compose::Value;
use source::Location;

/// A known text with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownText<'a> {
    /// After interpolation.
    pub text: &'a str,
    /// Where it is written.
    pub at: Location,
}

impl<'a> KnownText<'a> {
    /// A scalar whose variables are all known.
    pub(super) fn of(value: &'a Value) -> Option<Self> {
        Some(Self {
            text: value.as_str()?,
            at: value.location,
        })
    }
}
