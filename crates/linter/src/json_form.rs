//! Repairs inside JSON forms: `RUN ["pip", "install", "torch"]` must stay JSON, or it is read as shell text.

use dockerfile::{Dockerfile, Kind, Run, Word};
use source::{Diagnostic, Edit, FileId};

/// Drops the fixes that would break the JSON form of an instruction.
pub(crate) fn keep(dockerfile: &Dockerfile, file: FileId, diagnostics: &mut [Diagnostic]) {
    let forms: Vec<&[Word]> = dockerfile
        .instructions
        .iter()
        .filter_map(|instruction| match &instruction.kind {
            Kind::Run(Run::Exec(words))
            | Kind::Cmd(Run::Exec(words))
            | Kind::Entrypoint(Run::Exec(words)) => Some(words.as_slice()),
            _ => None,
        })
        .collect();
    if forms.is_empty() {
        return;
    }
    for diagnostic in diagnostics {
        diagnostic.fixes.retain(|fix| {
            let mut edits = fix.edits.iter().filter(|edit| edit.location.file == file);
            edits.all(|edit| forms.iter().all(|words| fits(edit, words)))
        });
    }
}

/// Whether an edit leaves these words a JSON array: it stands elsewhere, takes all of them away, or changes text
/// between the quotes of one.
fn fits(edit: &Edit, words: &[Word]) -> bool {
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return true;
    };
    let span = edit.location.span;
    let elsewhere = span.end < first.span.start || span.start > last.span.end;
    let all = span.start < first.span.start && span.end >= last.span.end;
    let inside = words
        .iter()
        .any(|word| word.span.start < span.start && span.end < word.span.end);
    elsewhere || all || (inside && !edit.replacement.contains(['"', '\\', '\n']))
}

#[cfg(test)]
mod tests {
    use source::{Location, Sources, Span};

    use super::*;

    #[test]
    fn edits_stay_between_the_quotes() {
        let text = "FROM a\nRUN [\"pip\", \"install\", \"torch\"]\n";
        let mut sources = Sources::new();
        let file = sources.add(std::sync::Arc::new(source::SourceFile::new(
            "Dockerfile",
            text,
        )));
        let parsed = dockerfile::parse(text);
        let Kind::Run(Run::Exec(words)) = &parsed.instructions[1].kind else {
            unreachable!("a JSON form");
        };
        let edit = |part: &str, replacement: &str| {
            let start = u32::try_from(text.find(part).unwrap()).unwrap();
            let end = start + u32::try_from(part.len()).unwrap();
            Edit::replace(Location::new(file, Span::new(start, end)), replacement)
        };
        assert!(fits(&edit("torch", "torch==2.5.1"), words));
        assert!(!fits(&edit("torch", "\"torch\""), words));
        assert!(!fits(
            &edit(", \"torch\"", " --index-url x, \"torch\""),
            words
        ));
        assert!(fits(&edit("FROM a", "FROM b"), words));
    }
}
