//! A Dockerfile in a Compose file, `dockerfile_inline`, read where it stands.

use source::Span;

/// The text with everything outside the lines at `span` blank: what is parsed from it has its bytes in the Compose
/// file. An error says why that cannot be done.
pub(crate) fn masked(text: &str, span: Span) -> Result<String, String> {
    let body = text.get(span.range()).unwrap_or_default();
    if body.contains('$') {
        return Err("`dockerfile_inline` with variables of Compose is not read".to_owned());
    }
    // The block is indented, and so would be the words that end here-documents.
    if body.contains("<<") {
        return Err("`dockerfile_inline` with here-documents is not read".to_owned());
    }
    let start = span.range().start;
    let mut out = String::with_capacity(text.len());
    blank(&text[..start], &mut out);
    out.push_str(body);
    blank(&text[start + body.len()..], &mut out);
    Ok(out)
}

/// As many bytes, and lines, of nothing.
fn blank(text: &str, out: &mut String) {
    for byte in text.bytes() {
        out.push(if byte == b'\n' { '\n' } else { ' ' });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<String, String> {
        let start = text.find("FROM").unwrap();
        masked(text, Span::from_usize(start..text.len()))
    }

    #[test]
    fn bytes_stay_where_they_are() {
        let text = "é: |\n  FROM a\n  RUN b\n";
        assert_eq!(of(text).unwrap(), "     \n  FROM a\n  RUN b\n");
        assert_eq!(of(text).unwrap().len(), text.len());
    }

    #[test]
    fn what_would_be_read_wrongly_is_not_read() {
        assert!(of("a: |\n  FROM $X\n").unwrap_err().contains("variables"));
        let here = of("a: |\n  FROM a\n  RUN <<E\n  E\n");
        assert!(here.unwrap_err().contains("here-documents"));
    }
}
