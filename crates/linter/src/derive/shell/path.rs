//! Paths as a shell sees them.

use packages::text::HOLE;

/// `to` seen from `from`; `None` where either is unknown.
#[must_use]
pub fn join(from: Option<&str>, to: &str) -> Option<String> {
    if to.contains(HOLE) || to.starts_with('~') {
        return None;
    }
    let base = if to.starts_with('/') { "" } else { from? };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(to.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    Some(format!("/{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn paths_join_as_cd_does() {
        assert_eq!(
            join(Some("/app"), "src/../req.txt").as_deref(),
            Some("/app/req.txt")
        );
        assert_eq!(join(None, "/opt").as_deref(), Some("/opt"));
        assert_eq!(join(None, "src"), None);
    }
}
