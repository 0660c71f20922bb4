//! For terminals whose locale is not UTF-8.

/// The text with every character that is not ASCII spelt in ASCII, or as `?`.
pub(super) fn fold(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '…' => out.push_str("..."),
            '→' => out.push_str("->"),
            '≥' => out.push_str(">="),
            '≤' => out.push_str("<="),
            '“' | '”' | '«' | '»' => out.push('"'),
            '‘' | '’' => out.push('\''),
            '–' | '—' | '‑' => out.push('-'),
            '×' => out.push('x'),
            '\u{a0}' => out.push(' '),
            c if c.is_ascii() => out.push(c),
            _ => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_ascii_is_left() {
        assert_eq!(
            fold("driver ≥ 535 … “é”".to_owned()),
            "driver >= 535 ... \"?\""
        );
    }
}
