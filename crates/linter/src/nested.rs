//! Spans that lie in each other, asked for those around a place.

use source::Span;

/// Spans in the order of their starts.
#[derive(Debug, Default)]
pub(crate) struct Nested {
    spans: Vec<Span>,
    /// For each the one before it that is still open where it begins.
    outer: Vec<Option<usize>>,
}

impl Nested {
    /// `spans` are sorted by their start.
    pub(crate) fn new(spans: Vec<Span>) -> Self {
        let mut outer = Vec::with_capacity(spans.len());
        let mut last: Option<usize> = None;
        for (number, span) in spans.iter().enumerate() {
            while let Some(before) = last
                && spans[before].end <= span.start
            {
                work::done();
                last = outer[before];
            }
            outer.push(last);
            last = Some(number);
        }
        Self { spans, outer }
    }

    /// The numbers of the spans that hold the byte at `offset`, those that begin last first.
    pub(crate) fn around(&self, offset: u32) -> impl Iterator<Item = usize> {
        let before = self.spans.partition_point(|span| span.start <= offset);
        let open = std::iter::successors(before.checked_sub(1), |&number| self.outer[number]);
        work::each(open).filter(move |&number| offset < self.spans[number].end)
    }

    /// The number of the first span that begins at `offset` or behind it.
    pub(crate) fn next(&self, offset: u32) -> Option<usize> {
        let next = self.spans.partition_point(|span| span.start < offset);
        (next < self.spans.len()).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_spans_around_a_place_are_found(
            mut spans in proptest::collection::vec((0u32..30, 0u32..12), 0..12),
            offset in 0u32..45,
        ) {
            spans.sort_unstable();
            let spans: Vec<Span> = spans.iter().map(|&(start, length)| Span::new(start, start + length)).collect();
            let holds = |span: &Span| span.start <= offset && offset < span.end;
            let mut expected: Vec<usize> = (0..spans.len()).filter(|&number| holds(&spans[number])).collect();
            expected.reverse();
            let next = spans.iter().position(|span| span.start >= offset);
            let nested = Nested::new(spans);
            prop_assert_eq!(nested.around(offset).collect::<Vec<_>>(), expected);
            prop_assert_eq!(nested.next(offset), next);
        }
    }
}
