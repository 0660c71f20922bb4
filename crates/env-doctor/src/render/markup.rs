//! Text in XML and HTML.

use source::mask::is_misleading;

/// `text` for element content and quoted attributes. Characters that XML cannot hold, and those that turn the
/// direction of writing so that a line looks like another one, are replaced by `U+FFFD`.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || is_misleading(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}');
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_an_attribute_or_begins_an_element() {
        assert_eq!(
            escape("<a href='\"&\u{1b}[0m\u{202e}"),
            "&lt;a href=&#39;&quot;&amp;\u{fffd}[0m\u{fffd}"
        );
    }
}
