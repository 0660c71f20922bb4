use std::ops::Range;

/// A volume in short syntax, by ranges of its text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Volume<'a> {
    text: &'a str,
    pub(crate) source: Option<Range<usize>>,
    pub(crate) target: Range<usize>,
    pub(crate) read_only: bool,
    pub(crate) nocopy: bool,
    pub(crate) propagation: Option<&'a str>,
    pub(crate) selinux: Option<&'a str>,
}

impl Volume<'_> {
    pub(crate) fn target_text(&self) -> &str {
        &self.text[self.target.clone()]
    }

    /// Whether the source is a path of the host rather than the name of a volume.
    pub(crate) fn is_bind(&self) -> bool {
        let Some(source) = &self.source else {
            return false;
        };
        let source = &self.text[source.clone()];
        let mut chars = source.chars();
        match chars.next() {
            None => false,
            Some('.' | '/' | '~') => true,
            Some('\\') => source.starts_with(r"\\"),
            Some(first) => first.is_alphabetic() && chars.next() == Some(':'),
        }
    }
}

/// Reads `[source:]target[:options]`; the error is Compose's reason.
pub(crate) fn volume(text: &str) -> Result<Volume<'_>, String> {
    let mut volume = Volume {
        text,
        source: None,
        target: 0..0,
        read_only: false,
        nocopy: false,
        propagation: None,
        selinux: None,
    };
    if text.is_empty() {
        return Err("invalid empty volume spec".to_owned());
    }
    if text.len() <= 2 {
        volume.target = 0..text.len();
        return Ok(volume);
    }
    let invalid = |reason: &str| Err(format!("invalid spec: {text}: {reason}"));
    let parts = sections(text);
    if parts.iter().any(Range::is_empty) {
        return invalid("empty section between colons");
    }
    match parts.as_slice() {
        [target] => volume.target = target.clone(),
        [source, target] => {
            volume.source = Some(source.clone());
            volume.target = target.clone();
        }
        [source, target, options] => {
            volume.source = Some(source.clone());
            volume.target = target.clone();
            for option in text[options.clone()].split(',') {
                volume.set(option);
            }
        }
        _ => return invalid("too many colons"),
    }
    Ok(volume)
}

impl<'a> Volume<'a> {
    fn set(&mut self, option: &'a str) {
        match option {
            "ro" => self.read_only = true,
            "rw" => self.read_only = false,
            "nocopy" => self.nocopy = true,
            "rprivate" | "private" | "rshared" | "shared" | "rslave" | "slave" => {
                self.propagation = Some(option);
            }
            "z" | "Z" => self.selinux = Some(option),
            _ => {}
        }
    }
}

/// The parts between colons; a drive letter keeps its colon.
fn sections(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(':') {
        let part = &text[start..at];
        let drive = part.chars().count() == 1 && part.chars().all(char::is_alphabetic);
        if drive {
            continue;
        }
        parts.push(start..at);
        start = at + 1;
    }
    parts.push(start..text.len());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_split_as_compose_splits_them() {
        for (text, source, target, bind) in [
            ("/data", None, "/data", false),
            ("./a:/b:ro", Some("./a"), "/b", true),
            ("data:/b", Some("data"), "/b", false),
            (r"C:\a:/b", Some(r"C:\a"), "/b", true),
            ("~/x:/b:Z,rshared", Some("~/x"), "/b", true),
        ] {
            let volume = volume(text).unwrap();
            assert_eq!(
                volume.source.clone().map(|range| &text[range]),
                source,
                "{text}"
            );
            assert_eq!(volume.target_text(), target, "{text}");
            assert_eq!(volume.is_bind(), bind, "{text}");
        }
        assert_eq!(
            volume("ab::/b").unwrap_err(),
            "invalid spec: ab::/b: empty section between colons"
        );
        assert_eq!(
            volume("ab:/b:ro:x").unwrap_err(),
            "invalid spec: ab:/b:ro:x: too many colons"
        );
    }
}
