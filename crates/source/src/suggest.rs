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
    names
        .map(|name| (distance(text, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(MAX_WORD + 1).collect();
    let b: Vec<char> = b.chars().take(MAX_WORD).collect();
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
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
        assert_eq!(distance("dirver", "driver"), 1);
    }

    #[test]
    fn only_near_names_are_suggested() {
        let names = || ["cpu-wheel", "nvcc-missing"].into_iter();
        assert_eq!(nearest("nvc-missing", names()), Some("nvcc-missing"));
        assert_eq!(nearest("CPU", names()), None);
        assert_eq!(nearest(&"x".repeat(10_000), names()), None);
    }
}
