//! File names as URIs.

use std::fmt::Write as _;

use super::model::ArtifactLocation;

/// The directory that the program ran in; in a pipeline, the checkout.
pub(super) const ROOT: &str = "%SRCROOT%";

/// Relative names are below [`ROOT`], as far as they do not leave it.
pub(super) fn artifact(name: &str) -> ArtifactLocation {
    let name = if cfg!(windows) {
        name.replace('\\', "/")
    } else {
        name.to_owned()
    };
    let drive = cfg!(windows) && name.get(1..3) == Some(":/");
    if name.starts_with('/') || drive {
        let slash = if drive { "/" } else { "" };
        return ArtifactLocation {
            uri: format!("file://{slash}{}", encode(&name)),
            uri_base_id: None,
        };
    }
    let leaves = name.split('/').any(|part| part == "..");
    ArtifactLocation {
        uri: encode(&name),
        uri_base_id: (!leaves).then_some(ROOT),
    }
}

/// Percent-encodes what a path of a URI cannot hold; `:` too, which would make its beginning a scheme.
fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(name: &str) -> (String, Option<&'static str>) {
        let location = artifact(name);
        (location.uri, location.uri_base_id)
    }

    #[test]
    fn names_are_relative_to_the_checkout() {
        assert_eq!(uri("a/Dockerfile"), ("a/Dockerfile".to_owned(), Some(ROOT)));
        assert_eq!(
            uri("ä b:#?%"),
            ("%C3%A4%20b%3A%23%3F%25".to_owned(), Some(ROOT))
        );
        assert_eq!(uri("../Dockerfile"), ("../Dockerfile".to_owned(), None));
        assert_eq!(uri("/a b"), ("file:///a%20b".to_owned(), None));
    }
}
