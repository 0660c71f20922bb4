//! Where the lines of a text begin, and how many characters stand before a byte: neither costs more in a long line
//! than in a short one.

use std::ops::Range;

/// Bytes of a text that is not all ASCII between two counts.
const STRIDE: usize = 256;

/// The lines of one text.
#[derive(Debug)]
pub(crate) struct Lines {
    /// Offset of the first byte of each line.
    starts: Vec<u32>,
    /// How many bytes before each multiple of [`STRIDE`] go on with a character; empty where all are ASCII.
    inner: Vec<u32>,
}

/// Whether a byte goes on with a character that began before it.
fn is_inner(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

fn count_inner(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| is_inner(byte)).count() as u32
}

impl Lines {
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let feeds = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let starts = std::iter::once(0).chain(feeds.map(|(at, _)| at as u32 + 1));
        let mut inner = Vec::new();
        if !text.is_ascii() {
            let mut count = 0;
            for piece in bytes.chunks(STRIDE) {
                inner.push(count);
                count += count_inner(piece);
            }
            inner.push(count);
        }
        Self {
            starts: starts.collect(),
            inner,
        }
    }

    /// Number of the line that holds the byte at `offset`, from 0.
    pub(crate) fn number(&self, offset: u32) -> usize {
        self.starts.partition_point(|&start| start <= offset) - 1
    }

    /// The line with this number, without its line feed.
    pub(crate) fn range(&self, number: usize, text: &str) -> Range<usize> {
        let start = self.starts[number] as usize;
        let end = match self.starts.get(number + 1) {
            Some(&next) => next as usize - 1,
            None => text.len(),
        };
        start..end
    }

    /// Characters between two offsets of the text.
    pub(crate) fn characters(&self, text: &str, range: Range<u32>) -> u32 {
        range.end - range.start - (self.inner(text, range.end) - self.inner(text, range.start))
    }

    fn inner(&self, text: &str, offset: u32) -> u32 {
        let offset = offset as usize;
        let Some(count) = self.inner.get(offset / STRIDE) else {
            return 0;
        };
        let from = offset / STRIDE * STRIDE;
        count + count_inner(&text.as_bytes()[from..offset])
    }
}
