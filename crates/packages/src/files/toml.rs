//! TOML files whose every string knows its bytes.

use std::ops::Range;

use source::{FileId, Location, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text::Text;

/// A parsed file; what can be read is read, broken lines are left out.
pub(crate) struct Document<'i> {
    id: FileId,
    source: &'i str,
    root: DeValue<'i>,
}

impl<'i> Document<'i> {
    /// Parses a file's text.
    pub(crate) fn parse(id: FileId, source: &'i str) -> Self {
        let (root, _) = DeTable::parse_recoverable(source);
        Self {
            id,
            source,
            root: DeValue::Table(root.into_inner()),
        }
    }

    /// The top table.
    pub(crate) fn root(&self) -> Node<'_> {
        Node {
            id: self.id,
            source: self.source,
            value: &self.root,
            span: 0..self.source.len(),
        }
    }
}

/// A value in a document.
#[derive(Clone, Debug)]
pub(crate) struct Node<'d> {
    id: FileId,
    source: &'d str,
    value: &'d DeValue<'d>,
    span: Range<usize>,
}

impl<'d> Node<'d> {
    fn child(&self, value: &'d Spanned<DeValue<'d>>) -> Self {
        Node {
            id: self.id,
            source: self.source,
            value: value.get_ref(),
            span: value.span(),
        }
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        self.value
            .as_table()?
            .get(key)
            .map(|value| self.child(value))
    }

    /// The value at the end of a path of keys.
    pub(crate) fn path(&self, keys: &[&str]) -> Option<Self> {
        keys.iter()
            .try_fold(self.clone(), |node, key| node.get(key))
    }

    /// A string.
    pub(crate) fn str(&self) -> Option<&'d str> {
        self.value.as_str()
    }

    /// The string of a key.
    pub(crate) fn str_of(&self, key: &str) -> Option<&'d str> {
        let value = self.value.as_table()?.get(key)?;
        value.get_ref().as_str()
    }

    /// The text of a key.
    pub(crate) fn text_of(&self, key: &str) -> Option<Text> {
        self.get(key)?.text()
    }

    /// Whether a key is `true`.
    pub(crate) fn is_true(&self, key: &str) -> bool {
        self.bool_of(key) == Some(true)
    }

    /// The switch of a key.
    pub(crate) fn bool_of(&self, key: &str) -> Option<bool> {
        self.value.as_table()?.get(key)?.get_ref().as_bool()
    }

    /// Whether it is a table.
    pub(crate) fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// A string as a text that stands in the file.
    pub(crate) fn text(&self) -> Option<Text> {
        let value = self.value.as_str()?;
        Some(text_at(self.id, self.source, self.span.clone(), value))
    }

    /// The elements of an array; the value itself where it is none.
    pub(crate) fn items(&self) -> Vec<Self> {
        match self.value.as_array() {
            Some(array) => array.iter().map(|value| self.child(value)).collect(),
            None => vec![self.clone()],
        }
    }

    /// The elements of the array at a key.
    pub(crate) fn items_of(&self, key: &str) -> Vec<Self> {
        self.get(key).map(|node| node.items()).unwrap_or_default()
    }

    /// The texts of the array (or string) at a key.
    pub(crate) fn texts_of(&self, key: &str) -> Vec<Text> {
        self.items_of(key).iter().filter_map(Self::text).collect()
    }

    /// Keys and values of a table in the order of the file.
    pub(crate) fn entries(&self) -> Vec<(Text, Self)> {
        let Some(table) = self.value.as_table() else {
            return Vec::new();
        };
        let mut entries: Vec<(Text, Self)> = table
            .iter()
            .map(|(key, value)| {
                (
                    text_at(self.id, self.source, key.span(), key.get_ref()),
                    self.child(value),
                )
            })
            .collect();
        entries.sort_by_key(|(key, _)| key.at().span.start);
        entries
    }
}

/// The bytes between the quotes where they say the value literally, the whole token otherwise.
pub(crate) fn text_at(id: FileId, source: &str, span: Range<usize>, value: &str) -> Text {
    let token = source.get(span.clone()).unwrap_or_default();
    let quotes = ["\"\"\"", "'''", "\"", "'", ""]
        .into_iter()
        .find(|quote| token.starts_with(quote) && token.len() >= 2 * quote.len())
        .map_or(0, str::len);
    let inner = span.start + quotes..span.end.saturating_sub(quotes).max(span.start + quotes);
    if source.get(inner.clone()) == Some(value) {
        return Text::verbatim(value, Location::new(id, Span::from_usize(inner)));
    }
    let at = Location::new(id, Span::from_usize(span));
    let mut text = Text::empty(at);
    text.push(value, Some(at));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_stand_where_they_are_written() {
        let source = "[a]\n\"k e\" = 'v1'\nx = \"\"\"v2\"\"\"\ny = \"v\\u0033\"\nb = 1\n";
        let document = Document::parse(FileId(0), source);
        let read: Vec<(String, Option<String>)> = document
            .root()
            .get("a")
            .unwrap()
            .entries()
            .iter()
            .map(|(key, value)| {
                let slice = |text: &Text| source[text.at().span.range()].to_owned();
                (slice(key), value.text().map(|text| slice(&text)))
            })
            .collect();
        let shown: Vec<(&str, Option<&str>)> = read
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_deref()))
            .collect();
        assert_eq!(
            shown,
            [
                ("k e", Some("v1")),
                ("x", Some("v2")),
                ("y", Some("\"v\\u0033\"")),
                ("b", None)
            ]
        );
    }

    #[test]
    fn a_broken_line_leaves_the_others() {
        let document = Document::parse(FileId(0), "a = 1\nb = \nc = 'x'\n");
        assert_eq!(document.root().str_of("c"), Some("x"));
    }
}
