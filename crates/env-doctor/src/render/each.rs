//! Lists of a JSON document whose items are made as they are written.

use serde::{Serialize, Serializer};

/// A list that holds what its items are made from, and not the items.
pub(super) struct Each<'r, T, F> {
    from: &'r [T],
    make: F,
}

impl<'r, T, F> Each<'r, T, F> {
    /// `make` of each of `from`, in order.
    pub(super) fn new<U>(from: &'r [T], make: F) -> Self
    where
        F: Fn(&'r T) -> U,
    {
        Self { from, make }
    }
}

impl<'r, T, F, U> Serialize for Each<'r, T, F>
where
    F: Fn(&'r T) -> U,
    U: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.from.iter().map(&self.make))
    }
}
