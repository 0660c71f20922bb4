//! How much variables may put into the commands of one file: a short file can ask for gigabytes with a few of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use packages::text::Text;

/// Bytes for long values and for the words that values are split into. Files that people write take a hundredth.
const BYTES: usize = 16 << 20;
/// A value so short costs no more than a word that is written out.
const SHORT: usize = 256;
/// About what a piece of a text takes.
const PIECE: usize = 64;
/// About what a word takes that a value is split into, with all that is made of it.
const WORD: usize = 256;

/// What is left of the room of a file, for all of its stages.
#[derive(Clone, Debug)]
pub(super) struct Room(Arc<AtomicUsize>);

impl Room {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicUsize::new(BYTES)))
    }

    /// Whether there is room for a copy of `value`, which it takes.
    pub(super) fn takes(&self, value: &Text) -> bool {
        let bytes = value.all().len() + PIECE * value.pieces();
        self.take(bytes.saturating_sub(SHORT))
    }

    /// Whether there is room for so many words, which they take.
    pub(super) fn takes_words(&self, count: usize) -> bool {
        self.take(count.saturating_mul(WORD))
    }

    /// Whether something found no room.
    pub(super) fn is_used_up(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    fn take(&self, bytes: usize) -> bool {
        if bytes == 0 {
            return true;
        }
        let left = self.0.load(Ordering::Relaxed).saturating_sub(bytes);
        self.0.store(left, Ordering::Relaxed);
        left > 0
    }
}
