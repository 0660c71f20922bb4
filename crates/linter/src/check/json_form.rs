//! Fixes inside JSON forms. Rules write words as a shell reads them; in `RUN ["pip", "install", "torch"]` they become
//! strings of the array, or the fix is not offered: an array that is broken is read as shell text.

use std::ops::Range;

use dockerfile::{Dockerfile, Instruction, Keyword, Kind, Logical, Word, shell};
use packages::is_code_option;
use packages::program::{base_name, is_shell};
use source::{Diagnostic, Edit, FileId, Fix, Location, Span};

/// Makes the fixes in JSON forms keep them, and drops those that cannot.
pub(super) fn keep(
    dockerfile: &Dockerfile,
    file: FileId,
    text: &str,
    diagnostics: &mut [Diagnostic],
) {
    let forms: Vec<Array<'_>> = dockerfile
        .instructions
        .iter()
        .filter_map(|instruction| Array::of(instruction, text))
        .collect();
    if forms.is_empty() {
        return;
    }
    for diagnostic in diagnostics {
        diagnostic
            .fixes
            .retain_mut(|fix| translate(fix, file, &forms).is_some());
    }
}

fn translate(fix: &mut Fix, file: FileId, forms: &[Array<'_>]) -> Option<()> {
    for edit in fix
        .edits
        .iter_mut()
        .filter(|edit| edit.location.file == file)
    {
        // Instructions are in order.
        let span = edit.location.span;
        let first = forms.partition_point(|form| form.span().end < span.start);
        let near = forms[first..].iter();
        for form in near.take_while(|form| form.span().start <= span.end) {
            *edit = form.translated(edit)?;
        }
    }
    fix.edits.sort_by_key(|edit| edit.location);
    let apart = |pair: &[Edit]| {
        let [a, b] = [pair[0].location, pair[1].location];
        a.file != b.file || a.span.end <= b.span.start
    };
    fix.edits.windows(2).all(apart).then_some(())
}

/// The JSON array of an instruction; it has at least one string.
struct Array<'d> {
    items: &'d [Word],
    text: &'d str,
}

/// A place between the characters of an array's strings.
#[derive(Clone, Copy)]
enum Place {
    /// In a string, so many bytes behind its opening quote.
    In(usize, usize),
    /// Between this string and the next.
    Behind(usize),
}

impl<'d> Array<'d> {
    fn of(instruction: &'d Instruction, text: &'d str) -> Option<Self> {
        if let Kind::Onbuild(inner) = &instruction.kind {
            return Self::of(inner, text);
        }
        let words = instruction.args.as_slice();
        let items = match instruction.keyword {
            // `CMD`, which is no string of the array.
            Keyword::Healthcheck => words.get(1..)?,
            _ => words,
        };
        (instruction.json && !items.is_empty()).then_some(Self { items, text })
    }

    /// From the first quote to the last.
    fn span(&self) -> Span {
        match self.items {
            [first, .., last] => first.span.cover(last.span),
            [only] => only.span,
            [] => Span::default(),
        }
    }

    /// The edit as one of the array; `None` where there is none.
    fn translated(&self, edit: &Edit) -> Option<Edit> {
        let (span, all) = (edit.location.span, self.span());
        if span.start < all.start && all.end <= span.end {
            return Some(edit.clone());
        }
        if span.start < all.start || all.end < span.end {
            return None;
        }
        let (from, to) = (self.place(span.start)?, self.place(span.end)?);
        // What is put before the program is an assignment or another command.
        if span.is_empty() && matches!(from, Place::In(0, 0)) {
            return None;
        }
        let (first, words) = match from {
            Place::In(item, at) => (item, vec![self.items[item].raw.get(..at)?.to_owned()]),
            Place::Behind(item) => (item, vec![self.items[item].raw.clone(), String::new()]),
        };
        let (last, rest) = match to {
            Place::In(item, at) => (item, vec![self.items[item].raw.get(at..)?.to_owned()]),
            Place::Behind(item) => {
                let next = self.items.get(item + 1)?;
                (item + 1, vec![String::new(), next.raw.clone()])
            }
        };
        let new = if first == last && self.is_script(first, span) {
            let text = &edit.replacement;
            (!text.contains(['\n', '\r'])).then(|| vec![text.clone()])?
        } else {
            shell_words(&edit.replacement)?
        };
        let mut words = joined(joined(words, new), rest);
        words.retain(|word| !word.is_empty());
        let (span, replacement) = self.replaced(first..last + 1, &words)?;
        Some(Edit::replace(
            Location::new(edit.location.file, span),
            replacement,
        ))
    }

    fn place(&self, offset: u32) -> Option<Place> {
        let item = self
            .items
            .partition_point(|word| word.span.start <= offset)
            .checked_sub(1)?;
        let Word { raw, span, .. } = &self.items[item];
        if offset > span.end {
            return Some(Place::Behind(item));
        }
        if offset == span.start || offset == span.end {
            let at = if offset == span.start { 0 } else { raw.len() };
            return Some(Place::In(item, at));
        }
        // With escapes or line breaks in it, bytes of the string are not where they seem to be.
        let verbatim = self
            .text
            .get(span.start as usize + 1..span.end as usize - 1)
            == Some(raw);
        let at = (offset - span.start) as usize - 1;
        verbatim.then_some(Place::In(item, at.min(raw.len())))
    }

    /// Whether the place lies within a string that a shell reads as a script.
    fn is_script(&self, item: usize, place: Span) -> bool {
        let around = self.items[item].span;
        let inside = around.start < place.start && place.end < around.end;
        let before = self.items[..item].iter().map(|word| word.raw.as_str());
        let mut flags = before.clone();
        inside
            && flags.next_back().is_some_and(is_code_option)
            && before
                .clone()
                .any(|word| is_shell(base_name(word)) || word == "su")
    }

    /// The change that makes these items the strings `words`, as small as it can be.
    fn replaced(&self, items: Range<usize>, words: &[String]) -> Option<(Span, String)> {
        let (first, last) = (&self.items[items.start], &self.items[items.end - 1]);
        if words.is_empty() {
            let before = self.items.get(items.start.checked_sub(1)?)?;
            return Some((Span::new(before.span.end, last.span.end), String::new()));
        }
        let span = first.span.cover(last.span);
        let strings: Option<Vec<String>> = words
            .iter()
            .map(
                |word| match [first, last].into_iter().find(|old| old.raw == *word) {
                    Some(old) => self.text.get(old.span.range()).map(str::to_owned),
                    None => serde_json::to_string(word).ok(),
                },
            )
            .collect();
        let new = strings?.join(self.separator());
        Some(smallest(self.text.get(span.range())?, &new, span))
    }

    /// What stands between two strings.
    fn separator(&self) -> &'d str {
        let between = match self.items {
            [first, second, ..] => Span::new(first.span.end, second.span.start),
            _ => return ", ",
        };
        match self.text.get(between.range()) {
            Some(text) if text.trim_matches(' ') == "," => text,
            _ => ", ",
        }
    }
}

/// `old`, which stands at `span`, made into `new` with what they have in common left alone.
fn smallest(old: &str, new: &str, span: Span) -> (Span, String) {
    // Whole strings beside the old ones read better than parts of them.
    if let Some(added) = new.strip_suffix(old) {
        return (Span::empty(span.start), added.to_owned());
    }
    let common = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        let same = pairs.take_while(|(a, b)| a == b);
        same.map(|(a, _)| a.len_utf8()).sum()
    };
    let start = common(&mut old.chars().zip(new.chars()));
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = common(&mut old_rest.chars().rev().zip(new_rest.chars().rev()));
    let changed = Span::from_usize(start..old.len() - end).shifted(span.start);
    (changed, new_rest[..new_rest.len() - end].to_owned())
}

/// The last word of `left` and the first of `right` are one.
fn joined(mut left: Vec<String>, right: Vec<String>) -> Vec<String> {
    let mut right = right.into_iter();
    if let (Some(last), Some(first)) = (left.last_mut(), right.next()) {
        last.push_str(&first);
    }
    left.extend(right);
    left
}

/// The words that a shell makes of a text, the first and the last of which may continue others: they are empty where
/// the text begins or ends with a blank. `None` where more than words stand there.
fn shell_words(text: &str) -> Option<Vec<String>> {
    // Nothing but a word, whatever its characters mean to a shell: it stands between quotes.
    if !text.contains([
        ' ', '\t', '\n', '\r', '"', '\'', '\\', '`', '$', '&', ';', '|',
    ]) {
        return Some(vec![text.to_owned()]);
    }
    let is_blank = |c| c == ' ' || c == '\t';
    if text.contains(['\n', '\r', '#']) {
        return None;
    }
    let body = text.trim_matches(is_blank);
    let mut words = Vec::new();
    if text.starts_with(is_blank) {
        words.push(String::new());
    }
    if !body.is_empty() {
        let line = Logical::contiguous(format!(": {body}"), 0);
        let script = shell::split(&line, &[]);
        let [command] = script.commands.as_slice() else {
            return None;
        };
        if !script.problems.is_empty() || !command.redirects.is_empty() {
            return None;
        }
        for word in command.words.iter().skip(1) {
            words.push(word.literal()?);
        }
    }
    if text.ends_with(is_blank) {
        words.push(String::new());
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use source::{Severity, SourceFile, Sources};

    use super::*;

    /// What becomes of the second line when `replacement` takes the place of `old`, which stands there as often as
    /// there are edits.
    fn edited(line: &str, edits: &[(&str, &str)]) -> Option<String> {
        let text = format!("FROM a\n{line}\n");
        let mut sources = Sources::new();
        let file = sources.add(Arc::new(SourceFile::new("Dockerfile", text.clone())));
        let edits = edits.iter().map(|(marked, replacement)| {
            // `^` marks an insertion: behind what stands before it.
            let (before, old) = marked.split_once('^').unwrap_or(("", marked));
            let start = text.find(&format!("{before}{old}")).unwrap() + before.len();
            let end = if marked.contains('^') {
                start
            } else {
                start + old.len()
            };
            let place = Location::new(file, Span::from_usize(start..end));
            Edit::replace(place, *replacement)
        });
        let fix = Fix::safe("mend it", edits.collect());
        let at = Location::new(file, Span::default());
        let mut findings = [Diagnostic::new("rule", Severity::Error, "bad", at).fix(fix)];
        keep(&dockerfile::parse(&text), file, &text, &mut findings);
        let mut new = text.clone();
        for edit in findings[0].fixes.first()?.edits.iter().rev() {
            new.replace_range(edit.location.span.range(), &edit.replacement);
        }
        let instruction = &dockerfile::parse(&new).instructions[1];
        let inner = match &instruction.kind {
            Kind::Onbuild(inner) => inner,
            _ => instruction,
        };
        assert!(inner.json, "{new}");
        Some(new.lines().nth(1).unwrap().to_owned())
    }

    const PIP: &str = r#"RUN ["pip", "install", "torch"]"#;

    #[test]
    fn words_become_strings() {
        let added = Some(r#"RUN ["pip", "install", "--pre", "torch"]"#.to_owned());
        for place in [r#""install"^"#, r#"install^", "#, r#""install",^ "#] {
            assert_eq!(edited(PIP, &[(place, " --pre")]), added, "{place}");
        }
        assert_eq!(edited(PIP, &[(r#"^"torch""#, "--pre ")]), added);
        assert_eq!(edited(PIP, &[("^torch", "--pre ")]), added);
        assert_eq!(
            edited(
                PIP,
                &[(r#""torch"^"#, " --index-url https://x/cu118 'a b'")]
            )
            .unwrap(),
            r#"RUN ["pip", "install", "torch", "--index-url", "https://x/cu118", "a b"]"#
        );
        assert_eq!(
            edited(
                r#"ONBUILD CMD ["pip","install"]"#,
                &[(r#""install"^"#, " torch")]
            )
            .unwrap(),
            r#"ONBUILD CMD ["pip","install","torch"]"#
        );
        assert_eq!(
            edited(r#"ENTRYPOINT ["vllm"]"#, &[(r#""vllm"^"#, " serve")]).unwrap(),
            r#"ENTRYPOINT ["vllm", "serve"]"#
        );
    }

    #[test]
    fn words_are_replaced_and_removed_whole() {
        let replaced = Some(r#"RUN ["pip", "install", "torch==2.5.1"]"#.to_owned());
        assert_eq!(edited(PIP, &[("torch", "torch==2.5.1")]), replaced);
        assert_eq!(edited(PIP, &[(r#""torch""#, "'torch==2.5.1'")]), replaced);
        assert_eq!(edited(PIP, &[("torch^", "==2.5.1")]), replaced);
        assert_eq!(
            edited(PIP, &[(r#""torch""#, "torch torchvision")]).unwrap(),
            r#"RUN ["pip", "install", "torch", "torchvision"]"#
        );
        let removed = Some(r#"RUN ["pip", "torch"]"#.to_owned());
        for part in [
            r#""install""#,
            r#", "install""#,
            r#""install", "#,
            r#" "install""#,
            "install",
        ] {
            assert_eq!(edited(PIP, &[(part, "")]), removed, "{part}");
        }
        assert_eq!(
            edited(PIP, &[(r#", "torch""#, "")]).unwrap(),
            r#"RUN ["pip", "install"]"#
        );
    }

    #[test]
    fn what_json_would_read_otherwise_is_escaped() {
        assert_eq!(
            edited(PIP, &[("torch", r#"'a"b\c'"#)]).unwrap(),
            r#"RUN ["pip", "install", "a\"b\\c"]"#
        );
        assert_eq!(
            edited(PIP, &[("torch^", ">=2,<3")]).unwrap(),
            r#"RUN ["pip", "install", "torch>=2,<3"]"#
        );
    }

    #[test]
    fn a_script_in_a_string_stays_one_string() {
        let line = r#"RUN ["bash", "-lc", "pip install torch"]"#;
        assert_eq!(
            edited(line, &[("pip install^", r#" --pre "x""#)]).unwrap(),
            r#"RUN ["bash", "-lc", "pip install --pre \"x\" torch"]"#
        );
        assert_eq!(
            edited(line, &[("torch^", " && true")]).unwrap(),
            r#"RUN ["bash", "-lc", "pip install torch && true"]"#
        );
    }

    #[test]
    fn what_is_no_array_of_words_is_not_offered() {
        for (place, new) in [
            (r#""torch"^"#, " && true"),
            (r#""torch"^"#, " $X"),
            (r#""torch"^"#, " > log"),
            (r#""torch"^"#, " \\\n  x"),
            (r#"^"pip""#, "A=b "),
            (r#""pip", "install", "torch""#, ""),
            (r#"["pip""#, "[\"uv\""),
        ] {
            assert_eq!(edited(PIP, &[(place, new)]), None, "{new}");
        }
        // Where the bytes of the string are, nobody knows.
        let escaped = r#"RUN ["bash", "-c", "echo \"a\" && pip install torch"]"#;
        assert_eq!(edited(escaped, &[("install^", " --pre")]), None);
    }

    #[test]
    fn edits_elsewhere_and_of_the_whole_line_stay() {
        assert_eq!(edited(PIP, &[("FROM a", "FROM b")]).as_deref(), Some(PIP));
        let twice = format!("{PIP}\nRUN [\"a\"]");
        assert_eq!(
            edited(&twice, &[(&format!("{PIP}\n"), "")]).unwrap(),
            r#"RUN ["a"]"#
        );
    }

    #[test]
    fn edits_of_one_fix_stay_apart() {
        assert_eq!(
            edited(PIP, &[("install", "add"), (r#""torch"^"#, " --pre")]).unwrap(),
            r#"RUN ["pip", "add", "torch", "--pre"]"#
        );
    }
}
