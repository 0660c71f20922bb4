use std::ops::Range;

/// An image reference as Docker reads it (distribution/reference), with the bytes of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRef {
    /// `docker.io`, `nvcr.io`, `localhost:5000`.
    pub domain: String,
    /// `library/python`, `nvidia/cuda`.
    pub path: String,
    /// The tag, if written.
    pub tag: Option<String>,
    /// Its bytes.
    pub tag_range: Option<Range<usize>>,
    /// The digest, if written.
    pub digest: Option<String>,
    /// The bytes of domain and path as written.
    pub name_range: Range<usize>,
}

/// Registries that carry Docker Hub's images under the same paths.
const HUB_MIRRORS: &[&str] = &[
    "index.docker.io",
    "registry-1.docker.io",
    "mirror.gcr.io",
    "docker.m.daocloud.io",
    "dockerproxy.com",
    "dockerproxy.net",
    "docker.1ms.run",
    "hub-mirror.c.163.com",
    "docker.mirrors.ustc.edu.cn",
];

impl ImageRef {
    /// Parses a reference; `None` where Docker refuses it.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_owned())),
            None => (text, None),
        };
        if digest.as_deref().is_some_and(|digest| !is_digest(digest)) {
            return None;
        }
        let slash = rest.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match rest[slash..].find(':') {
            Some(colon) => (&rest[..slash + colon], Some(slash + colon + 1..rest.len())),
            None => (rest, None),
        };
        if tag.as_ref().is_some_and(|tag| !is_tag(&rest[tag.clone()])) {
            return None;
        }
        let (domain, path) = match name.split_once('/') {
            Some((first, path))
                if first.contains(['.', ':'])
                    || first == "localhost"
                    || first.chars().any(char::is_uppercase) =>
            {
                (first, path)
            }
            _ => ("docker.io", name),
        };
        if path.is_empty() || !path.split('/').all(is_component) || !is_domain(domain) {
            return None;
        }
        let is_hub = domain == "docker.io" || HUB_MIRRORS.contains(&domain);
        let domain = if is_hub { "docker.io" } else { domain };
        let path = if is_hub && !path.contains('/') {
            format!("library/{path}")
        } else {
            path.to_owned()
        };
        let (domain, path) = match (domain, path.strip_prefix("docker/library/")) {
            ("public.ecr.aws", Some(rest)) => ("docker.io", format!("library/{rest}")),
            _ => (domain, path),
        };
        Some(Self {
            domain: domain.to_owned(),
            path,
            tag: tag.clone().map(|tag| rest[tag].to_owned()),
            tag_range: tag,
            digest,
            name_range: 0..name.len(),
        })
    }

    /// `docker.io/library/python`.
    #[must_use]
    pub fn repository(&self) -> String {
        format!("{}/{}", self.domain, self.path)
    }

    /// The tag that is pulled: `latest` where none is written; `None` where only a digest is.
    #[must_use]
    pub fn effective_tag(&self) -> Option<&str> {
        match (&self.tag, &self.digest) {
            (Some(tag), _) => Some(tag),
            (None, Some(_)) => None,
            (None, None) => Some("latest"),
        }
    }
}

fn is_domain(text: &str) -> bool {
    let (host, port) = text
        .split_once(':')
        .map_or((text, None), |(host, port)| (host, Some(port)));
    !host.is_empty()
        && host.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
        && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

/// `[a-z0-9]+` joined by `.`, `_`, `__` or dashes.
fn is_component(text: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(|&b| plain(b)) || !bytes.last().is_some_and(|&b| plain(b)) {
        return false;
    }
    let allowed = bytes
        .iter()
        .all(|&b| plain(b) || matches!(b, b'.' | b'_' | b'-'));
    allowed
        && !text.contains("..")
        && !text.contains("___")
        && !text.contains("._")
        && !text.contains("_.")
        && !text.contains("-.")
        && !text.contains(".-")
        && !text.contains("_-")
        && !text.contains("-_")
}

fn is_tag(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && !text.starts_with(['.', '-'])
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        !algorithm.is_empty() && hex.len() >= 32 && hex.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (String, Option<String>) {
        let image = ImageRef::parse(text).unwrap();
        (image.repository(), image.tag)
    }

    #[test]
    fn short_names_are_completed() {
        assert_eq!(
            parsed("python:3.10"),
            (
                "docker.io/library/python".to_owned(),
                Some("3.10".to_owned())
            )
        );
        assert_eq!(
            parsed("nvidia/cuda"),
            ("docker.io/nvidia/cuda".to_owned(), None)
        );
        assert_eq!(
            parsed("localhost:5000/x/y:1.2-cu12").0,
            "localhost:5000/x/y"
        );
        assert_eq!(
            parsed("mirror.gcr.io/library/python:3").0,
            "docker.io/library/python"
        );
        assert_eq!(
            parsed("public.ecr.aws/docker/library/ubuntu:22.04").0,
            "docker.io/library/ubuntu"
        );
    }

    #[test]
    fn what_docker_refuses_is_none() {
        for text in [
            "",
            "UPPER:1",
            "a//b",
            "a:",
            "a:-x",
            "a@sha256:12",
            "-a",
            "a/b:c:d",
        ] {
            assert_eq!(ImageRef::parse(text), None, "{text}");
        }
    }

    #[test]
    fn digests_say_which_image_without_a_tag() {
        let digest = "0".repeat(64);
        let image = ImageRef::parse(&format!("nvidia/cuda@sha256:{digest}")).unwrap();
        assert_eq!(image.effective_tag(), None);
    }
}
