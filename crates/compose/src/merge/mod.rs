//! How a later file changes what earlier files say.

mod convert;
mod unique;

use std::sync::LazyLock;

use crate::path::{Cursor, PathTable, ROOT, Trail};
use crate::problem::{ProblemKind, Problems};
use crate::value::{Cause, Earlier, Entry, Kind, Mapping, Value};
pub(crate) use convert::{dependency, implied, into_named, key_value};
use convert::{into_items, into_keyed};
pub(crate) use unique::enforce_unique;

/// What merges differently from "mappings merge, sequences append, the last scalar wins".
#[derive(Clone, Copy)]
enum Rule {
    /// The later value counts.
    Replace,
    /// `KEY=value` items or a mapping; later values of a key count.
    Keyed,
    /// A scalar is a list of one; lists append.
    Append,
    /// Lists append, equal items once.
    AppendNew,
    /// A list of names is a mapping of names without settings.
    Named,
    DependsOn,
    Build,
    Logging,
    Ipam,
}

/// compose-go's `mergeSpecials`.
static RULES: LazyLock<PathTable<Rule>> = LazyLock::new(|| {
    PathTable::new([
        ("networks.*.ipam.config", Rule::Ipam),
        ("networks.*.labels", Rule::Keyed),
        ("volumes.*.labels", Rule::Keyed),
        ("services.*.annotations", Rule::Keyed),
        ("services.*.build", Rule::Build),
        ("services.*.build.args", Rule::Keyed),
        ("services.*.build.additional_contexts", Rule::Keyed),
        ("services.*.build.extra_hosts", Rule::AppendNew),
        ("services.*.build.labels", Rule::Keyed),
        ("services.*.command", Rule::Replace),
        ("services.*.depends_on", Rule::DependsOn),
        ("services.*.deploy.labels", Rule::Keyed),
        ("services.*.dns", Rule::Append),
        ("services.*.dns_opt", Rule::Append),
        ("services.*.dns_search", Rule::Append),
        ("services.*.entrypoint", Rule::Replace),
        ("services.*.env_file", Rule::Append),
        ("services.*.label_file", Rule::Append),
        ("services.*.environment", Rule::Keyed),
        ("services.*.extra_hosts", Rule::AppendNew),
        ("services.*.healthcheck.test", Rule::Replace),
        ("services.*.labels", Rule::Keyed),
        ("services.*.logging", Rule::Logging),
        ("services.*.models", Rule::Named),
        ("services.*.networks", Rule::Named),
        ("services.*.sysctls", Rule::Keyed),
        ("services.*.tmpfs", Rule::Append),
        ("services.*.ulimits.*", Rule::Replace),
    ])
});

/// Merges a later project, or a part of one, into an earlier one.
pub(crate) struct Merger<'a> {
    pub(crate) cause: Cause,
    pub(crate) problems: &'a mut Problems,
}

impl Merger<'_> {
    /// Merges whole projects.
    pub(crate) fn projects(&mut self, base: Value, over: Value) -> Value {
        self.merge(base, over, ROOT, Trail::Root)
    }

    /// Merges two values of `section.name`: two definitions of a service, say.
    pub(crate) fn resources(
        &mut self,
        section: &str,
        name: &str,
        base: Value,
        over: Value,
    ) -> Value {
        let cursor = RULES.step(RULES.step(ROOT, section), name);
        let trail = Trail::Key(&Trail::Root, section);
        self.merge(base, over, cursor, Trail::Key(&trail, name))
    }

    fn merge(&mut self, base: Value, over: Value, at: Cursor, trail: Trail<'_>) -> Value {
        work::done();
        match RULES.rule(at) {
            None => self.plain(base, over, at, trail),
            Some(Rule::Replace) => self.replace(base, over),
            Some(Rule::Keyed) => {
                let lists = |value: &Value| !matches!(value.kind, Kind::Mapping(_));
                if lists(&base) && lists(&over) {
                    return self.append(into_items(base), into_items(over), trail);
                }
                self.keyed(into_keyed(base), into_keyed(over))
            }
            Some(Rule::Append) => self.append(into_items(base), into_items(over), trail),
            Some(Rule::AppendNew) => self.append_new(base, over, trail),
            Some(Rule::Named) => {
                let names = |value| into_named(value, |_| Kind::Null);
                self.plain(names(base), names(over), at, trail)
            }
            Some(Rule::DependsOn) => {
                let names = |value| into_named(value, dependency);
                self.plain(names(base), names(over), at, trail)
            }
            Some(Rule::Build) => {
                let build = crate::canonical::build_mapping;
                self.plain(build(base), build(over), at, trail)
            }
            Some(Rule::Logging) => self.logging(base, over, at, trail),
            Some(Rule::Ipam) => self.ipam(base, over, at, trail),
        }
    }

    fn plain(&mut self, base: Value, over: Value, at: Cursor, trail: Trail<'_>) -> Value {
        // An empty key in an override takes nothing away.
        if over.is_null() {
            return base;
        }
        match (&base.kind, &over.kind) {
            (Kind::Mapping(_), Kind::Mapping(_)) => self.mappings(base, over, at, trail),
            (Kind::Sequence(_), Kind::Sequence(_)) => self.append(base, over, trail),
            (Kind::Mapping(_) | Kind::Sequence(_), Kind::Unknown) => base,
            (Kind::Mapping(_) | Kind::Sequence(_), _) => self.refuse(base, &over, trail),
            _ => self.replace(base, over),
        }
    }

    fn refuse(&mut self, base: Value, over: &Value, trail: Trail<'_>) -> Value {
        // A variable that is not set may well be a list.
        if over.as_scalar().is_none_or(crate::value::Scalar::is_known) {
            let path = trail.to_path();
            let message = format!("cannot override {path}");
            self.problems
                .add(ProblemKind::Merge, path, over.location, message);
        }
        base
    }

    fn replace(&mut self, base: Value, mut over: Value) -> Value {
        over.note_replaced(base, self.cause);
        over
    }

    fn mappings(&mut self, mut base: Value, over: Value, at: Cursor, trail: Trail<'_>) -> Value {
        self.note(&mut base, &over);
        let (Kind::Mapping(known), Kind::Mapping(added)) = (&mut base.kind, over.kind) else {
            return base;
        };
        for entry in added {
            let Some(value) = known.get_mut(&entry.key) else {
                known.push(entry);
                continue;
            };
            let old = std::mem::replace(value, Value::new(value.location, Kind::Null));
            let next = RULES.step(at, &entry.key);
            *value = self.merge(old, entry.value, next, Trail::Key(&trail, &entry.key));
        }
        base
    }

    fn append(&mut self, mut base: Value, over: Value, trail: Trail<'_>) -> Value {
        match (&mut base.kind, &over.kind) {
            (Kind::Null | Kind::Unknown, _) => return self.replace(base, over),
            (Kind::Sequence(_), Kind::Sequence(_)) => {}
            (_, Kind::Null | Kind::Unknown) => return base,
            _ => return self.refuse(base, &over, trail),
        }
        self.note(&mut base, &over);
        if let (Kind::Sequence(items), Kind::Sequence(added)) = (&mut base.kind, over.kind) {
            items.extend(added);
        }
        base
    }

    fn append_new(&mut self, base: Value, over: Value, trail: Trail<'_>) -> Value {
        let as_items = |value: Value| match value.kind {
            Kind::Mapping(_) => into_items(convert::into_pairs(value)),
            _ => into_items(value),
        };
        let base = as_items(base);
        let mut over = as_items(over);
        if let (Kind::Sequence(known), Kind::Sequence(added)) = (&base.kind, &mut over.kind) {
            let texts: std::collections::HashSet<_> =
                known.iter().filter_map(|item| item.as_str()).collect();
            added.retain(|item| item.as_str().is_none_or(|text| !texts.contains(text)));
        }
        self.append(base, over, trail)
    }

    /// Keys with a value each; the later value counts, even when it is null.
    fn keyed(&mut self, mut base: Value, over: Value) -> Value {
        if over.is_null() {
            return base;
        }
        if base.is_null() {
            return self.replace(base, over);
        }
        self.note(&mut base, &over);
        let (Kind::Mapping(known), Kind::Mapping(added)) = (&mut base.kind, over.kind) else {
            return base;
        };
        for mut entry in added {
            let Some(old) = known.entry_mut(&entry.key) else {
                known.push(entry);
                continue;
            };
            let empty = Value::new(old.value.location, Kind::Null);
            let replaced = std::mem::replace(&mut old.value, empty);
            entry.value.note_replaced(replaced, self.cause);
            *old = entry;
        }
        base
    }

    /// Options merge unless the drivers differ.
    fn logging(&mut self, base: Value, over: Value, at: Cursor, trail: Trail<'_>) -> Value {
        let text = |value: &Value| {
            let driver = value.get("driver")?.as_scalar()?;
            Some(driver.text.to_string())
        };
        match (text(&base), text(&over)) {
            (Some(old), Some(new)) if old != new => self.replace(base, over),
            _ => self.plain(base, over, at, trail),
        }
    }

    /// Address pools merge by subnet.
    fn ipam(&mut self, base: Value, over: Value, at: Cursor, trail: Trail<'_>) -> Value {
        let (Kind::Sequence(_), Kind::Sequence(_)) = (&base.kind, &over.kind) else {
            return self.plain(base, over, at, trail);
        };
        let subnet = |value: &Value| {
            let subnet = value.get("subnet")?.as_scalar()?;
            Some(subnet.text.to_string())
        };
        let mut base = base;
        self.note(&mut base, &over);
        if let (Kind::Sequence(pools), Kind::Sequence(added)) = (&mut base.kind, over.kind) {
            for pool in added {
                let known = subnet(&pool);
                match pools.iter_mut().find(|old| subnet(old) == known) {
                    Some(old) => {
                        let empty = Value::new(old.location, Kind::Null);
                        let taken = std::mem::replace(old, empty);
                        *old = self.plain(taken, pool, None, trail);
                    }
                    None => pools.push(pool),
                }
            }
        }
        base
    }

    fn note(&mut self, base: &mut Value, over: &Value) {
        base.note_merged(over.location, self.cause);
        // What the later value replaced on its own way here still matters.
        let replaced = |earlier: &&Earlier| matches!(earlier, Earlier::Replaced { .. });
        let inherited = over.earlier.iter().filter(replaced).cloned();
        base.earlier.extend(inherited);
        base.forget_first();
    }
}

/// A mapping of one entry and more, for values that Compose spells out.
pub(crate) fn mapping_of(entries: impl IntoIterator<Item = Entry>) -> Kind {
    Kind::Mapping(entries.into_iter().collect::<Mapping>())
}
