//! The keys of Docker's `daemon.json`.

use crate::generated::DAEMON_JSON;
use crate::packed::{List, Str};
use crate::release::ReleaseVersion;

/// A key that newer engines refuse.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Removed {
    /// `graph`.
    pub key: Str,
    /// The first engine that refuses it.
    pub since: ReleaseVersion,
    /// What replaced it.
    pub instead: Option<Str>,
}

#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct FlagOf {
    pub(crate) flag: Str,
    pub(crate) key: Str,
}

/// `data/daemon_json.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct DaemonJson {
    pub(crate) byte_order_mark_since: ReleaseVersion,
    pub(crate) keys: List<Str>,
    pub(crate) flat: List<Str>,
    pub(crate) removed: List<Removed>,
    pub(crate) flags: List<FlagOf>,
}

/// Every key that some engine takes.
pub fn keys() -> impl Iterator<Item = &'static str> {
    DAEMON_JSON.keys.texts()
}

/// Every name of a key or a flag in the table, those that newer engines refuse too.
pub fn names() -> impl Iterator<Item = &'static str> {
    let removed = DAEMON_JSON.removed.iter().map(|row| row.key.as_str());
    let flags = DAEMON_JSON.flags.iter().map(|row| row.flag.as_str());
    keys()
        .chain(DAEMON_JSON.flat.texts())
        .chain(removed)
        .chain(flags)
}

/// Whether an engine takes the key; `engine` is the one at hand, where that is known.
#[must_use]
pub fn is_known(key: &str, engine: Option<ReleaseVersion>) -> bool {
    match removed(key) {
        Some(row) => engine.is_none_or(|engine| engine < row.since),
        None => DAEMON_JSON.keys.has(key),
    }
}

/// A key that newer engines refuse.
#[must_use]
pub fn removed(key: &str) -> Option<&'static Removed> {
    DAEMON_JSON.removed.iter().find(|row| row.key == key)
}

/// Whether the mapping under a key is one value. The engine takes the keys in any other mapping for keys of the file.
#[must_use]
pub fn is_flat(key: &str) -> bool {
    DAEMON_JSON.flat.has(key)
}

/// The key that a flag of `dockerd` excludes, by the flag's name without dashes.
#[must_use]
pub fn key_of_flag(flag: &str) -> Option<&'static str> {
    let mut rows = DAEMON_JSON.flags.iter();
    rows.find(|row| row.flag == flag)
        .map(|row| row.key.as_str())
}

/// Whether an engine reads a file that begins with a byte order mark.
#[must_use]
pub fn takes_byte_order_mark(engine: ReleaseVersion) -> bool {
    engine >= DAEMON_JSON.byte_order_mark_since
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_engine() {
        for key in [
            "runtimes",
            "default-runtime",
            "features",
            "exec-opts",
            "data-root",
            "nri-opts",
        ] {
            assert!(is_known(key, None), "{key}");
        }
        for key in [
            "runtime",
            "default_runtime",
            "gpus",
            "default-runtimes",
            "comment",
        ] {
            assert!(!is_known(key, None), "{key}");
        }
        let engine = |text: &str| text.parse().ok();
        assert!(is_known("graph", engine("23.0.6")) && !is_known("graph", engine("24.0.9")));
        assert_eq!(
            removed("graph").and_then(|row| row.instead).as_deref(),
            Some("data-root")
        );
        assert!(is_flat("runtimes") && !is_flat("proxies"));
        assert_eq!(key_of_flag("H"), Some("hosts"));
        assert_eq!(key_of_flag("add-runtime"), None);
        assert!(takes_byte_order_mark("23.0.0".parse().unwrap()));
        assert!(!takes_byte_order_mark("20.10.27".parse().unwrap()));
    }
}
