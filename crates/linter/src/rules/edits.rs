//! Edits that several rules make.

use std::ops::Range;

use packages::text::Text;
use source::{Edit, Location, Span};

use crate::derive::effects::RunCommand;
use crate::derive::environment::Model;
use crate::derive::shell::Command;

/// Removes the `index`-th variable of an ENV; the whole instruction with its line when it is the only one.
pub(super) fn remove_setting(model: &Model<'_>, instruction: usize, index: usize) -> Vec<Edit> {
    let whole = model.instruction(instruction);
    let dockerfile::Kind::Env(pairs) = &whole.kind else {
        return Vec::new();
    };
    let Some(pair) = pairs.get(index) else {
        return Vec::new();
    };
    let span = if pairs.len() == 1 {
        line_of(model, whole.span)
    } else if let Some(next) = pairs.get(index + 1) {
        Span::new(pair.span.start, next.span.start)
    } else {
        Span::new(pairs[index - 1].span.end, pair.span.end)
    };
    vec![Edit::delete(Location::new(model.file, span))]
}

/// The instruction with the line break behind it.
pub(super) fn line_of(model: &Model<'_>, span: Span) -> Span {
    let text = model.sources.get(model.file).text();
    let rest = text.get(span.end as usize..).unwrap_or_default();
    let line_break = rest.find('\n').map_or(rest.len(), |at| at + 1);
    // Only blanks may stand between the instruction and its line break.
    if rest[..line_break].trim().is_empty() {
        Span::new(span.start, span.end + line_break as u32)
    } else {
        span
    }
}

/// Removes a whole command from its `&&` chain, or the whole RUN when nothing else is in it.
pub(super) fn remove_command(
    model: &Model<'_>,
    instruction: usize,
    commands: &[RunCommand],
    index: usize,
) -> Option<Vec<Edit>> {
    use dockerfile::shell::Connector;
    let command = &commands[index];
    if command.shell.depth != 0 || command.place().in_condition {
        return None;
    }
    let sibling = |other: &&RunCommand| other.script == command.script && other.shell.depth == 0;
    let before = work::each(commands[..index].iter().rev()).find(sibling);
    let behind = &commands[index + 1..];
    let end = work::each(behind).position(|other| sibling(&other));
    let next = end.map(|at| &behind[at]);
    // The commands in `$( )` come right after the one that they stand in.
    let mut inside = work::each(&behind[..end.unwrap_or(behind.len())]);
    let here = command.shell.span;
    if inside.any(|other| other.shell.depth > 0 && here.contains(other.shell.span)) {
        return None;
    }
    let joined = |connector: Connector| {
        matches!(
            connector,
            Connector::And | Connector::Sequence | Connector::First
        )
    };
    if !joined(command.shell.connector) || next.is_some_and(|next| !joined(next.shell.connector)) {
        return None;
    }
    let span = match (before, next) {
        (_, Some(next)) => Span::new(here.start, next.shell.span.start),
        (Some(before), None) => Span::new(before.shell.span.end, here.end),
        (None, None) if commands.len() == 1 => line_of(model, model.instruction(instruction).span),
        (None, None) => return None,
    };
    Some(vec![Edit::delete(Location::new(model.file, span))])
}

/// Removes some words of a command, with the blanks and line continuations before each.
pub(super) fn remove_words(command: &Command, words: &[Location]) -> Vec<Edit> {
    let written = &command.shell.words;
    let edit = |word: &Location| {
        work::done();
        // Words stand in order.
        let before = written.partition_point(|other| other.span.end <= word.span.start);
        let before = before.checked_sub(1).and_then(|at| written.get(at));
        let start = before.map_or(word.span.start, |before| before.span.end);
        Edit::delete(Location::new(word.file, Span::new(start, word.span.end)))
    };
    words.iter().map(edit).collect()
}

/// Makes the bytes `range` of a text say `new`, changing as little as possible; `None` where they do not stand
/// in one piece.
pub(super) fn replace_part(text: &Text, range: Range<usize>, new: &str) -> Option<Vec<Edit>> {
    let old = text.as_str().get(range.clone())?;
    if let Some(place) = text.editable(range.clone())
        && text.definitions(range.clone()).is_empty()
    {
        return Some(vec![Edit::replace(place, new)]);
    }
    let prefix = old
        .bytes()
        .zip(new.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let suffix = old[prefix..]
        .bytes()
        .rev()
        .zip(new[prefix..].bytes().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let changed = range.start + prefix..range.end - suffix;
    let replacement = new.get(prefix..new.len() - suffix)?;
    if changed.is_empty() {
        return insert_after(text, changed.start, replacement);
    }
    Some(vec![Edit::replace(text.editable(changed)?, replacement)])
}

/// Inserts behind the byte before `at`, where that byte is written.
pub(super) fn insert_after(text: &Text, at: usize, new: &str) -> Option<Vec<Edit>> {
    let before = text.editable(at.checked_sub(1)?..at)?;
    let place = Location::new(before.file, Span::empty(before.span.end));
    Some(vec![Edit::insert(place, new)])
}
