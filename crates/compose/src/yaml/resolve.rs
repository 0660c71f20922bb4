use super::ScalarStyle;

/// The type a scalar has for Compose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalarType {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true` or `false` in the three letter cases.
    Bool,
    /// Decimal, `0x`, `0o`, `0b`, or octal with a leading zero.
    Int,
    /// Decimal fraction, exponent, `.inf`, `.nan`.
    Float,
    /// Everything else.
    String,
}

/// The type of a scalar, by its style, tag and text, as go-yaml decides it.
pub(crate) fn scalar_type(text: &str, style: ScalarStyle, tag: Option<&str>) -> ScalarType {
    match tag {
        Some("!!str" | "!!binary") => ScalarType::String,
        Some("!!int") => ScalarType::Int,
        Some("!!float") => ScalarType::Float,
        Some("!!bool") => ScalarType::Bool,
        Some("!!null") => ScalarType::Null,
        // A reset or override says nothing about the type.
        None | Some("!" | "!reset" | "!override") if style == ScalarStyle::Plain => {
            resolve_plain(text)
        }
        _ => ScalarType::String,
    }
}

/// The type of a plain scalar.
pub fn resolve_plain(text: &str) -> ScalarType {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return ScalarType::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return ScalarType::Bool,
        ".nan" | ".NaN" | ".NAN" => return ScalarType::Float,
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return ScalarType::Float;
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return ScalarType::String;
    }
    let plain = text.replace('_', "");
    if parse_integer(&plain).is_some() {
        ScalarType::Int
    } else if is_float(&plain) {
        ScalarType::Float
    } else {
        ScalarType::String
    }
}

/// Reads an integer the way Go's `ParseInt(…, 0, 64)` does, underscores already removed.
pub(crate) fn parse_integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let value = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let value = if negative { -value } else { value };
    (value >= i128::from(i64::MIN)).then_some(value)
}

fn is_float(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], Some(&digits[at + 1..])),
        None => (digits, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return false;
    }
    exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && all_digits(exponent)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_resolve_as_compose_reads_them() {
        for (text, expected) in [
            ("", ScalarType::Null),
            ("~", ScalarType::Null),
            ("true", ScalarType::Bool),
            ("yes", ScalarType::String),
            ("12", ScalarType::Int),
            ("0x1F", ScalarType::Int),
            ("0755", ScalarType::Int),
            ("089", ScalarType::Float),
            ("1_000", ScalarType::Int),
            ("3.8", ScalarType::Float),
            (".5", ScalarType::Float),
            ("1e3", ScalarType::Float),
            ("1.2.3", ScalarType::String),
            ("8080:80", ScalarType::String),
            ("-", ScalarType::String),
            ("18446744073709551616", ScalarType::Float),
        ] {
            assert_eq!(resolve_plain(text), expected, "{text}");
        }
    }

    #[test]
    fn quotes_and_tags_decide_before_the_text() {
        assert_eq!(
            scalar_type("12", ScalarStyle::DoubleQuoted, None),
            ScalarType::String
        );
        assert_eq!(
            scalar_type("12", ScalarStyle::Plain, Some("!!str")),
            ScalarType::String
        );
        assert_eq!(
            scalar_type("null", ScalarStyle::Plain, Some("!reset")),
            ScalarType::Null
        );
    }
}
