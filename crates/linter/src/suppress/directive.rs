//! `# env-doctor: ignore[rule, rule] reason`.

use source::Span;

/// What every directive begins with, behind the `#`.
pub(super) const MARK: &str = "env-doctor:";

/// What a directive covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// What follows it, or what it stands in.
    Next,
    /// The whole file.
    File,
}

/// A rule name in a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// As written.
    pub text: String,
    /// Its bytes.
    pub span: Span,
}

/// A comment that keeps findings from the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// The comment.
    pub span: Span,
    /// What it covers.
    pub reach: Reach,
    /// At least one.
    pub names: Vec<Name>,
    /// Why, in the words of the author; may be empty.
    pub reason: String,
}

/// A comment that looks like a directive and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    /// The comment.
    pub span: Span,
    /// What is wrong with it.
    pub message: &'static str,
}

/// Reads a comment that begins with `#`; `None` when it does not speak to us.
pub(super) fn read(text: &str, span: Span) -> Option<Result<Directive, Malformed>> {
    let comment = text.get(span.range())?;
    let body = comment.trim_start_matches('#').trim_start();
    let rest = body.strip_prefix(MARK)?.trim_start();
    Some(read_body(rest, comment, span))
}

fn read_body(rest: &str, comment: &str, span: Span) -> Result<Directive, Malformed> {
    let malformed = |message| Malformed { span, message };
    let (reach, list) = if let Some(list) = rest.strip_prefix("ignore-file") {
        (Reach::File, list)
    } else if let Some(list) = rest.strip_prefix("ignore") {
        (Reach::Next, list)
    } else {
        return Err(malformed(
            "neither `ignore[…]` nor `ignore-file[…]` follows",
        ));
    };
    let Some(list) = list.trim_start().strip_prefix('[') else {
        return Err(malformed("the rules are not named, in brackets"));
    };
    let Some((list, reason)) = list.split_once(']') else {
        return Err(malformed("the bracket is not closed"));
    };
    // Every slice is a part of the comment, so its distance from the end is its place.
    let behind = comment.len() - (reason.len() + 1);
    let start = span.start as usize + behind - list.len();
    let names = names(list, start);
    if names.is_empty() {
        return Err(malformed("no rule is named"));
    }
    if reason.starts_with(|c: char| !c.is_whitespace()) {
        return Err(malformed("a blank is missing behind the bracket"));
    }
    Ok(Directive {
        span,
        reach,
        names,
        reason: reason.trim().to_owned(),
    })
}

fn names(list: &str, start: usize) -> Vec<Name> {
    let mut names = Vec::new();
    let mut at = start;
    for piece in list.split(',') {
        let name = piece.trim();
        let from = at + (piece.len() - piece.trim_start().len());
        if !name.is_empty() {
            names.push(Name {
                text: name.to_owned(),
                span: Span::from_usize(from..from + name.len()),
            });
        }
        at += piece.len() + 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Option<Result<Directive, Malformed>> {
        read(text, Span::from_usize(0..text.len()))
    }

    fn message(text: &str) -> &'static str {
        read_all(text).unwrap().unwrap_err().message
    }

    #[test]
    fn names_know_their_bytes_and_the_reason_is_kept() {
        let text = "# env-doctor: ignore[cpu-wheel,  nvcc-missing] tested on é";
        let directive = read_all(text).unwrap().unwrap();
        let names: Vec<&str> = directive
            .names
            .iter()
            .map(|name| &text[name.span.range()])
            .collect();
        assert_eq!(names, ["cpu-wheel", "nvcc-missing"]);
        assert_eq!(directive.reason, "tested on é");
        assert_eq!(directive.reach, Reach::Next);
    }

    #[test]
    fn blanks_do_not_matter() {
        for text in [
            "#env-doctor:ignore-file[a]",
            "##  env-doctor:  ignore-file [ a ]  ",
        ] {
            let directive = read_all(text).unwrap().unwrap();
            assert_eq!(directive.reach, Reach::File);
            assert_eq!(&text[directive.names[0].span.range()], "a");
        }
    }

    #[test]
    fn other_comments_are_left_alone() {
        assert_eq!(read_all("# env-doctor is good: ignore[x]"), None);
        assert_eq!(read_all("# see env-doctor: ignore[x]"), None);
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(message("# env-doctor: disable[a]").starts_with("neither"));
        assert!(message("# env-doctor: ignore").starts_with("the rules are not named"));
        assert!(message("# env-doctor: ignore-line[a]").starts_with("the rules are not named"));
        assert!(message("# env-doctor: ignore[a").starts_with("the bracket"));
        assert!(message("# env-doctor: ignore[ , ]").starts_with("no rule"));
        assert!(message("# env-doctor: ignore[a]because").starts_with("a blank"));
    }
}
