//! Shell patterns: `*`, `?`, `[…]`.

use std::ops::Range;

/// Values longer than this are not matched: the matcher is quadratic in the worst case.
const MAX_TEXT: usize = 4 << 10;

/// Whether the whole text fits the pattern.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().take(MAX_TEXT + 1).collect();
    if text.len() > MAX_TEXT {
        return false;
    }
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
            continue;
        }
        if let Some(next) = step(&pattern, p, text[t]) {
            p = next;
            t += 1;
            continue;
        }
        let Some((star_p, star_t)) = star else {
            return false;
        };
        star = Some((star_p, star_t + 1));
        p = star_p + 1;
        t = star_t + 1;
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// The pattern position after matching one character, if it matches.
fn step(pattern: &[char], at: usize, c: char) -> Option<usize> {
    match *pattern.get(at)? {
        '?' => Some(at + 1),
        '[' => {
            let close = (at + 2..pattern.len()).find(|&i| pattern[i] == ']');
            let Some(close) = close else {
                return (c == '[').then_some(at + 1);
            };
            let negated = matches!(pattern[at + 1], '!' | '^');
            let set = &pattern[at + 1 + usize::from(negated)..close];
            let mut inside = false;
            let mut i = 0;
            while i < set.len() {
                if i + 2 < set.len() && set[i + 1] == '-' {
                    inside |= (set[i]..=set[i + 2]).contains(&c);
                    i += 3;
                } else {
                    inside |= set[i] == c;
                    i += 1;
                }
            }
            (inside != negated).then_some(close + 1)
        }
        '\\' if at + 1 < pattern.len() => (pattern[at + 1] == c).then_some(at + 2),
        literal => (literal == c).then_some(at + 1),
    }
}

/// The end of the shortest or longest prefix that fits.
#[must_use]
pub fn prefix(pattern: &str, text: &str, longest: bool) -> Option<usize> {
    let ends = boundaries(text)?;
    let mut candidates: Box<dyn Iterator<Item = &usize>> = if longest {
        Box::new(ends.iter().rev())
    } else {
        Box::new(ends.iter())
    };
    candidates
        .find(|&&end| matches(pattern, &text[..end]))
        .copied()
}

/// The start of the shortest or longest suffix that fits.
#[must_use]
pub fn suffix(pattern: &str, text: &str, longest: bool) -> Option<usize> {
    let starts = boundaries(text)?;
    let mut candidates: Box<dyn Iterator<Item = &usize>> = if longest {
        Box::new(starts.iter())
    } else {
        Box::new(starts.iter().rev())
    };
    candidates
        .find(|&&start| matches(pattern, &text[start..]))
        .copied()
}

/// Where the pattern occurs: the first place or all, longest match at each, not overlapping.
#[must_use]
pub fn occurrences(pattern: &str, text: &str, all: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let Some(places) = boundaries(text).filter(|_| !pattern.is_empty()) else {
        return found;
    };
    let mut from = 0;
    for &start in &places {
        if start < from {
            continue;
        }
        let end = places
            .iter()
            .rev()
            .find(|&&end| end > start && matches(pattern, &text[start..end]));
        if let Some(&end) = end {
            found.push(start..end);
            from = end;
            if !all {
                break;
            }
        }
    }
    found
}

/// All character boundaries; `None` where the text is too long for a quadratic search.
fn boundaries(text: &str) -> Option<Vec<usize>> {
    (text.len() <= 256).then(|| {
        text.char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_the_shell() {
        assert!(matches("*.whl", "torch-2.whl"));
        assert!(matches("cu1[12]?", "cu118"));
        assert!(!matches("cu1[!12]?", "cu118"));
        assert!(matches("**", ""));
    }

    #[test]
    fn version_tricks_of_real_dockerfiles() {
        assert_eq!(suffix(".*", "12.1.0", false), Some(4));
        assert_eq!(suffix(".*", "12.1.0", true), Some(2));
        assert_eq!(prefix("*.", "12.1.0", false), Some(3));
        assert_eq!(occurrences(".", "12.1.0", true), [2..3, 4..5]);
        assert_eq!(occurrences(".", "12.1.0", false).first(), Some(&(2..3)));
    }
}
