//! What is kept of a file: large ones are cut down to what matters, and credentials never leave it.

use serde_json::Value;

use super::Output;

/// Everything.
pub fn all(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

/// The first line that is not empty.
pub fn first_line(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split(|byte| *byte == b'\n');
    let mut lines = lines.map(<[u8]>::trim_ascii);
    lines
        .find(|line| !line.is_empty())
        .unwrap_or_default()
        .to_vec()
}

/// An output with this text, and nothing of what else the program said.
pub fn output(of: &Output, stdout: String) -> Output {
    Output {
        status: of.status,
        stdout,
        stderr: String::new(),
    }
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

/// Of each line its beginning up to `end`, where that is wanted.
pub fn first_words(bytes: &[u8], end: char, wanted: impl Fn(&str) -> bool) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let words = text.lines().filter_map(|line| line.split(end).next());
    let mut kept = String::new();
    for word in words.filter(|word| wanted(word)) {
        kept.push_str(word);
        kept.push('\n');
    }
    kept.into_bytes()
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
    json(Value::Object(object))
}

/// A value as a text in which nothing but quotes and backslashes is escaped, so that its words can be read: control
/// characters, which belong into no name, become blanks.
pub fn json(mut value: Value) -> Vec<u8> {
    without_controls(&mut value);
    serde_json::to_vec(&value).unwrap_or_default()
}

/// See [`json`].
pub fn without_controls(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(char::is_control) => {
            *text = text.replace(char::is_control, " ");
        }
        Value::Array(items) => items.iter_mut().for_each(without_controls),
        Value::Object(members) => {
            members.retain(|name, _| !name.contains(char::is_control));
            members.values_mut().for_each(without_controls);
        }
        _ => {}
    }
}

/// An address on another machine without the machine and the user in it: `ssh://ann@box` is `ssh://…`. What is here, and
/// what is no address, stays as it is.
pub fn address(address: &str) -> String {
    const HERE: [&str; 4] = ["127.", "localhost", "[::1]", ELSEWHERE];
    match address.split_once("://") {
        Some((scheme, rest)) if !matches!(scheme, "unix" | "npipe" | "fd") => {
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            let is_here = HERE.iter().any(|here| host.starts_with(here));
            let host = if is_here { host } else { ELSEWHERE };
            format!("{scheme}://{host}")
        }
        _ => address.to_owned(),
    }
}

/// In place of another machine.
const ELSEWHERE: &str = "…";

/// Everything, with asterisks in place of credentials: what stands before the `@` of an address, and the values of
/// keys that are named like a secret. Every byte keeps its place, and broken JSON is no obstacle.
pub fn without_credentials(bytes: &[u8]) -> Vec<u8> {
    let mut kept = bytes.to_vec();
    let mut secret = false;
    let mut at = 0;
    while let Some(start) = find(bytes, at, b'"') {
        let end = string_end(bytes, start);
        let string = &bytes[start + 1..end];
        let is_key = bytes[end.min(bytes.len())..]
            .iter()
            .skip(1)
            .find(|byte| !byte.is_ascii_whitespace())
            == Some(&b':');
        if is_key {
            // A list holds as long as no other key comes.
            secret = is_secret(string) || PRIVATE.contains(&string);
        } else if secret {
            kept[start + 1..end].fill(b'*');
        } else if let Some((from, to)) = user_information(string) {
            kept[start + 1 + from..start + 1 + to].fill(b'*');
        }
        at = end + 1;
    }
    kept
}

/// Keys of `daemon.json` whose values no probe reads, and which people fill with what is theirs.
const PRIVATE: [&[u8]; 13] = [
    b"allow-nondistributable-artifacts",
    b"args",
    b"authorization-plugins",
    b"cluster-advertise",
    b"cluster-store",
    b"dns",
    b"dns-search",
    b"env",
    b"env-regex",
    b"insecure-registries",
    b"labels",
    b"registry-mirrors",
    b"runtimeArgs",
];

fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    let rest = bytes.get(from..)?;
    Some(from + rest.iter().position(|byte| *byte == wanted)?)
}

/// Where a string that starts with a quote ends: at its quote, at the end of the line, or of the text.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'\n' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn is_secret(key: &[u8]) -> bool {
    let key = String::from_utf8_lossy(key).to_ascii_lowercase();
    [
        "token",
        "password",
        "secret",
        "credential",
        "api-key",
        "apikey",
        "auth",
    ]
    .iter()
    .any(|word| key.contains(word))
}

/// The part of `http://user:password@proxy` or `user:password@proxy` before `@`.
fn user_information(address: &[u8]) -> Option<(usize, usize)> {
    let scheme = address.windows(2).position(|pair| pair == b"//");
    let from = scheme.map_or(0, |at| at + 2);
    let end = find(address, from, b'/').unwrap_or(address.len());
    let to = from + address[from..end].iter().rposition(|byte| *byte == b'@')?;
    // Without `//` only a password tells an address from a name with an `@`.
    (scheme.is_some() || address[..to].contains(&b':')).then_some((from, to))
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
    fn addresses_lose_their_users_and_other_machines() {
        for (written, kept) in [
            ("ssh://ann@box:22", "ssh://…"),
            ("tcp://10.0.0.1:2376", "tcp://…"),
            ("tcp://ann@127.0.0.1:2375", "tcp://127.0.0.1:2375"),
            (
                "unix:///home/a@b/docker.sock",
                "unix:///home/a@b/docker.sock",
            ),
            ("/home/a@b:/usr/bin", "/home/a@b:/usr/bin"),
        ] {
            assert_eq!(address(written), kept);
            assert_eq!(address(kept), kept);
        }
    }

    #[test]
    fn credentials_are_masked_in_place() {
        let text = br#"{"proxies": {"http-proxy": "http://ann:pw@proxy:3128"},
 "log-opts": {"splunk-token": "abc", "splunk-url": "https://x/a@b"}, // broken "#;
        let kept = without_credentials(text);
        let expected = br#"{"proxies": {"http-proxy": "http://******@proxy:3128"},
 "log-opts": {"splunk-token": "***", "splunk-url": "https://x/a@b"}, // broken "#;
        assert_eq!(
            String::from_utf8_lossy(&kept),
            String::from_utf8_lossy(expected)
        );
        assert_eq!(without_credentials(&kept), kept);
        for broken in [&b"\""[..], b"\"\\", b"\"a\\\"", b"{\"token\": \""] {
            assert_eq!(without_credentials(broken).len(), broken.len());
        }
    }

    #[test]
    fn what_no_probe_reads_is_masked_in_place() {
        let text = br#"{"runtimes": {"nvidia": {"args": ["--token", "abc"], "path": "/usr/bin/n"}},
 "labels": ["owner=ann"], "registry-mirrors": ["https://mirror.corp"],
 "log-opts": {"env": "TOKEN,USER", "gelf-address": "ann:p@w@host:12201"}, "default-runtime": "nvidia"}"#;
        let expected = br#"{"runtimes": {"nvidia": {"args": ["*******", "***"], "path": "/usr/bin/n"}},
 "labels": ["*********"], "registry-mirrors": ["*******************"],
 "log-opts": {"env": "**********", "gelf-address": "*******@host:12201"}, "default-runtime": "nvidia"}"#;
        let kept = without_credentials(text);
        assert_eq!(
            String::from_utf8_lossy(&kept),
            String::from_utf8_lossy(expected)
        );
        assert_eq!(without_credentials(&kept), kept);
    }

    #[test]
    fn credentials_stay_in_the_file() {
        let text = br#"{"auths": {"x": {"auth": "c2VjcmV0"}}, "currentContext": "gpu-box"}"#;
        let kept = members(text, &["currentContext"]);
        assert_eq!(kept, br#"{"currentContext":"gpu-box"}"#);
        assert!(members(b"secret", &["currentContext"]).is_empty());
    }
}
