use std::collections::HashMap;

use granit_parser::{
    Event, Options, Parser, ScalarStyle as GranitScalarStyle, Span as GranitSpan, StructureStyle,
};
use source::Span;

use super::{
    AliasTarget, Anchor, CollectionStyle, Node, NodeId, NodeKind, ScalarStyle, Stream, SyntaxError,
    Tag,
};

/// Deeper files are refused with a clear error; every walk over the tree may recurse.
const BLOCK_LEVELS: usize = 128;
const FLOW_LEVELS: usize = 64;

/// Larger files are written by no hand, nor by the tools whose files are read.
const MAX_NODES: usize = 400_000;

/// Reads every YAML document of `text`. Never fails: an error is part of the result, with everything that
/// stands before it.
pub fn parse(text: &str) -> Stream {
    let mut options = Options::default();
    options.emit_unresolved_aliases = true;
    options.emit_anchor_events = true;
    options.block_nesting_limit = BLOCK_LEVELS;
    options.flow_nesting_limit = FLOW_LEVELS;
    // Comments are kept by position only; the files themselves are bounded.
    options.max_buffered_comment_events = usize::MAX;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut reader = Reader::new(text);
    while let Some(event) = parser.next_event() {
        if reader.stream.nodes.len() > MAX_NODES {
            let at = reader.stream.nodes.last().map_or(0, |last| last.span.end);
            reader.stream.is_cut = true;
            reader.stream.error = Some(SyntaxError {
                span: Span::empty(at),
                message: format!("more than {MAX_NODES} keys and values are not read"),
            });
            break;
        }
        match event {
            Ok((event, span)) => reader.event(event, &span),
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(text.len());
                let at = floor_char_boundary(text, at);
                reader.stream.error = Some(SyntaxError {
                    span: Span::empty(at),
                    message: error.info(),
                });
                break;
            }
        }
    }
    reader.finish()
}

struct Open {
    node: NodeId,
    /// A mapping key that waits for its value.
    key: Option<NodeId>,
    /// Where the last complete child ends.
    end: u32,
}

struct Reader<'a> {
    text: &'a str,
    stream: Stream,
    open: Vec<Open>,
    anchors: HashMap<usize, NodeId>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            stream: Stream::default(),
            open: Vec::new(),
            anchors: HashMap::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, at: &GranitSpan) {
        let span = self.span(at);
        match event {
            Event::Comment(..) => self.stream.comments.push(span),
            Event::Scalar(value, style, anchor, tag) => {
                let written = at.byte_range().is_some_and(|range| !range.is_empty());
                let (style, span) = self.scalar_extent(style, span);
                // granit spells a value that is not written `~`.
                let text = if written || style != ScalarStyle::Plain {
                    value.as_ref().into()
                } else {
                    Box::default()
                };
                let kind = NodeKind::Scalar { text, style };
                let id = self.add(kind, span, anchor, tag_of(tag.as_deref(), at, self.text));
                self.attach(id);
            }
            Event::Alias(target) => {
                let target = self.anchors.get(&target).copied();
                self.alias(span, target);
            }
            Event::UnresolvedAlias(_) => self.alias(span, None),
            Event::MappingStart(style, anchor, tag) => {
                let kind = NodeKind::Mapping {
                    style: collection_style(style),
                    pairs: Vec::new(),
                };
                self.open(kind, span, anchor, tag_of(tag.as_deref(), at, self.text));
            }
            Event::SequenceStart(style, anchor, tag) => {
                let kind = NodeKind::Sequence {
                    style: collection_style(style),
                    items: Vec::new(),
                };
                self.open(kind, span, anchor, tag_of(tag.as_deref(), at, self.text));
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(Some(span)),
            Event::Anchor(id, name) => {
                if let Some(node) = self.anchors.get(&id) {
                    self.stream.nodes[node.0 as usize].anchor = Some(Anchor {
                        name: name.as_ref().into(),
                        span,
                    });
                }
            }
            Event::DocumentEnd => self.close_all(),
            _ => {}
        }
    }

    fn span(&self, at: &GranitSpan) -> Span {
        let range = at.byte_range().unwrap_or_default();
        let end = range.end.min(self.text.len());
        Span::from_usize(range.start.min(end)..end)
    }

    /// Style and exact extent: block scalars and folded plain scalars arrive with the blank lines
    /// behind them.
    fn scalar_extent(&self, style: GranitScalarStyle, span: Span) -> (ScalarStyle, Span) {
        let style = match style {
            GranitScalarStyle::SingleQuoted => ScalarStyle::SingleQuoted,
            GranitScalarStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
            GranitScalarStyle::Literal => ScalarStyle::Literal,
            GranitScalarStyle::Folded => ScalarStyle::Folded,
            GranitScalarStyle::Plain => ScalarStyle::Plain,
        };
        if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
            return (style, span);
        }
        let written = self.text.get(span.range()).unwrap_or_default();
        let kept = written.trim_end().len() as u32;
        (style, Span::new(span.start, span.start + kept))
    }

    fn add(&mut self, kind: NodeKind, span: Span, anchor: usize, tag: Option<Tag>) -> NodeId {
        let id = NodeId(self.stream.nodes.len() as u32);
        self.stream.nodes.push(Node {
            span,
            kind,
            tag,
            anchor: None,
            weight: 1,
            height: 0,
        });
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        id
    }

    fn alias(&mut self, span: Span, target: Option<NodeId>) {
        let target = match target {
            Some(target) if self.open.iter().any(|open| open.node == target) => AliasTarget::Itself,
            Some(target) => AliasTarget::Node(target),
            None => AliasTarget::Unknown,
        };
        let name = self.text.get(span.range()).unwrap_or_default();
        let kind = NodeKind::Alias {
            name: name.strip_prefix('*').unwrap_or(name).into(),
            target,
        };
        let (weight, height) = match target {
            AliasTarget::Node(target) => {
                let node = self.stream.node(target);
                (node.weight, node.height)
            }
            AliasTarget::Itself | AliasTarget::Unknown => (0, 0),
        };
        let id = self.add(kind, span, 0, None);
        let node = &mut self.stream.nodes[id.0 as usize];
        node.weight = weight.saturating_add(1);
        node.height = height.saturating_add(1);
        self.attach(id);
    }

    fn open(&mut self, kind: NodeKind, span: Span, anchor: usize, tag: Option<Tag>) {
        let node = self.add(kind, span, anchor, tag);
        self.open.push(Open {
            node,
            key: None,
            end: span.end,
        });
    }

    fn close(&mut self, end: Option<Span>) {
        let Some(open) = self.open.pop() else { return };
        if let Some(key) = open.key {
            let at = self.stream.node(key).span.end;
            let value = self.add(
                NodeKind::Scalar {
                    text: Box::default(),
                    style: ScalarStyle::Plain,
                },
                Span::empty(at),
                0,
                None,
            );
            self.pair(open.node, key, value);
        }
        let node = &mut self.stream.nodes[open.node.0 as usize];
        let flow = matches!(
            node.kind,
            NodeKind::Mapping {
                style: CollectionStyle::Flow,
                ..
            } | NodeKind::Sequence {
                style: CollectionStyle::Flow,
                ..
            }
        );
        node.span.end = match end {
            Some(end) if flow => end.end,
            _ => open.end.max(node.span.start),
        };
        self.attach(open.node);
    }

    fn close_all(&mut self) {
        while !self.open.is_empty() {
            self.close(None);
        }
    }

    fn pair(&mut self, mapping: NodeId, key: NodeId, value: NodeId) {
        if let NodeKind::Mapping { pairs, .. } = &mut self.stream.nodes[mapping.0 as usize].kind {
            pairs.push((key, value));
        }
    }

    /// Puts a complete node where it belongs: into the innermost open collection, or as a document.
    fn attach(&mut self, id: NodeId) {
        let node = self.stream.node(id);
        let (weight, height, end) = (node.weight, node.height, node.span.end);
        let Some(open) = self.open.last_mut() else {
            self.stream.documents.push(id);
            return;
        };
        open.end = open.end.max(end);
        let parent = open.node;
        let mut pending = None;
        match &mut self.stream.nodes[parent.0 as usize].kind {
            NodeKind::Sequence { items, .. } => items.push(id),
            NodeKind::Mapping { .. } => match open.key.take() {
                Some(key) => pending = Some(key),
                None => open.key = Some(id),
            },
            NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {}
        }
        if let Some(key) = pending {
            self.pair(parent, key, id);
        }
        let parent = &mut self.stream.nodes[parent.0 as usize];
        parent.weight = parent.weight.saturating_add(weight);
        parent.height = parent.height.max(height.saturating_add(1));
    }

    fn finish(mut self) -> Stream {
        self.close_all();
        self.stream
    }
}

fn collection_style(style: StructureStyle) -> CollectionStyle {
    match style {
        StructureStyle::Block => CollectionStyle::Block,
        StructureStyle::Flow => CollectionStyle::Flow,
    }
}

fn tag_of(tag: Option<&granit_parser::Tag>, at: &GranitSpan, text: &str) -> Option<Tag> {
    let tag = tag?;
    let span = at.tag_span().and_then(|span| span.byte_range());
    let span = span
        .filter(|range| range.end <= text.len())
        .map_or_else(|| Span::empty(0), Span::from_usize);
    // `merge` is in this namespace without being one of the core schema's types.
    let name = match tag.suffix_in_namespace("tag:yaml.org,2002:") {
        Some(suffix) => format!("!!{suffix}"),
        None => format!("{}{}", tag.handle(), tag.suffix()),
    };
    Some(Tag {
        name: name.into(),
        span,
    })
}

fn floor_char_boundary(text: &str, at: usize) -> u32 {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at as u32
}
