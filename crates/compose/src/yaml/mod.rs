//! YAML as written: every node with its bytes, aliases as edges, duplicate keys kept.
//!
//! The events come from `granit-parser`; nothing else in the crate knows it.

mod read;
mod resolve;

use source::Span;

pub use read::parse;
pub use resolve::{ScalarType, resolve_plain};
pub(crate) use resolve::{parse_integer, scalar_type};

/// A node of a [`Stream`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

/// How a mapping or sequence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectionStyle {
    /// `- item`, `key: value`.
    Block,
    /// `[item]`, `{key: value}`.
    Flow,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalarStyle {
    /// Without quotes; the only style whose type is read from the text.
    Plain,
    /// `'…'`.
    SingleQuoted,
    /// `"…"`.
    DoubleQuoted,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
}

/// `!reset`, `!!str`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// As written short: `!reset`, `!!str`; a verbatim tag without its brackets.
    pub name: Box<str>,
    /// The whole tag, `!` included.
    pub span: Span,
}

/// `&name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Without the `&`.
    pub name: Box<str>,
    /// With the `&`.
    pub span: Span,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// Key and value nodes in source order; a key may occur twice.
    Mapping {
        /// Block or flow.
        style: CollectionStyle,
        /// The pairs.
        pairs: Vec<(NodeId, NodeId)>,
    },
    /// Items in source order.
    Sequence {
        /// Block or flow.
        style: CollectionStyle,
        /// The items.
        items: Vec<NodeId>,
    },
    /// Text after quotes, escapes and folding.
    Scalar {
        /// The decoded text; empty for a value that is not written at all.
        text: Box<str>,
        /// How it is written.
        style: ScalarStyle,
    },
    /// `*name`; never expanded here.
    Alias {
        /// Without the `*`.
        name: Box<str>,
        /// What it stands for.
        target: AliasTarget,
    },
}

/// What an alias stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AliasTarget {
    /// The anchored node.
    Node(NodeId),
    /// A collection that the alias itself is part of.
    Itself,
    /// No such anchor precedes the alias.
    Unknown,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The content without tag and anchor. Block scalars: the text without the header and without the
    /// last line break. A value that is not written: the empty span where it would stand.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
    /// Its tag.
    pub tag: Option<Tag>,
    /// Its anchor.
    pub anchor: Option<Anchor>,
    /// How many nodes it stands for once aliases are expanded; saturates.
    pub(crate) weight: u64,
    /// Levels below it once aliases are expanded; saturates.
    pub(crate) height: u32,
}

/// Why a text is not YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The empty span where reading stopped.
    pub span: Span,
    /// The parser's sentence, lower case start.
    pub message: String,
}

/// The YAML documents of one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    pub(crate) nodes: Vec<Node>,
    /// The root node of each document; what stands before a syntax error is kept.
    pub documents: Vec<NodeId>,
    /// Comments with their `#`, without the line break.
    pub comments: Vec<Span>,
    /// The first syntax error; nothing behind it is read.
    pub error: Option<SyntaxError>,
    /// Whether there is more than is read; the error says where.
    pub is_cut: bool,
}

impl Stream {
    /// The node behind an id of this stream.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The text of a scalar node, or of the scalar that an alias names.
    pub fn scalar_text(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).kind {
            NodeKind::Scalar { text, .. } => Some(text),
            NodeKind::Alias {
                target: AliasTarget::Node(target),
                ..
            } => match &self.node(*target).kind {
                NodeKind::Scalar { text, .. } => Some(text),
                _ => None,
            },
            NodeKind::Mapping { .. } | NodeKind::Sequence { .. } | NodeKind::Alias { .. } => None,
        }
    }

    /// The value of the first pair of a mapping whose key is the scalar `key`.
    pub fn get(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        let NodeKind::Mapping { pairs, .. } = &self.node(mapping).kind else {
            return None;
        };
        pairs
            .iter()
            .find(|(name, _)| self.scalar_text(*name) == Some(key))
            .map(|(_, value)| *value)
    }
}
