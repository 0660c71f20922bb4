//! Text after variable expansion that still knows which bytes of which file said so.

use std::ops::Range;

use source::{Location, Span};

/// Stands in a [`Text`] for what cannot be known: an unset ARG, a command substitution.
pub const HOLE: char = '\u{FFFC}';

/// One word, or one value, after expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    content: String,
    pieces: Vec<Piece>,
    at: Location,
}

/// A run of bytes of a [`Text`] with one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    range: Range<usize>,
    /// The bytes that say so, in the word itself or in the definition of a variable.
    source: Option<Location>,
    /// The `${NAME}` in the word through which a definition was reached.
    via: Option<Location>,
}

impl Piece {
    fn verbatim(&self) -> bool {
        self.source
            .is_some_and(|source| source.span.len() as usize == self.range.len())
    }

    /// Where the part of `range` that lies in the piece is written.
    fn within(&self, source: Location, range: &Range<usize>) -> Location {
        if !self.verbatim() {
            return source;
        }
        let start = range.start.max(self.range.start) - self.range.start;
        let end = range.end.min(self.range.end) - self.range.start;
        let base = source.span.start;
        Location::new(
            source.file,
            Span::new(base + start as u32, base + end as u32),
        )
    }
}

impl Text {
    /// Nothing yet, for the word written at `at`.
    #[must_use]
    pub fn empty(at: Location) -> Self {
        Self {
            content: String::new(),
            pieces: Vec::new(),
            at,
        }
    }

    /// Text that stands at `at` byte for byte.
    pub fn verbatim(text: impl Into<String>, at: Location) -> Self {
        let text = text.into();
        let pieces = vec![Piece {
            range: 0..text.len(),
            source: Some(at),
            via: None,
        }];
        Self {
            content: text,
            pieces,
            at,
        }
    }

    /// Most texts have one piece, and need no room for more.
    fn add(&mut self, piece: Piece) {
        if self.pieces.is_empty() {
            self.pieces.reserve_exact(1);
        }
        self.pieces.push(piece);
    }

    /// Appends bytes that `source` says.
    pub fn push(&mut self, text: &str, source: Option<Location>) {
        let start = self.content.len();
        self.content.push_str(text);
        self.add(Piece {
            range: start..self.content.len(),
            source,
            via: None,
        });
    }

    /// Appends what cannot be known, written at `source`.
    pub fn push_hole(&mut self, source: Location) {
        self.push(HOLE.encode_utf8(&mut [0; 4]), Some(source));
    }

    /// Appends a part of another text that was reached through `via`.
    pub fn push_text(&mut self, other: &Self, range: Range<usize>, via: Option<Location>) {
        let base = self.content.len();
        self.content
            .push_str(other.content.get(range.clone()).unwrap_or_default());
        for piece in other.touching(&range) {
            let start = piece.range.start.max(range.start);
            let end = piece.range.end.min(range.end);
            if start >= end {
                continue;
            }
            let source = piece.source.map(|source| {
                if piece.verbatim() {
                    let skip = (start - piece.range.start) as u32;
                    let from = source.span.start + skip;
                    Location::new(source.file, Span::new(from, from + (end - start) as u32))
                } else {
                    source
                }
            });
            self.add(Piece {
                range: base + start - range.start..base + end - range.start,
                source,
                via: via.or(piece.via),
            });
        }
    }

    /// The text, [`HOLE`]s included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        work::done();
        &self.content
    }

    /// The text when nothing in it is unknown.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        (!self.has_hole()).then_some(self.content.as_str())
    }

    /// Whether a part is unknown.
    #[must_use]
    pub fn has_hole(&self) -> bool {
        self.content.contains(HOLE)
    }

    /// The word as written, quotes and variables included.
    #[must_use]
    pub fn at(&self) -> Location {
        work::done();
        self.at
    }

    /// Where the text is written, quotes left out; the word itself when it is empty.
    #[must_use]
    pub fn place(&self) -> Location {
        if self.content.is_empty() {
            self.at
        } else {
            self.locate(self.all())
        }
    }

    /// A part of the text as a text of its own, written where that part is written.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let mut part = Self::empty(self.locate(range.clone()));
        part.push_text(self, range, None);
        part
    }

    /// Where the bytes `range` of the text are written in the word itself: exact where they stand literally,
    /// the whole `${NAME}` where they come from a variable.
    #[must_use]
    pub fn locate(&self, range: Range<usize>) -> Location {
        let mut found: Option<Location> = None;
        for piece in self.touching(&range) {
            let here = match (piece.via, piece.source) {
                (Some(via), _) => via,
                (None, Some(source)) => piece.within(source, &range),
                (None, None) => self.at,
            };
            found = Some(match found {
                Some(before) if before.file == here.file => {
                    Location::new(here.file, before.span.cover(here.span))
                }
                Some(before) => before,
                None => here,
            });
        }
        found.unwrap_or(self.at)
    }

    /// The one unbroken place, in any file, whose bytes are exactly `range` of the text: what an edit replaces.
    #[must_use]
    pub fn editable(&self, range: Range<usize>) -> Option<Location> {
        let mut place: Option<Location> = None;
        for piece in self.touching(&range) {
            let source = piece.source.filter(|_| piece.verbatim())?;
            let here = piece.within(source, &range);
            place = match place {
                None => Some(here),
                Some(before) if before.file == here.file && before.span.end == here.span.start => {
                    Some(Location::new(here.file, before.span.cover(here.span)))
                }
                Some(_) => return None,
            };
        }
        place.filter(|place| place.span.len() as usize == range.len())
    }

    /// Where the definitions stand that variables in `range` were taken from, in order, without repeats.
    #[must_use]
    pub fn definitions(&self, range: Range<usize>) -> Vec<Location> {
        let mut found: Vec<Location> = Vec::new();
        for piece in self.touching(&range) {
            if let (Some(_), Some(source)) = (piece.via, piece.source)
                && !found.contains(&source)
            {
                found.push(source);
            }
        }
        found
    }

    /// How many pieces it is made of.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// The text piece by piece with the bytes that say so.
    pub fn sources(&self) -> impl Iterator<Item = (Range<usize>, Option<Location>)> {
        self.pieces
            .iter()
            .map(|piece| (piece.range.clone(), piece.source))
    }

    /// The whole text's byte range, for the methods that take one.
    #[must_use]
    pub fn all(&self) -> Range<usize> {
        0..self.content.len()
    }

    /// The pieces that hold bytes of `range`. Pieces lie in order, so that a long text of many pieces can be
    /// cut up in linear time.
    fn touching(&self, range: &Range<usize>) -> impl Iterator<Item = &Piece> {
        let first = self
            .pieces
            .partition_point(|piece| piece.range.end < range.start);
        let end = self
            .pieces
            .partition_point(|piece| piece.range.start <= range.end);
        let range = range.clone();
        let near = self.pieces.get(first..end).unwrap_or_default();
        near.iter()
            .filter(move |piece| overlaps(&piece.range, &range))
    }
}

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    (a.start < b.end && b.start < a.end) || (b.is_empty() && a.start <= b.start && b.start <= a.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use source::FileId;

    fn at(start: u32, end: u32) -> Location {
        Location::new(FileId(0), Span::new(start, end))
    }

    #[test]
    fn a_literal_is_found_to_the_byte() {
        let text = Text::verbatim("https://x/cu121", at(10, 25));
        assert_eq!(text.locate(10..15), at(20, 25));
        assert_eq!(text.editable(10..15), Some(at(20, 25)));
    }

    #[test]
    fn a_variable_is_shown_where_it_is_used_and_edited_where_it_is_defined() {
        let default = Text::verbatim("12.1.0", at(4, 10));
        let mut image = Text::empty(at(50, 80));
        image.push("nvidia/cuda:", Some(at(50, 62)));
        image.push_text(&default, default.all(), Some(at(62, 69)));
        image.push("-base", Some(at(69, 74)));
        assert_eq!(image.as_str(), "nvidia/cuda:12.1.0-base");
        assert_eq!(image.locate(12..18), at(62, 69));
        assert_eq!(image.editable(12..18), Some(at(4, 10)));
        assert_eq!(image.editable(12..23), None);
        assert_eq!(image.definitions(0..23), [at(4, 10)]);
    }
}
