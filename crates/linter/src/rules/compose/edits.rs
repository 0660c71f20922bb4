//! Edits of YAML that keep everything else: its comments, indentation, quoting and line endings.

use compose::Value;
use compose::value::{Entry, Mapping};
use source::{Edit, FileId, Location, Sources, Span};

/// The lines below a key, as far as they are its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    /// Column of the key, counted in bytes from 0.
    column: usize,
    /// Column of what stands below; `None` where nothing does.
    child: Option<usize>,
    /// Where the last line of the block ends, its line break included.
    end: usize,
}

/// A line to be inserted: how many levels below the key, and its text.
pub(super) type Line<'a> = (usize, &'a str);

/// The block below the key at `key`; `None` where its value stands on the same line, as `{…}`, `*alias` or a scalar.
fn block(text: &str, key: Span) -> Option<Block> {
    let start = key.range().start;
    let line = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let before = text.get(line..start)?;
    if !before.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let rest_start = key.range().end;
    let line_end = end_of_line(text, rest_start);
    let rest = text.get(rest_start..line_end)?.trim();
    if rest.contains('\r') {
        return None;
    }
    let rest = rest.strip_prefix(':')?;
    if !opens_block(rest) {
        return None;
    }
    let column = before.len();
    let mut found = Block {
        column,
        child: None,
        end: line_end,
    };
    let mut at = line_end;
    while at < text.len() {
        let next = end_of_line(text, at);
        let content = text[at..next].trim_end();
        let indent = content.len() - content.trim_start_matches(' ').len();
        let content = &content[indent..];
        // A tab, `? key` and a carriage return alone are not laid out by lines and columns.
        let explicit = content == "?" || content.starts_with("? ");
        if content.starts_with('\t') || explicit || content.contains('\r') {
            return None;
        }
        if !content.is_empty() && !content.starts_with('#') {
            if indent <= column {
                break;
            }
            found.child.get_or_insert(indent);
            found.end = next;
        }
        at = next;
    }
    Some(found)
}

/// Whether nothing but an anchor, a tag or a comment follows the colon.
fn opens_block(rest: &str) -> bool {
    let mut words = rest.split_whitespace();
    words
        .by_ref()
        .take_while(|word| !word.starts_with('#'))
        .all(|word| word.starts_with(['&', '!']))
}

/// Just behind the line break of the line that `at` is in.
fn end_of_line(text: &str, at: usize) -> usize {
    text.get(at..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |found| at + found + 1)
}

/// The line break of the first line.
pub(super) fn line_break(text: &str) -> &'static str {
    let first = text.find('\n').map_or("", |end| &text[..end]);
    if first.ends_with('\r') { "\r\n" } else { "\n" }
}

/// Adds lines at the end of the block below `key`, in the file's own indentation.
pub(super) fn append(sources: &Sources, key: Location, lines: &[Line<'_>]) -> Option<Edit> {
    let text = sources.get(key.file).text();
    let block = block(text, key.span)?;
    let step = block.child.map_or(2, |child| child - block.column);
    let first = block.child.unwrap_or(block.column + step);
    Some(insert_lines(sources, key.file, block.end, lines, |depth| {
        first + depth * step
    }))
}

/// Inserts whole lines at the end of the line before `at`; a file that does not end with a line break stays so.
fn insert_lines(
    sources: &Sources,
    file: FileId,
    at: usize,
    lines: &[Line<'_>],
    column: impl Fn(usize) -> usize,
) -> Edit {
    let text = sources.get(file).text();
    let eol = line_break(text);
    let indented = lines
        .iter()
        .map(|(depth, line)| format!("{}{line}", " ".repeat(column(*depth))));
    let added = indented.collect::<Vec<_>>().join(eol);
    let added = if text[..at].ends_with('\n') {
        added + eol
    } else {
        format!("{eol}{added}")
    };
    let place = Location::new(file, Span::from_usize(at..at));
    Edit::insert(place, added)
}

/// Adds a key of one line at the end of a mapping, in a block as in `{…}`.
pub(super) fn add_key(sources: &Sources, mapping: &Value, line: &str) -> Option<Edit> {
    let around = mapping.location;
    let text = sources.get(around.file).text();
    if is_flow(text, around.span) {
        return add_in_flow(sources, mapping, line);
    }
    let own = own_entries(mapping.as_mapping()?, around);
    let (first, last) = (own.first()?, own.last()?);
    let start = first.key_location.span.range().start;
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let lead = text.get(line_start..start)?;
    // Behind dashes, and perhaps an anchor or a tag; `[key: value]` is no block.
    let mut words = lead.split(' ').filter(|word| !word.is_empty());
    if !lead.is_ascii() || !words.all(|word| word == "-" || word.starts_with(['&', '!'])) {
        return None;
    }
    let at = value_end_line(text, last);
    let mut lines = text.get(line_start..at)?.lines();
    if lines.any(|line| line.contains('\r')) {
        return None;
    }
    Some(insert_lines(sources, around.file, at, &[(0, line)], |_| {
        lead.len()
    }))
}

/// Adds a key at the end of a mapping written as `{…}`; `None` where it is not, and in JSON.
pub(super) fn add_in_flow(sources: &Sources, mapping: &Value, key: &str) -> Option<Edit> {
    let around = mapping.location;
    let text = sources.get(around.file).text();
    if !is_flow(text, around.span) {
        return None;
    }
    let own = own_entries(mapping.as_mapping()?, around);
    let Some(last) = own.last() else {
        let written = text.get(around.span.range())?;
        let inside = written.strip_prefix('{')?.strip_suffix('}')?;
        let at = Location::new(around.file, Span::empty(around.span.start + 1));
        return inside.trim().is_empty().then(|| Edit::insert(at, key));
    };
    let at = flow_end(last);
    let rest = text.get(at..around.span.range().end)?.trim_start();
    let plain = !text[last.key_location.span.range()].starts_with('"');
    let given = at > last.key_location.span.range().end;
    (plain && given && rest.starts_with([',', '}', '#'])).then(|| {
        let at = Location::new(around.file, Span::from_usize(at..at));
        Edit::insert(at, format!(", {key}"))
    })
}

fn is_flow(text: &str, mapping: Span) -> bool {
    let written = text.get(mapping.range());
    written.is_some_and(|written| written.starts_with('{'))
}

/// The entries that are written in the mapping at `around` itself, in that order.
fn own_entries(mapping: &Mapping, around: Location) -> Vec<&Entry> {
    let own = |entry: &&Entry| {
        let at = entry.key_location;
        at.file == around.file && around.span.contains(at.span)
    };
    let mut entries: Vec<&Entry> = mapping.iter().filter(own).collect();
    entries.sort_by_key(|entry| entry.key_location.span);
    entries
}

/// Writes another name for a key, in the quotes that it has.
pub(super) fn rename(sources: &Sources, key: Location, name: &str) -> Edit {
    let written = sources.get(key.file).slice(key.span);
    let quote = written.chars().next().filter(|c| matches!(c, '"' | '\''));
    Edit::replace(
        key,
        match quote {
            Some(quote) => format!("{quote}{name}{quote}"),
            None => name.to_owned(),
        },
    )
}

/// Removes an entry with its value from the mapping written at `around`; `None` where that would leave the mapping
/// empty, or a part of it is written elsewhere.
pub(super) fn remove(
    sources: &Sources,
    mapping: &Mapping,
    around: Location,
    key: &str,
) -> Option<Edit> {
    let entry = mapping.entry(key)?;
    // What another place sets, it would still set.
    let overridden = entry.value.alias.is_none() && entry.value.location.file != around.file;
    if overridden || !entry.value.earlier.is_empty() {
        return None;
    }
    let siblings = own_entries(mapping, around);
    let at = siblings
        .iter()
        .position(|other| other.key_location == entry.key_location)?;
    let text = sources.get(around.file).text();
    let start = entry.key_location.span.range().start;
    let next = siblings.get(at + 1);
    let range = if is_first_on_line(text, start) {
        let from = text[..start].rfind('\n').map_or(0, |found| found + 1);
        if siblings.len() == 1 {
            return None;
        }
        from..value_end_line(text, entry)
    } else if let Some(next) = next {
        // After a dash, or in `{…}`: the next key takes its place.
        start..next.key_location.span.range().start
    } else {
        let previous = siblings.get(at.checked_sub(1)?)?;
        let end = entry.value.location.span.range().end;
        let from = flow_end(previous);
        from..end.max(from)
    };
    let removed = text.get(range.clone())?;
    if removed.contains('&') {
        return None;
    }
    Some(Edit::delete(Location::new(
        around.file,
        Span::from_usize(range),
    )))
}

fn is_first_on_line(text: &str, start: usize) -> bool {
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    text[line..start].bytes().all(|byte| byte == b' ')
}

/// Where the lines of an entry that begins its line end.
fn value_end_line(text: &str, entry: &Entry) -> usize {
    let key = entry.key_location.span;
    let end = entry.value.location.span.range().end;
    let own = entry.value.alias.is_none() && entry.value.location.file == entry.key_location.file;
    let below = block(text, key).map(|block| block.end);
    match below {
        Some(end) => end,
        None if own && end > key.range().end => {
            // A collection may end at the start of the next line already.
            let last = text[..end].trim_end().len().max(key.range().end);
            end_of_line(text, last)
        }
        None => end_of_line(text, key.range().end),
    }
}

/// Where the value of an entry in `{…}` ends.
fn flow_end(entry: &Entry) -> usize {
    let at = entry.value.alias.unwrap_or(entry.value.location);
    at.span.range().end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, key: &str) -> Span {
        let at = text.find(key).unwrap();
        Span::from_usize(at..at + key.len())
    }

    #[test]
    fn a_block_ends_before_the_next_key_and_keeps_comments_of_that() {
        let text =
            "services:\n  a:\n      image: x\n\n      # ours\n      tty: true\n\n  # next\n  b:\n";
        let found = block(text, find(text, "a")).unwrap();
        assert_eq!(found.column, 2);
        assert_eq!(found.child, Some(6));
        assert!(text[..found.end].ends_with("tty: true\n"));
    }

    #[test]
    fn values_on_the_line_of_the_key_are_no_block() {
        for text in ["a: {b: c}\n", "a: *x\n", "a: text\n", "a: []\n"] {
            assert_eq!(block(text, find(text, "a")), None, "{text}");
        }
        for text in ["a:\n  b: c\n", "a: &x # why\n  b: c\n"] {
            assert!(block(text, find(text, "a")).is_some(), "{text}");
        }
        assert!(block("\"a\":\n  b: c", find("\"a\":", "\"a\"")).is_some());
    }
}
