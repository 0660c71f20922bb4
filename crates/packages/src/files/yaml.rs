//! YAML files as a tree whose every scalar knows its bytes. Aliases are not followed.

use granit_parser::{Event, Parser};
use source::FileId;

use crate::files::toml::text_at;
use crate::text::Text;

/// A value in a YAML file.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A string, a number, a word.
    Scalar(Text),
    /// `- a` or `[a]`.
    List(Vec<Self>),
    /// Keys and values in the order of the file; keys that are no scalars are left out.
    Map(Vec<(Text, Self)>),
    /// An alias: not followed.
    Alias,
}

/// Deeper files are no environment files.
const MAX_DEPTH: usize = 64;

impl Node {
    /// The first document, as far as it can be read.
    pub(crate) fn parse(id: FileId, source: &str) -> Option<Self> {
        let mut open: Vec<Open> = Vec::new();
        for event in Parser::new_from_str(source) {
            let Ok((event, span)) = event else { break };
            let node = match event {
                Event::Scalar(value, ..) => {
                    let range = span.byte_range().unwrap_or_default();
                    Self::Scalar(text_at(id, source, range, &value))
                }
                Event::Alias(_) | Event::UnresolvedAlias(_) => Self::Alias,
                Event::SequenceStart(..) | Event::MappingStart(..) if open.len() >= MAX_DEPTH => {
                    break;
                }
                Event::SequenceStart(..) => {
                    open.push(Open::List(Vec::new()));
                    continue;
                }
                Event::MappingStart(..) => {
                    open.push(Open::Map(Vec::new(), None));
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                    Some(done) => done.node(),
                    None => break,
                },
                Event::DocumentEnd => break,
                _ => continue,
            };
            match open.last_mut() {
                Some(parent) => parent.add(node),
                None => return Some(node),
            }
        }
        // What stood before a syntax error is kept.
        let mut rest: Option<Self> = None;
        while let Some(mut parent) = open.pop() {
            if let Some(node) = rest.take() {
                parent.add(node);
            }
            rest = Some(parent.node());
        }
        rest
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries
                .iter()
                .find(|(name, _)| name.as_str() == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The elements of a list.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The scalar.
    pub(crate) fn text(&self) -> Option<&Text> {
        match self {
            Self::Scalar(text) => Some(text),
            _ => None,
        }
    }
}

/// A collection that has not ended yet.
enum Open {
    List(Vec<Node>),
    /// Entries, and the key whose value comes next.
    Map(Vec<(Text, Node)>, Option<Node>),
}

impl Open {
    fn add(&mut self, node: Node) {
        match self {
            Self::List(items) => items.push(node),
            Self::Map(entries, key) => match key.take() {
                None => *key = Some(node),
                Some(Node::Scalar(name)) => entries.push((name, node)),
                Some(_) => {}
            },
        }
    }

    fn node(self) -> Node {
        match self {
            Self::List(items) => Node::List(items),
            Self::Map(entries, _) => Node::Map(entries),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_stand_where_they_are_written() {
        let source = "a: &x 1\nb: ['é', \"q\"]\nc:\n  - d: z # w\n  - *x\n";
        let root = Node::parse(FileId(0), source).unwrap();
        let slice = |node: &Node| source[node.text().unwrap().at().span.range()].to_owned();
        assert_eq!(slice(root.get("a").unwrap()), "1");
        let b = root.get("b").unwrap().items();
        assert_eq!((slice(&b[0]).as_str(), slice(&b[1]).as_str()), ("é", "q"));
        let c = root.get("c").unwrap().items();
        assert_eq!(slice(c[0].get("d").unwrap()), "z");
        assert!(matches!(c[1], Node::Alias));
    }

    #[test]
    fn what_stands_before_an_error_is_kept() {
        let root = Node::parse(FileId(0), "a: 1\nb:\n - x\n - \"y\nz").unwrap();
        assert_eq!(root.get("b").unwrap().items().len(), 1);
    }

    #[test]
    fn deep_files_end_early() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let mut node = Node::parse(FileId(0), &deep(100)).unwrap();
        let mut depth = 0;
        while let Node::List(mut items) = node {
            depth += 1;
            node = items.pop().unwrap_or(Node::Alias);
        }
        assert_eq!(depth, MAX_DEPTH);
        assert!(Node::parse(FileId(0), &deep(100_000)).is_none());
        assert!(Node::parse(FileId(0), "").is_none());
    }
}
