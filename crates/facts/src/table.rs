use std::sync::OnceLock;

use serde::Deserialize;

/// An embedded table, read when first asked for.
pub(crate) struct Table<T> {
    text: &'static str,
    cell: OnceLock<T>,
}

impl<T: Deserialize<'static> + Default> Table<T> {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text,
            cell: OnceLock::new(),
        }
    }

    /// The rows. The embedded text is known to be readable: each module has a test that reads it.
    pub(crate) fn get(&self) -> &T {
        self.cell
            .get_or_init(|| serde_json::from_str(self.text).unwrap_or_default())
    }

    /// Whether the text reads as the type says, for the tests.
    #[cfg(test)]
    pub(crate) fn error(&self) -> Option<String> {
        serde_json::from_str::<T>(self.text)
            .err()
            .map(|error| error.to_string())
    }
}
