//! Counts the work that is done, for tests that measure how it grows with the input: a look-up in a table, a command
//! that is looked at, a value that is merged, a finding that is compared. Clocks lie on a busy machine, counters do
//! not. Without the feature `count` it compiles to nothing.

#[cfg(feature = "count")]
use std::cell::Cell;

#[cfg(feature = "count")]
thread_local! {
    static DONE: Cell<u64> = const { Cell::new(0) };
}

/// A piece of work is done.
#[inline]
pub fn done() {
    pieces(1);
}

/// So many pieces of work are done at once.
#[inline]
pub fn pieces(count: usize) {
    #[cfg(feature = "count")]
    DONE.with(|done| done.set(done.get() + count as u64));
    #[cfg(not(feature = "count"))]
    let _ = count;
}

/// The same items; each of them that is looked at is a piece of work.
pub fn each<I: IntoIterator>(items: I) -> std::iter::Inspect<I::IntoIter, fn(&I::Item)> {
    items.into_iter().inspect(|_| done())
}

/// What `action` gives, and how much work this thread did for it.
#[cfg(feature = "count")]
pub fn measured<T>(action: impl FnOnce() -> T) -> (T, u64) {
    let before = DONE.get();
    let result = action();
    (result, DONE.get() - before)
}

#[cfg(all(test, feature = "count"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_at_counts() {
        let ((), work) = measured(|| {
            done();
            pieces(3);
            assert_eq!(each([7, 8, 9]).nth(1), Some(8));
        });
        assert_eq!(work, 6);
    }
}
