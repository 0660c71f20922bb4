//! "Did you mean".

/// Longer words are nobody's misspelling.
const MAX_WORD: usize = 128;

/// `; did you mean …?`, or nothing when no name is near.
pub fn hint<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    nearest(text, names).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// The nearest of `names`, if one is near.
pub fn nearest<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    if text.len() > MAX_WORD {
        return None;
    }
    let limit = (text.len() / 3).clamp(1, 6);
    let letters: Vec<char> = text.chars().collect();
    names
        .inspect(|_| work::done())
        .filter_map(|name| Some((distance(&letters, name, limit)?, name)))
        .min()
        .map(|(_, name)| name)
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour; `None` where it is more than
/// `limit`, which most pairs of words show early.
fn distance(a: &[char], b: &str, limit: usize) -> Option<usize> {
    let b: Vec<char> = b.chars().take(MAX_WORD).collect();
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        for j in 0..b.len() {
            let replaced = row[j] + usize::from(a[i] != b[j]);
            let mut least = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
        // Each row follows from the two before it, and none falls below both.
        if before.iter().chain(&row).all(|&least| least > limit) {
            return None;
        }
    }
    Some(row[b.len()]).filter(|&distance| distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let distance = |a: &str, b: &str, limit| {
            let letters: Vec<char> = a.chars().collect();
            distance(&letters, b, limit)
        };
        assert_eq!(distance("kitten", "sitting", 6), Some(3));
        assert_eq!(distance("kitten", "sitting", 3), Some(3));
        assert_eq!(distance("kitten", "sitting", 2), None);
        assert_eq!(distance("", "abc", 3), Some(3));
        assert_eq!(distance("", "abc", 2), None);
        assert_eq!(distance("same", "same", 1), Some(0));
        assert_eq!(distance("dirver", "driver", 1), Some(1));
        assert_eq!(distance("badc", "abcd", 2), Some(2));
        assert_eq!(distance("abcdefgh", "zyxwvuts", 6), None);
    }

    #[test]
    fn only_near_names_are_suggested() {
        let names = || ["cpu-wheel", "nvcc-missing"].into_iter();
        assert_eq!(nearest("nvc-missing", names()), Some("nvcc-missing"));
        assert_eq!(nearest("CPU", names()), None);
        assert_eq!(nearest(&"x".repeat(10_000), names()), None);
    }
}
