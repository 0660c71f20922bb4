//! Lists of a JSON document whose items are made as they are written.

use serde::{Serialize, Serializer};

/// A list that holds what its items are made from, and not the items.
pub struct Each<T, F> {
    from: Vec<T>,
    make: F,
}

impl<T, F> Each<T, F> {
    /// `make` of each of `from`, in order.
    pub fn new<U>(from: Vec<T>, make: F) -> Self
    where
        T: Copy,
        F: Fn(T) -> U,
    {
        Self { from, make }
    }
}

impl<T, F, U> Serialize for Each<T, F>
where
    T: Copy,
    F: Fn(T) -> U,
    U: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.from.iter().copied().map(&self.make))
    }
}
