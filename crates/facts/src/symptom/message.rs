//! Variable parts of messages and texts.

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'m> {
    /// Letters as they are printed.
    Text(String),
    /// The name of a variable part.
    Variable(&'m str),
}

/// The parts of a message: `{name}` is a variable part, `{{` a brace.
#[must_use]
pub fn pieces(message: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut text = String::new();
    let mut rest = message;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(literal) = after.strip_prefix('{') {
            text.push('{');
            rest = literal;
        } else if let Some((name, tail)) = after.split_once('}') {
            if !text.is_empty() {
                found.push(Piece::Text(std::mem::take(&mut text)));
            }
            found.push(Piece::Variable(name));
            rest = tail;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        found.push(Piece::Text(text));
    }
    found
}

/// A text with its variables filled in: `{name}` by its value, `{name|else}` by its value or by what stands there.
/// `None` where a value without an alternative is unknown.
pub fn render(text: &str, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => out.push_str(&text),
            Piece::Variable(name) => {
                let (name, otherwise) = match name.split_once('|') {
                    Some((name, otherwise)) => (name, Some(otherwise.to_owned())),
                    None => (name, None),
                };
                out.push_str(&value(name).or(otherwise)?);
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_parts_are_named_in_braces() {
        let text = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(
            pieces("driver \"{driver}\" is"),
            [text("driver \""), Piece::Variable("driver"), text("\" is")]
        );
        assert_eq!(pieces("any of {{lib"), [text("any of {lib")]);
        assert_eq!(pieces("{sm} is"), [Piece::Variable("sm"), text(" is")]);
        assert_eq!(pieces("open {brace"), [text("open {brace")]);
        assert!(pieces("").is_empty());
    }

    #[test]
    fn texts_are_filled_in_or_not_said() {
        let known = |name: &str| (name == "found").then(|| "12.8".to_owned());
        let fill = |text| render(text, &known);
        assert_eq!(fill("CUDA {found}"), Some("CUDA 12.8".to_owned()));
        assert_eq!(fill("CUDA {wheel}"), None);
        assert_eq!(fill("CUDA {wheel|13}"), Some("CUDA 13".to_owned()));
    }
}
