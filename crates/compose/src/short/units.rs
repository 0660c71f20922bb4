use crate::cast::is_number;

/// Checks a size: bytes, or a number with `k`, `m`, `g`, `t`, `p`, each with an optional `b` or `ib`.
pub(crate) fn check_bytes(text: &str) -> Result<(), String> {
    if text.parse::<i64>().is_ok() {
        return Ok(());
    }
    let invalid = || format!("invalid size: '{text}'");
    let last = text
        .rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ' ')
        .ok_or_else(invalid)?;
    let (number, suffix) = if text.as_bytes()[last] == b' ' {
        (&text[..last], &text[last + 1..])
    } else {
        (&text[..=last], &text[last + 1..])
    };
    if !is_number(number) || number.starts_with('-') {
        return Err(invalid());
    }
    let suffix = suffix.to_ascii_lowercase();
    let rest = suffix
        .strip_prefix(['k', 'm', 'g', 't', 'p', 'e'])
        .unwrap_or(&suffix);
    let fits = match rest {
        "" => true,
        "b" => true,
        "ib" => rest.len() < suffix.len(),
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(format!("invalid suffix: '{suffix}'"))
    }
}

/// Checks a duration: Go's units, days and weeks too.
pub(crate) fn check_duration(text: &str) -> Result<(), String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(());
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let number = &rest[..digits];
        let has_digit = number.bytes().any(|b| b.is_ascii_digit());
        if !has_digit || number.matches('.').count() > 1 {
            return Err(invalid());
        }
        rest = &rest[digits..];
        let length = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        let unit = &rest[..length];
        match unit {
            "" => return Err(format!("time: missing unit in duration {text:?}")),
            "ns" | "us" | "µs" | "μs" | "ms" | "s" | "m" | "h" | "d" | "w" => {}
            _ => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
        }
        rest = &rest[length..];
    }
    Ok(())
}

/// Checks that a command line's quotes close, as go-shellwords reads them.
pub(crate) fn check_command(text: &str) -> Result<(), String> {
    let error = || Err("invalid command line string".to_owned());
    let (mut escaped, mut single, mut double, mut back) = (false, false, false, false);
    let mut dollar = false;
    let mut before = ' ';
    for c in text.chars() {
        if escaped {
            escaped = false;
            before = ' ';
            continue;
        }
        match c {
            '\\' if !single => escaped = true,
            '`' if !single && !double && !dollar => back = !back,
            ')' if !single && !double && !back => dollar = false,
            '(' if !single && !double && !back => {
                if dollar || before != '$' {
                    return error();
                }
                dollar = true;
            }
            '"' if !single && !dollar => double = !double,
            '\'' if !double && !dollar => single = !single,
            // The rest of the line is dropped without a word.
            ';' | '&' | '|' | '<' | '>' if !(single || double || back || dollar) => break,
            _ => {}
        }
        before = c;
    }
    if escaped || single || double || back || dollar {
        return error();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_durations_and_commands_are_checked_as_compose_checks_them() {
        for size in [
            "8gb", "8GiB", "16g", "64M", "1024", "-1", "1.5g", "8 gb", "100b",
        ] {
            assert_eq!(check_bytes(size), Ok(()), "{size}");
        }
        for size in ["8x", "gb", "", "8gbb", "1ib"] {
            assert!(check_bytes(size).is_err(), "{size}");
        }
        for time in ["1m30s", "10s", "0", "1.5h", "2d", "1w", "500ms"] {
            assert_eq!(check_duration(time), Ok(()), "{time}");
        }
        for time in ["10", "", "s", "5 s", "1x"] {
            assert!(check_duration(time).is_err(), "{time}");
        }
        for command in ["sh -c \"a && b\"", "a 'b c'", "a && 'b", "echo $(x)"] {
            assert_eq!(check_command(command), Ok(()), "{command}");
        }
        for command in ["sh -c 'a", "a (b)", "a \\"] {
            assert!(check_command(command).is_err(), "{command}");
        }
    }
}
