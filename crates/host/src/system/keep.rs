//! What is kept of a file: large ones are cut down to what matters, and credentials never leave it.

use serde_json::Value;

/// Everything.
pub fn all(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

/// Lines that are wanted.
pub fn lines(bytes: &[u8], wanted: impl Fn(&str) -> bool) -> Vec<u8> {
    let mut kept = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if std::str::from_utf8(line).is_ok_and(&wanted) {
            kept.extend_from_slice(line);
        }
    }
    kept
}

/// Paragraphs, which blank lines part, of which the first line is wanted.
pub fn paragraphs(bytes: &[u8], wanted: impl Fn(&str) -> bool) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut keeping = None;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            if keeping.take() == Some(true) {
                kept.push(b'\n');
            }
            continue;
        }
        let keep = *keeping.get_or_insert_with(|| std::str::from_utf8(line).is_ok_and(&wanted));
        if keep {
            kept.extend_from_slice(line);
        }
    }
    kept
}

/// Some members of a JSON object, without the others. What is no JSON object is dropped.
pub fn members(bytes: &[u8], names: &[&str]) -> Vec<u8> {
    let Ok(Value::Object(mut object)) = serde_json::from_slice(bytes) else {
        return Vec::new();
    };
    object.retain(|name, _| names.contains(&name.as_str()));
    serde_json::to_vec(&object).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_paragraphs_are_kept_whole() {
        let text = b"nvidia 1\next4 2\nnvidia_uvm 3";
        let kept = lines(text, |line| line.starts_with("nvidia"));
        assert_eq!(kept, b"nvidia 1\nnvidia_uvm 3");

        let status = b"Package: a\nVersion: 1\n\nPackage: b\nVersion: 2\n\n\nPackage: c\n";
        let wanted = |line: &str| line != "Package: b\n";
        let kept = paragraphs(status, wanted);
        assert_eq!(kept, b"Package: a\nVersion: 1\n\nPackage: c\n");
        assert_eq!(paragraphs(&kept, wanted), kept);
    }

    #[test]
    fn credentials_stay_in_the_file() {
        let text = br#"{"auths": {"x": {"auth": "c2VjcmV0"}}, "currentContext": "gpu-box"}"#;
        let kept = members(text, &["currentContext"]);
        assert_eq!(kept, br#"{"currentContext":"gpu-box"}"#);
        assert!(members(b"secret", &["currentContext"]).is_empty());
    }
}
