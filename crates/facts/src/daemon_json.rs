//! The keys of Docker's `daemon.json`.

use serde::Deserialize;

use crate::release::ReleaseVersion;
use crate::table::Table;

/// A key that newer engines refuse.
#[derive(Debug, Deserialize)]
pub struct Removed {
    /// `graph`.
    pub key: &'static str,
    /// The first engine that refuses it.
    pub since: ReleaseVersion,
    /// What replaced it.
    pub instead: Option<&'static str>,
    /// Where it was read.
    pub source: &'static str,
}

#[derive(Debug, Deserialize)]
struct FlagOf {
    flag: &'static str,
    key: &'static str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Data {
    byte_order_mark_since: Option<ReleaseVersion>,
    keys: Vec<&'static str>,
    flat: Vec<&'static str>,
    removed: Vec<Removed>,
    flags: Vec<FlagOf>,
    #[cfg(test)]
    sources: Vec<&'static str>,
}

static DATA: Table<Data> = Table::new(include_str!("../data/daemon_json.json"));

/// Every key that some engine takes.
#[must_use]
pub fn keys() -> &'static [&'static str] {
    &DATA.get().keys
}

/// Whether an engine takes the key; `engine` is the one at hand, where that is known.
#[must_use]
pub fn is_known(key: &str, engine: Option<ReleaseVersion>) -> bool {
    match removed(key) {
        Some(row) => engine.is_none_or(|engine| engine < row.since),
        None => keys().contains(&key),
    }
}

/// A key that newer engines refuse.
#[must_use]
pub fn removed(key: &str) -> Option<&'static Removed> {
    DATA.get().removed.iter().find(|row| row.key == key)
}

/// Whether the mapping under a key is one value. The engine takes the keys in any other mapping for keys of the file.
#[must_use]
pub fn is_flat(key: &str) -> bool {
    DATA.get().flat.contains(&key)
}

/// The key that a flag of `dockerd` excludes, by the flag's name without dashes.
#[must_use]
pub fn key_of_flag(flag: &str) -> Option<&'static str> {
    let mut rows = DATA.get().flags.iter();
    rows.find(|row| row.flag == flag).map(|row| row.key)
}

/// Whether an engine reads a file that begins with a byte order mark.
#[must_use]
pub fn takes_byte_order_mark(engine: ReleaseVersion) -> bool {
    let since = DATA.get().byte_order_mark_since;
    since.is_some_and(|since| engine >= since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        assert_eq!(DATA.error(), None);
        let data = DATA.get();
        assert!(!data.sources.is_empty() && data.removed.iter().all(|row| !row.source.is_empty()));
        assert!(keys().is_sorted());
    }

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
            removed("graph").and_then(|row| row.instead),
            Some("data-root")
        );
        assert!(is_flat("runtimes") && !is_flat("proxies"));
        assert_eq!(key_of_flag("H"), Some("hosts"));
        assert_eq!(key_of_flag("add-runtime"), None);
        assert!(takes_byte_order_mark("23.0.0".parse().unwrap()));
        assert!(!takes_byte_order_mark("20.10.27".parse().unwrap()));
    }
}
