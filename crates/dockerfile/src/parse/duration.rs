//! Go's `time.ParseDuration`, as far as HEALTHCHECK needs it.

use super::suggest::quote;

/// Nanoseconds, or Go's reason.
pub(super) fn nanoseconds(text: &str) -> Result<f64, String> {
    let invalid = || format!("time: invalid duration {}", quote(text));
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0.0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = |c: char| c.is_ascii_digit() || c == '.';
        let number_end = rest.find(|c| !digits(c)).unwrap_or(rest.len());
        let number = &rest[..number_end];
        let amount: f64 = number.parse().map_err(|_| invalid())?;
        rest = &rest[number_end..];
        let unit_end = rest.find(digits).unwrap_or(rest.len());
        let unit = &rest[..unit_end];
        rest = &rest[unit_end..];
        let factor = match unit {
            "" => return Err(format!("time: missing unit in duration {}", quote(text))),
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => {
                return Err(format!(
                    "time: unknown unit {} in duration {}",
                    quote(unit),
                    quote(text)
                ));
            }
        };
        total += amount * factor;
    }
    if total > 9_223_372_036_854_775_807.0 {
        return Err(invalid());
    }
    Ok(if negative { -total } else { total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_its_parts() {
        assert_eq!(nanoseconds("1m30s"), Ok(90e9));
        assert_eq!(nanoseconds("1.5ms"), Ok(1.5e6));
        assert_eq!(nanoseconds("-2us"), Ok(-2e3));
        assert_eq!(nanoseconds("0"), Ok(0.0));
    }

    #[test]
    fn says_what_is_wrong_as_go_does() {
        assert_eq!(
            nanoseconds("30").unwrap_err(),
            "time: missing unit in duration \"30\""
        );
        assert_eq!(
            nanoseconds("3x").unwrap_err(),
            "time: unknown unit \"x\" in duration \"3x\""
        );
        assert_eq!(
            nanoseconds("${T}").unwrap_err(),
            "time: invalid duration \"${T}\""
        );
    }
}
