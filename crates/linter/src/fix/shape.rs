//! What no fix may change: the keyword and the form of an instruction, and the place of a YAML key.

use std::collections::HashSet;
use std::ops::Range;

use compose::yaml::{self, NodeId, NodeKind, ScalarStyle, Stream};
use dockerfile::{Instruction, Kind};
use source::Span;

use super::edits::NamedEdit;

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// Instructions.
    Dockerfile,
    /// YAML, with Dockerfiles in it.
    Compose,
}

/// Whether `edits`, sorted, which make `new` of `old`, change only what they name; an error says what else they change.
pub(super) fn keep(
    grammar: Grammar,
    old: &str,
    new: &str,
    edits: &[&NamedEdit],
) -> Result<(), String> {
    let (Some(before), Some(after)) = (Shape::of(grammar, old), Shape::of(grammar, new)) else {
        return Err("the file would not be YAML".to_owned());
    };
    if let Some(name) = after.repeated.last()
        && after.repeated.len() > before.repeated.len()
    {
        return Err(format!("the key `{name}` would be given twice"));
    }
    let moves = Moves::new(edits);
    let renamed = before.parts.iter().filter(|part| moves.touch(part.span));
    let comparison = Comparison {
        texts: [old, new],
        shapes: [&before, &after],
        moves: &moves,
        renamed: renamed.filter_map(|part| moves.of(part.start())).collect(),
    };
    for part in &before.parts {
        comparison.keep(part)?;
    }
    let starts: Vec<usize> = before
        .parts
        .iter()
        .filter_map(|part| moves.of(part.start()))
        .collect();
    let is_written =
        |start: usize| moves.is_written(start) || comparison.renamed.binary_search(&start).is_ok();
    // A Dockerfile comes to be where its key is written.
    let is_below = |part: &Part| {
        let above = part.above.filter(|_| part.form != Form::Key);
        above.is_some_and(|above| is_written(above as usize))
    };
    let known = |part: &Part| {
        let start = part.start();
        starts.binary_search(&start).is_ok() || moves.is_written(start) || is_below(part)
    };
    match after.parts.iter().find(|part| !known(part)) {
        Some(part) => Err(format!("`{}` would come to be", part.name)),
        None => Ok(()),
    }
}

/// How an instruction is written; keys of a mapping have one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Words,
    Json,
    Heredoc,
    Key,
}

/// An instruction, or a key with its value.
#[derive(Debug)]
struct Part {
    /// The keyword, with that behind ONBUILD, or the key.
    name: String,
    form: Form,
    /// All of an instruction; a key without its value.
    span: Span,
    /// Where the key begins that it is below.
    above: Option<u32>,
}

impl Part {
    fn start(&self) -> usize {
        self.span.start as usize
    }
}

/// The parts of a file in their order.
struct Shape {
    parts: Vec<Part>,
    /// Keys that their mapping has already, which Compose refuses.
    repeated: Vec<String>,
}

impl Shape {
    /// `None` where the file is not what it should be.
    fn of(grammar: Grammar, text: &str) -> Option<Self> {
        let mut shape = Self {
            parts: Vec::new(),
            repeated: Vec::new(),
        };
        match grammar {
            Grammar::Dockerfile => shape.instructions(text, 0, None),
            Grammar::Compose => {
                let stream = yaml::parse(text);
                if stream.error.is_some() {
                    return None;
                }
                shape.keys(&stream, text);
                shape.parts.sort_by_key(|part| part.span.start);
            }
        }
        Some(shape)
    }

    fn instructions(&mut self, text: &str, offset: u32, above: Option<u32>) {
        for instruction in &dockerfile::parse(text).instructions {
            let (name, form) = written(instruction);
            self.parts.push(Part {
                name,
                form,
                span: instruction.span.shifted(offset),
                above,
            });
        }
    }

    fn keys(&mut self, stream: &Stream, text: &str) {
        let roots = stream.documents.iter().map(|&root| (root, None));
        let mut open: Vec<(NodeId, Option<u32>)> = roots.collect();
        while let Some((node, above)) = open.pop() {
            match &stream.node(node).kind {
                NodeKind::Mapping { pairs, .. } => {
                    let mut names = HashSet::new();
                    for &(key, value) in pairs {
                        let Some(name) = stream.scalar_text(key) else {
                            open.push((value, above));
                            continue;
                        };
                        if !names.insert(name) {
                            self.repeated.push(name.to_owned());
                        }
                        let span = stream.node(key).span;
                        self.parts.push(Part {
                            name: name.to_owned(),
                            form: Form::Key,
                            span,
                            above,
                        });
                        if name == "dockerfile_inline" {
                            self.block(stream, value, text, span.start);
                        }
                        open.push((value, Some(span.start)));
                    }
                }
                NodeKind::Sequence { items, .. } => {
                    open.extend(items.iter().map(|&item| (item, above)));
                }
                NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {}
            }
        }
    }

    /// A Dockerfile that is a block of lines.
    fn block(&mut self, stream: &Stream, value: NodeId, text: &str, above: u32) {
        let node = stream.node(value);
        let NodeKind::Scalar {
            style: ScalarStyle::Literal,
            ..
        } = node.kind
        else {
            return;
        };
        let body = text.get(node.span.range()).unwrap_or_default();
        self.instructions(body, node.span.start, Some(above));
    }
}

/// The keyword of an instruction and how its arguments are written.
fn written(instruction: &Instruction) -> (String, Form) {
    if let Kind::Onbuild(inner) = &instruction.kind {
        let (name, form) = written(inner);
        return (format!("ONBUILD {name}"), form);
    }
    let form = if instruction.json {
        Form::Json
    } else if instruction.heredocs.is_empty() {
        Form::Words
    } else {
        Form::Heredoc
    };
    (instruction.keyword.as_str().to_owned(), form)
}

/// Where bytes are after edits.
struct Moves<'e> {
    edits: &'e [&'e NamedEdit],
    /// Where the text of each edit stands afterwards.
    written: Vec<Range<usize>>,
}

impl<'e> Moves<'e> {
    fn new(edits: &'e [&'e NamedEdit]) -> Self {
        let mut written = Vec::with_capacity(edits.len());
        let (mut added, mut removed) = (0, 0);
        for edit in edits {
            let start = edit.start + added - removed;
            written.push(start..start + edit.replacement.len());
            added += edit.replacement.len();
            removed += edit.end - edit.start;
        }
        Self { edits, written }
    }

    /// Where the byte at `offset` is; `None` where an edit replaces it.
    fn of(&self, offset: usize) -> Option<usize> {
        let before = self.edits.partition_point(|edit| edit.end <= offset);
        if self
            .edits
            .get(before)
            .is_some_and(|edit| edit.start <= offset)
        {
            return None;
        }
        let Some(last) = before.checked_sub(1) else {
            return Some(offset);
        };
        Some(self.written[last].end + (offset - self.edits[last].end))
    }

    /// Whether an edit replaces bytes in the part, or puts some into it or right behind it.
    fn touch(&self, span: Span) -> bool {
        let range = span.range();
        let first = self.edits.partition_point(|edit| edit.end <= range.start);
        self.edits
            .get(first)
            .is_some_and(|edit| edit.start <= range.end)
    }

    /// Whether nothing is left of a part.
    fn remove(&self, span: Span) -> bool {
        let range = span.range();
        let first = self.edits.partition_point(|edit| edit.end <= range.start);
        let mut at = range.start;
        for edit in &self.edits[first..] {
            if edit.start > at || at >= range.end {
                break;
            }
            at = at.max(edit.end);
        }
        at >= range.end
    }

    /// Whether an edit writes what begins at `offset` afterwards.
    fn is_written(&self, offset: usize) -> bool {
        let first = self.written.partition_point(|range| range.end <= offset);
        self.written
            .get(first)
            .is_some_and(|range| range.start <= offset)
    }

    /// The same for the text of the edit that replaces the byte at `offset` of the text before.
    fn text_over(&self, offset: usize) -> Option<Range<usize>> {
        let at = self.edits.partition_point(|edit| edit.end <= offset);
        self.written.get(at).cloned()
    }
}

/// A file before and after edits.
struct Comparison<'c> {
    texts: [&'c str; 2],
    shapes: [&'c Shape; 2],
    moves: &'c Moves<'c>,
    /// Where parts begin afterwards that edits change behind their first byte.
    renamed: Vec<usize>,
}

impl Comparison<'_> {
    /// Whether a part is what it was, unless the edits are about it.
    fn keep(&self, part: &Part) -> Result<(), String> {
        let [_, after] = self.shapes;
        let same = |new: &&Part| new.name == part.name && new.form == part.form;
        if part.form == Form::Key {
            let Some(start) = self
                .moves
                .of(part.start())
                .filter(|_| !self.moves.touch(part.span))
            else {
                return Ok(());
            };
            return match after.at(start).find(same) {
                Some(new) if self.is_in_place(part, new) => Ok(()),
                Some(_) => Err(format!("the key `{}` would stand elsewhere", part.name)),
                None => Err(format!("`{}` would be no key any more", part.name)),
            };
        }
        let found = if let Some(start) = self.moves.of(part.start()) {
            after.at(start).any(|new| same(&new))
        } else {
            let text = self.moves.text_over(part.start()).unwrap_or_default();
            let mut new = after.parts.iter();
            self.moves.remove(part.span) || new.any(|new| text.contains(&new.start()) && same(&new))
        };
        if found {
            Ok(())
        } else {
            Err(format!("it would change the form of `{}`", part.name))
        }
    }

    /// Whether a key is below the key that it was below. An edit that indents it otherwise may write keys above it.
    fn is_in_place(&self, old: &Part, new: &Part) -> bool {
        let [before, after] = self.shapes;
        let touched = |part: &Part| self.moves.touch(part.span);
        let written = |part: &Part| {
            let start = part.start();
            self.moves.is_written(start) || self.renamed.binary_search(&start).is_ok()
        };
        let (parent, new_parent) = (before.above(old), after.above(new));
        let anchor = before.first_above(old, touched);
        let new_anchor = if parent.is_some_and(touched) || self.is_indented_otherwise(old, new) {
            after.first_above(new, written)
        } else {
            new_parent
        };
        match (anchor, new_anchor) {
            (Some(old), Some(new)) => self.moves.of(old.start()) == Some(new.start()),
            (None, None) => true,
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    fn is_indented_otherwise(&self, old: &Part, new: &Part) -> bool {
        let column = |text: &str, part: &Part| {
            let before = text.get(..part.start()).unwrap_or_default();
            before.len() - before.rfind('\n').map_or(0, |at| at + 1)
        };
        column(self.texts[0], old) != column(self.texts[1], new)
    }
}

impl Shape {
    /// The parts that begin at `offset`.
    fn at(&self, offset: usize) -> impl Iterator<Item = &Part> {
        let first = self.parts.partition_point(|part| part.start() < offset);
        let parts = self.parts[first..].iter();
        parts.take_while(move |part| part.start() == offset)
    }

    fn above(&self, part: &Part) -> Option<&Part> {
        let mut keys = self.at(part.above? as usize);
        keys.find(|part| part.form == Form::Key)
    }

    /// The nearest key above a part for which `skip` does not hold.
    fn first_above(&self, part: &Part, skip: impl Fn(&Part) -> bool) -> Option<&Part> {
        let mut above = self.above(part);
        while let Some(part) = above
            && skip(part)
        {
            above = self.above(part);
        }
        above
    }
}
