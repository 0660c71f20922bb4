//! A YAML document becomes a [`Value`]: aliases and merge keys resolved, variables substituted, `!reset` and
//! `!override` noted.

use std::ops::Range;
use std::sync::Arc;

use source::{FileId, Label, Location, Span};

use crate::cast::{self, CASTS};
use crate::path::{Cursor, ROOT, Trail};
use crate::problem::{Problem, ProblemKind, Problems};
use crate::reset::Reset;
use crate::template::{Expansion, TemplateError, expand};
use crate::value::{
    Cause, Entry, Interpolated, Kind, Mapping, Private, Scalar, Value, VariableUse,
};
use crate::variables::Variables;
use crate::weight;
use crate::yaml::{AliasTarget, NodeId, NodeKind, ScalarStyle, ScalarType, Stream, scalar_type};

/// A converted document.
pub(crate) struct Converted {
    pub(crate) value: Value,
    pub(crate) resets: Vec<Reset>,
    /// How much was made.
    pub(crate) weight: usize,
}

/// Levels of the expanded tree that are walked.
const LEVELS: u32 = 256;
/// What aliases may stand for in a document that Compose refuses for its aliases.
const BUDGET: u64 = 100_000;

/// Converts one document of a file to at most `most` values, as they are weighed; where it is more, the rest is unknown.
pub(crate) fn convert(
    text: &str,
    file: FileId,
    stream: &Stream,
    document: NodeId,
    variables: &Variables,
    most: usize,
    problems: &mut Problems,
) -> Converted {
    let mut converter = Converter {
        text,
        file,
        stream,
        variables,
        problems,
        resets: Vec::new(),
        budget: u64::MAX,
        most,
        weight: 0,
    };
    converter.check_aliases(document);
    let value = converter.value(document, Trail::Root, ROOT, 0);
    Converted {
        value: value.unwrap_or_else(|| Value::new(converter.location(document), Kind::Null)),
        resets: converter.resets,
        weight: converter.weight,
    }
}

struct Converter<'a> {
    text: &'a str,
    file: FileId,
    stream: &'a Stream,
    variables: &'a Variables,
    problems: &'a mut Problems,
    resets: Vec<Reset>,
    /// How many nodes aliases may still stand for.
    budget: u64,
    /// How much may be made, and was.
    most: usize,
    weight: usize,
}

impl Converter<'_> {
    fn at(&self, span: Span) -> Location {
        Location::new(self.file, span)
    }

    fn location(&self, id: NodeId) -> Location {
        self.at(self.stream.node(id).span)
    }

    fn problem(&mut self, kind: ProblemKind, trail: Trail<'_>, at: Location, message: String) {
        self.problems.add(kind, trail.to_path(), at, message);
    }

    /// go-yaml's guard: a document may not consist of aliases only. Small documents may.
    fn check_aliases(&mut self, document: NodeId) {
        let total = self.stream.node(document).weight;
        let written = self.stream.nodes.len() as u64;
        let aliased = total.saturating_sub(written);
        #[expect(clippy::cast_precision_loss, reason = "a ratio needs no exact numbers")]
        let ratio = |total: u64| match total {
            0..=400_000 => 0.99,
            4_000_000.. => 0.10,
            _ => 0.99 - 0.89 * ((total - 400_000) as f64 / 3_600_000.0),
        };
        #[expect(clippy::cast_precision_loss, reason = "a ratio needs no exact numbers")]
        let share = aliased as f64 / total.max(1) as f64;
        if aliased > 100 && total > 1000 && share > ratio(total) {
            self.budget = BUDGET;
            let first = (0..self.stream.nodes.len() as u32).map(NodeId).find(|id| {
                let node = self.stream.node(*id);
                matches!(node.kind, NodeKind::Alias { .. }) && node.weight > BUDGET / 100
            });
            let at = self.location(first.unwrap_or(document));
            let message = "document contains excessive aliasing".to_owned();
            self.problem(ProblemKind::Alias, Trail::Root, at, message);
        }
    }

    /// The value of a node; `None` where `!reset` drops it.
    fn value(&mut self, id: NodeId, trail: Trail<'_>, cast: Cursor, depth: u32) -> Option<Value> {
        let node = self.stream.node(id);
        let location = self.at(node.span);
        if self.weight > self.most {
            return Some(Value::new(location, Kind::Unknown));
        }
        self.weight += match &node.kind {
            NodeKind::Scalar { text, .. } => weight::of_text(text.len()),
            _ => 1,
        };
        match node.tag.as_ref().map(|tag| (&*tag.name, tag.span)) {
            Some(("!reset", span)) => {
                self.reset(trail, span, false);
                return None;
            }
            Some(("!override", span)) => self.reset(trail, span, true),
            _ => {}
        }
        if depth >= LEVELS {
            let message = format!("nested deeper than {LEVELS} levels");
            self.problem(ProblemKind::TooDeep, trail, location, message);
            return Some(Value::new(location, Kind::Unknown));
        }
        match &node.kind {
            NodeKind::Scalar { text, style } => {
                let tag = node.tag.as_ref().map(|tag| &*tag.name);
                let scalar_type = scalar_type(text, *style, tag);
                Some(self.scalar(text, *style, scalar_type, location, trail, cast))
            }
            NodeKind::Sequence { items, .. } => {
                let cast = CASTS.step(cast, "[]");
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let trail = Trail::Item(&trail, index);
                    values.extend(self.value(*item, trail, cast, depth + 1));
                }
                Some(Value::new(location, Kind::Sequence(values)))
            }
            NodeKind::Mapping { pairs, .. } => {
                let mapping = self.mapping(pairs, trail, cast, depth);
                Some(Value::new(location, Kind::Mapping(mapping)))
            }
            NodeKind::Alias { name, target } => {
                let weight = node.weight;
                let target = match target {
                    AliasTarget::Node(target) => *target,
                    AliasTarget::Itself => {
                        let message = format!("anchor '{name}' value contains itself");
                        self.problem(ProblemKind::Alias, trail, location, message);
                        return Some(Value::new(location, Kind::Unknown));
                    }
                    AliasTarget::Unknown => {
                        let message = format!("unknown anchor '{name}' referenced");
                        self.problem(ProblemKind::Alias, trail, location, message);
                        return Some(Value::new(location, Kind::Unknown));
                    }
                };
                let Some(budget) = self.budget.checked_sub(weight) else {
                    return Some(Value::new(location, Kind::Unknown));
                };
                self.budget = budget;
                let mut value = self.value(target, trail, cast, depth + 1)?;
                value.alias = Some(location);
                Some(value)
            }
        }
    }

    fn reset(&mut self, trail: Trail<'_>, tag: Span, replaces: bool) {
        let location = self.at(tag);
        self.resets.push(Reset {
            path: trail.to_path(),
            location,
            replaces,
            removed: None,
        });
    }

    fn mapping(
        &mut self,
        pairs: &[(NodeId, NodeId)],
        trail: Trail<'_>,
        cast: Cursor,
        depth: u32,
    ) -> Mapping {
        let mut mapping = Mapping::default();
        let mut merge: Option<(NodeId, NodeId)> = None;
        for (key, value) in pairs {
            if self.is_merge_key(*key) {
                if let Some((first, _)) = merge.replace((*key, *value)) {
                    self.duplicate("<<", *key, self.location(first), trail);
                }
                continue;
            }
            let Some(name) = self.key(*key, trail) else {
                continue;
            };
            let next = Trail::Key(&trail, &name);
            let step = CASTS.step(cast, &name);
            let Some(mut value) = self.value(*value, next, step, depth + 1) else {
                continue;
            };
            let key_location = self.location(*key);
            if let Some(entry) = mapping.entry_mut(&name) {
                let first = entry.key_location;
                std::mem::swap(&mut entry.value, &mut value);
                entry.value.note_replaced(value, Cause::DuplicateKey);
                entry.key_location = key_location;
                self.duplicate(&name, *key, first, trail);
            } else {
                mapping.push(Entry {
                    key: name,
                    key_location,
                    value,
                });
            }
        }
        if let Some((_, value)) = merge {
            self.merge_key(&mut mapping, value, trail, cast, depth);
        }
        mapping
    }

    fn duplicate(&mut self, name: &str, key: NodeId, first: Location, trail: Trail<'_>) {
        self.problems.push(Problem {
            kind: ProblemKind::DuplicateKey,
            path: Trail::Key(&trail, name).to_path(),
            location: self.location(key),
            message: format!("mapping key {name:?} already defined"),
            related: vec![Label::new(first, "first defined here")],
        });
    }

    fn is_merge_key(&self, key: NodeId) -> bool {
        let node = self.stream.node(key);
        match &node.kind {
            NodeKind::Scalar {
                text,
                style: ScalarStyle::Plain,
            } => {
                &**text == "<<"
                    && node
                        .tag
                        .as_ref()
                        .is_none_or(|tag| matches!(&*tag.name, "!!merge" | "!"))
            }
            _ => false,
        }
    }

    /// The text of a key; anything but a string is refused, and kept under its text.
    fn key(&mut self, id: NodeId, trail: Trail<'_>) -> Option<Arc<str>> {
        let stream = self.stream;
        let location = self.location(id);
        let refuse = |this: &mut Self, shown: &str| {
            let path = trail.to_path();
            let place = if path.0.is_empty() {
                "at top level".to_owned()
            } else {
                format!("in {path}")
            };
            let message = format!("non-string key {place}: {shown}");
            this.problem(ProblemKind::Key, trail, location, message);
        };
        let mut node = stream.node(id);
        if let NodeKind::Alias { name, target } = &node.kind {
            let AliasTarget::Node(target) = target else {
                let message = format!("unknown anchor '{name}' referenced");
                self.problem(ProblemKind::Alias, trail, location, message);
                return None;
            };
            node = stream.node(*target);
        }
        let NodeKind::Scalar { text, style } = &node.kind else {
            refuse(self, "a collection");
            return None;
        };
        let tag = node.tag.as_ref().map(|tag| &*tag.name);
        if scalar_type(text, *style, tag) != ScalarType::String {
            refuse(self, if text.is_empty() { "null" } else { text });
        }
        self.weight += weight::of_text(text.len()) - 1;
        Some(Arc::from(&**text))
    }

    /// Adds what `<<` names: keys of the mapping itself win, earlier mappings of a list win over later ones.
    fn merge_key(
        &mut self,
        mapping: &mut Mapping,
        source: NodeId,
        trail: Trail<'_>,
        cast: Cursor,
        depth: u32,
    ) {
        // Resets inside a merged mapping count at the place where it is merged.
        let Some(value) = self.value(source, trail, cast, depth + 1) else {
            return;
        };
        let location = value.alias.unwrap_or(value.location);
        let sources = match value.kind {
            Kind::Mapping(_) => vec![value],
            Kind::Sequence(items) => items,
            Kind::Unknown => return,
            Kind::Null | Kind::Scalar(_) => {
                self.bad_merge(trail, location);
                return;
            }
        };
        for mut source in sources {
            let via = source.alias;
            let Kind::Mapping(entries) = std::mem::replace(&mut source.kind, Kind::Null) else {
                self.bad_merge(trail, via.unwrap_or(source.location));
                continue;
            };
            for mut entry in entries {
                if let Some(own) = mapping.get_mut(&entry.key) {
                    own.note_replaced(entry.value, Cause::MergeKey);
                } else {
                    entry.value.alias = via.or(entry.value.alias);
                    mapping.push(entry);
                }
            }
        }
    }

    fn bad_merge(&mut self, trail: Trail<'_>, at: Location) {
        let message = "map merge requires map or sequence of maps as the value".to_owned();
        self.problem(ProblemKind::MergeKey, trail, at, message);
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        scalar_type: ScalarType,
        location: Location,
        trail: Trail<'_>,
        cast: Cursor,
    ) -> Value {
        if scalar_type == ScalarType::Null {
            return Value::new(location, Kind::Null);
        }
        let mut scalar = Scalar {
            text: text.into(),
            scalar_type,
            style,
            interpolated: None,
            directory: None,
            text_start: self.verbatim(text, style, location.span),
            private: None,
        };
        if scalar_type == ScalarType::String {
            if text.contains('$') && !self.interpolate(&mut scalar, location, trail) {
                return Value::new(location, Kind::Unknown);
            }
            if let Some(kind) = CASTS.rule(cast)
                && scalar.is_known()
                && let Err(reason) = cast::apply(*kind, &mut scalar)
            {
                let path = trail.to_path();
                let message = format!(
                    "error while interpolating {path}: failed to cast to expected type: {reason}"
                );
                self.problems
                    .add(ProblemKind::Interpolation, path, location, message);
                return Value::new(location, Kind::Unknown);
            }
        }
        Value::scalar(location, scalar)
    }

    /// Where the text starts in the file, if it stands there unchanged.
    fn verbatim(&self, text: &str, style: ScalarStyle, span: Span) -> Option<u32> {
        let start = match style {
            ScalarStyle::Plain => span.start,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => span.start + 1,
            ScalarStyle::Literal | ScalarStyle::Folded => return None,
        };
        let written = self.text.get(start as usize..)?;
        written.starts_with(text).then_some(start)
    }

    /// Substitutes the variables of a scalar; false where Compose refuses it.
    fn interpolate(&mut self, scalar: &mut Scalar, at: Location, trail: Trail<'_>) -> bool {
        let variables = self.variables;
        let room = weight::bytes(self.most.saturating_sub(self.weight));
        let expansion = expand(&scalar.text, &|name| variables.get(name), room);
        if expansion.too_long {
            self.weight = self.most.saturating_add(1);
            return false;
        }
        let added = expansion.text.len().saturating_sub(scalar.text.len());
        self.weight += weight::of_text(added) - 1;
        match &expansion.error {
            Some(TemplateError::Invalid) => {
                let path = trail.to_path();
                let message = format!(
                    "invalid interpolation format for {path}. You may need to escape any $ with \
                     another $. {}",
                    scalar.text
                );
                self.problems
                    .add(ProblemKind::Interpolation, path, at, message);
                return false;
            }
            Some(TemplateError::Required(reason)) => {
                let path = trail.to_path();
                let message = format!("error while interpolating {path}: {reason}");
                self.problems
                    .add(ProblemKind::RequiredVariable, path, at, message);
                return false;
            }
            None => {}
        }
        let uses = self.places(scalar, &expansion, at);
        let text = expansion.text.into_boxed_str();
        let template = std::mem::replace(&mut scalar.text, text);
        if scalar.text != template {
            scalar.text_start = None;
        }
        scalar.interpolated = Some(Box::new(Interpolated {
            template,
            variables: uses,
            known: expansion.known,
        }));
        if !expansion.private.is_empty() {
            self.problems.private = true;
            let private = Private::new(expansion.shown, expansion.known, expansion.private);
            scalar.private = Some(Box::new(private));
            if self.variables.as_written {
                scalar.turn();
            }
        }
        true
    }

    /// Where each variable stands in the file.
    fn places(&self, scalar: &Scalar, expansion: &Expansion, at: Location) -> Vec<VariableUse> {
        let dollars = match scalar.text_start {
            Some(_) => Vec::new(),
            None => self.dollars(&scalar.text, at.span).unwrap_or_default(),
        };
        let place = |range: &Range<usize>| {
            if scalar.text_start.is_some() {
                return scalar.part(at, range.clone());
            }
            let known = dollars.binary_search_by_key(&range.start, |(decoded, _)| *decoded);
            let Some((_, start)) = known.ok().and_then(|index| dollars.get(index)) else {
                return at;
            };
            let end = start + range.len();
            if self.text.get(*start..end) == scalar.text.get(range.clone()) {
                self.at(Span::from_usize(*start..end))
            } else {
                at
            }
        };
        expansion
            .uses
            .iter()
            .map(|used| VariableUse {
                name: used.name.clone(),
                location: place(&used.range),
                resolution: used.resolution,
            })
            .collect()
    }

    /// The `$` signs of a folded or escaped scalar: offset in its text, offset in the file.
    fn dollars(&self, text: &str, span: Span) -> Option<Vec<(usize, usize)>> {
        let written = self.text.get(span.range())?;
        let offsets = |text: &str| -> Vec<usize> {
            text.match_indices('$').map(|(offset, _)| offset).collect()
        };
        let (decoded, written) = (offsets(text), offsets(written));
        let start = span.start as usize;
        (decoded.len() == written.len()).then(|| {
            let written = written.into_iter().map(|offset| start + offset);
            decoded.into_iter().zip(written).collect()
        })
    }
}
