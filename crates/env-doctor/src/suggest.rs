//! "Did you mean".

/// The name nearest to `text`, if one is near.
pub(crate) fn nearest<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (text.len() / 3).clamp(1, 6);
    names.map(|name| (distance(text, name), name)).filter(|(d, _)| *d <= limit).min().map(|(_, name)| name)
}

fn distance(a: &str, b: &str) -> usize {
    if a.len() > 128 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let cost = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// ` (did you mean \`x\`?)`, or nothing.
pub(crate) fn hint<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    nearest(text, names).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}
