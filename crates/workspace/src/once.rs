//! What is worked out once and remembered.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// What is known of a key, or what `look` finds, which is known from then on. Nobody waits while it looks.
pub(crate) fn once<K, Q, V>(known: &Mutex<HashMap<K, V>>, key: &Q, look: impl FnOnce() -> V) -> V
where
    K: Borrow<Q> + Eq + Hash,
    Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    V: Clone,
{
    let entries = || known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = entries().get(key) {
        return known.clone();
    }
    let found = look();
    entries().entry(key.to_owned()).or_insert(found).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_answer_counts() {
        let known: Mutex<HashMap<String, u32>> = Mutex::default();
        assert_eq!(once(&known, "a", || 1), 1);
        assert_eq!(once(&known, "a", || 2), 1);
        assert_eq!(once(&known, "b", || 3), 3);
    }
}
