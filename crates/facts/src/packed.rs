//! How the tables lie in the program: as rows that need nothing done to them before they are read. A `&'static str` in
//! a row would have to be relocated whenever the program starts, whether anybody asks for the row or not; texts and
//! lists are places in a common text and in common arrays instead, which the compiler fills.

use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::generated::{BYTES, STRS, STRS_OF_LISTS, TEXT};

/// A text of the tables.
#[derive(Clone, Copy)]
pub struct Str {
    start: u32,
    length: u32,
}

impl Str {
    /// The text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        // What the pen wrote is always there.
        let end = self.start + self.length;
        TEXT.get(self.start as usize..end as usize)
            .unwrap_or_default()
    }
}

impl Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Str {}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Str {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<Str> for &str {
    fn eq(&self, other: &Str) -> bool {
        *self == other.as_str()
    }
}

impl From<Str> for &'static str {
    fn from(text: Str) -> Self {
        text.as_str()
    }
}

impl From<Str> for String {
    fn from(text: Str) -> Self {
        text.as_str().to_owned()
    }
}

/// A list in a row, or all rows of a table.
pub struct List<T> {
    start: u32,
    length: u32,
    of: PhantomData<fn() -> T>,
}

/// What stands in lists: those of one type stand in one array.
pub trait Listed: Sized + 'static {
    /// The array.
    fn array() -> &'static [Self];
}

impl<T: Listed> List<T> {
    /// The elements.
    #[must_use]
    pub fn as_slice(&self) -> &'static [T] {
        work::done();
        // What the pen counted is always there.
        let (start, end) = (self.start as usize, (self.start + self.length) as usize);
        T::array().get(start..end).unwrap_or_default()
    }

    /// The element of a sorted list that is equal to what `order` compares with.
    #[must_use]
    pub fn sorted(&self, order: impl FnMut(&T) -> Ordering) -> Option<&'static T> {
        let rows = self.as_slice();
        let at = rows.binary_search_by(order).ok()?;
        rows.get(at)
    }
}

impl List<Str> {
    /// Whether a text is in the list.
    #[must_use]
    pub fn has(&self, text: &str) -> bool {
        self.texts().any(|own| own == text)
    }

    /// The texts.
    pub fn texts(&self) -> impl DoubleEndedIterator<Item = &'static str> + Clone {
        self.as_slice().iter().map(|text| text.as_str())
    }

    /// The texts with `separator` between them.
    #[must_use]
    pub fn join(&self, separator: &str) -> String {
        self.texts().collect::<Vec<_>>().join(separator)
    }
}

impl<T: Listed> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T: Listed> IntoIterator for &List<T> {
    type Item = &'static T;
    type IntoIter = std::slice::Iter<'static, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.as_slice().iter()
    }
}

impl<T: Listed + fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

impl<T: Listed + PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Listed + Eq> Eq for List<T> {}

impl Listed for Str {
    fn array() -> &'static [Self] {
        &STRS_OF_LISTS
    }
}

/// Writes the texts of all tables one behind the other, while the program is compiled.
pub(crate) struct Pen {
    pub(crate) bytes: [u8; BYTES],
    pub(crate) strs: [Str; STRS],
    written: usize,
    listed: usize,
}

impl Pen {
    #[expect(clippy::large_stack_arrays, reason = "only the compiler calls it")]
    pub(crate) const fn new() -> Self {
        let empty = Str {
            start: 0,
            length: 0,
        };
        Self {
            bytes: [0; BYTES],
            strs: [empty; STRS],
            written: 0,
            listed: 0,
        }
    }

    /// A text.
    pub(crate) const fn str(&mut self, text: &str) -> Str {
        let start = self.written;
        let (_, free) = self.bytes.split_at_mut(start);
        let (here, _) = free.split_at_mut(text.len());
        here.copy_from_slice(text.as_bytes());
        self.written += text.len();
        Str {
            start: start as u32,
            length: text.len() as u32,
        }
    }

    /// A list of texts.
    pub(crate) const fn strs<const N: usize>(&mut self, texts: [&str; N]) -> List<Str> {
        let start = self.listed;
        let mut at = 0;
        while at < N {
            self.strs[start + at] = self.str(texts[at]);
            at += 1;
        }
        self.listed += N;
        List {
            start: start as u32,
            length: N as u32,
            of: PhantomData,
        }
    }
}

/// Deals the elements of an array out to the lists that follow each other in it.
pub(crate) struct Dealer(u32);

impl Dealer {
    pub(crate) const fn new() -> Self {
        Self(0)
    }

    /// The next elements.
    pub(crate) const fn next<T>(&mut self, length: u32) -> List<T> {
        let start = self.0;
        self.0 += length;
        List {
            start,
            length,
            of: PhantomData,
        }
    }
}
