//! How much a value is: one, and one more for so many bytes of its text.

/// About the bytes that a value takes anyway.
const BYTES: usize = 64;

/// The values that one with a text of so many bytes counts for.
pub(crate) fn of_text(bytes: usize) -> usize {
    1 + bytes / BYTES
}

/// The longest text that counts for no more than so many values.
pub(crate) fn bytes(values: usize) -> usize {
    values.saturating_mul(BYTES)
}
