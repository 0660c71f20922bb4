//! The floors of `derive`, and circles of files, read from the imports of the code itself.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The rooms of `derive` from the bottom up; those with the same number do not know each other. What stands beside
/// them is below them all.
const FLOORS: &[(&str, usize)] = &[
    ("shell", 1),
    ("effects", 2),
    ("image", 3),
    ("environment", 4),
    ("machine", 5),
    ("service", 5),
];

/// A module: its parts from the root of the crate, `["derive", "image", "walk"]`.
type Module = Vec<String>;

/// What a file says of modules.
#[derive(Default)]
struct File {
    /// The paths of its `use` lines, and those that stand in its code.
    imports: Vec<Module>,
    /// The paths of its `pub use` lines, by the name that they give.
    exports: BTreeMap<String, Module>,
}

/// The files of one crate by the module that each is.
struct Crate {
    files: BTreeMap<Module, File>,
}

impl Crate {
    fn read(folder: &Path) -> Self {
        let paths = ignore::Walk::new(folder).map(|entry| entry.unwrap().into_path());
        let paths = paths.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
        let texts: Vec<(Module, String)> = paths
            .map(|path| {
                let text = std::fs::read_to_string(&path).unwrap();
                (module_of(path.strip_prefix(folder).unwrap()), text)
            })
            .collect();
        Self::of(&texts)
    }

    fn of(texts: &[(Module, String)]) -> Self {
        let known: BTreeSet<&Module> = texts.iter().map(|(module, _)| module).collect();
        let files = texts.iter().map(|(module, text)| {
            let mut file = File::default();
            for (path, exported) in paths(text) {
                let Some(path) = absolute(module, &path, &known) else {
                    continue;
                };
                if let Some(name) = exported {
                    file.exports.insert(name, path.clone());
                }
                file.imports.push(path);
            }
            (module.clone(), file)
        });
        Self {
            files: files.collect(),
        }
    }

    /// The file that a path comes to, through doors that hand on what others define.
    fn find(&self, path: &[String], left: usize) -> Option<&Module> {
        let mut at = Module::new();
        let mut rest = path.iter();
        for part in rest.by_ref() {
            at.push(part.clone());
            if self.files.contains_key(&at) {
                continue;
            }
            at.pop();
            let exported = self.files.get(&at)?.exports.get(part);
            if let Some(target) = exported.filter(|target| left > 0 && *target != path) {
                return self.find(target, left - 1);
            }
            break;
        }
        self.files.get_key_value(&at).map(|(module, _)| module)
    }

    /// Which file imports from which.
    fn edges(&self) -> BTreeMap<&Module, BTreeSet<&Module>> {
        let edges = self.files.iter().map(|(module, file)| {
            let imports = file.imports.iter().filter_map(|path| self.find(path, 8));
            (module, imports.filter(|other| *other != module).collect())
        });
        edges.collect()
    }
}

/// `derive/image/mod.rs` is `derive::image`, `lib.rs` the root.
fn module_of(path: &Path) -> Module {
    let path = path.with_extension("");
    let parts = path.iter().map(|part| part.to_str().unwrap().to_owned());
    let mut parts: Module = parts.collect();
    if matches!(
        parts.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        parts.pop();
    }
    parts
}

/// A path seen from the root of the crate; `None` where it leads into another crate.
fn absolute(module: &Module, path: &[String], known: &BTreeSet<&Module>) -> Option<Module> {
    let mut from = module.clone();
    let mut parts = path.iter().peekable();
    match parts.peek()?.as_str() {
        "crate" => from.clear(),
        "self" => {}
        "super" => {
            from.pop();
        }
        child => {
            let mut below = module.clone();
            below.push(child.to_owned());
            return known
                .contains(&below)
                .then(|| module.iter().chain(path).cloned().collect());
        }
    }
    parts.next();
    while parts.next_if(|part| *part == "super").is_some() {
        from.pop();
    }
    from.extend(parts.cloned());
    Some(from)
}

/// The code without comments and without the test module, which may look at everything.
fn code(text: &str) -> String {
    let lines = text.lines();
    let lines = lines.take_while(|line| *line != "#[cfg(test)]" && *line != "mod tests {");
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Every path of a `use` line, with the name under which a `pub use` hands it on; and the paths that stand in the code.
fn paths(text: &str) -> Vec<(Module, Option<String>)> {
    let code = code(text);
    let mut found = Vec::new();
    let mut rest = String::new();
    for statement in code.split_inclusive(';') {
        let (before, tree) = match statement.rfind("use ") {
            Some(at) if is_start(&statement[..at]) => statement.split_at(at),
            _ => {
                rest.push_str(statement);
                continue;
            }
        };
        let exported = before.trim_end().lines().last().unwrap_or_default();
        let exported = exported.trim().starts_with("pub");
        let tree = tree.trim_start_matches("use ").trim_end_matches(';');
        leaves(tree, &[], &mut |path, name| {
            found.push((path, exported.then_some(name)));
        });
        rest.push_str(before);
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    for word in rest.split(|c| !is_part(c)) {
        let path: Module = word.split("::").map(str::to_owned).collect();
        let root = path.first().map_or("", String::as_str);
        if path.len() > 1 && matches!(root, "crate" | "self" | "super") {
            found.push((path, None));
        }
    }
    found
}

/// Whether a `use` that follows begins a line, or stands behind `pub` or `pub(…)`.
fn is_start(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    line.is_empty() || line == "pub" || (line.starts_with("pub(") && line.ends_with(')'))
}

/// The single paths of `a::{b, c::{self, d as e}}`, each with the name that it gets.
fn leaves(tree: &str, above: &[String], found: &mut dyn FnMut(Module, String)) {
    let tree = tree.trim();
    let (path, inside) = match tree.split_once('{') {
        Some((path, inside)) => (path, inside.strip_suffix('}')),
        None => (tree, None),
    };
    let (path, alias) = match path.split_once(" as ") {
        Some((path, alias)) => (path, Some(alias.trim().to_owned())),
        None => (path, None),
    };
    let parts = path.split("::").map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    let mut whole: Module = above.to_vec();
    whole.extend(parts.map(str::to_owned));
    let Some(inside) = inside else {
        if whole.len() > 1
            && whole
                .last()
                .is_some_and(|last| last == "self" || last == "*")
        {
            whole.pop();
        }
        let name = alias.or_else(|| whole.last().cloned());
        found(whole, name.unwrap_or_default());
        return;
    };
    let (mut depth, mut from) = (0, 0);
    for (at, letter) in inside.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                leaves(&inside[from..at], &whole, found);
                from = at + 1;
            }
            _ => {}
        }
    }
    if !inside[from..].trim().is_empty() {
        leaves(&inside[from..], &whole, found);
    }
}

/// The groups of files that reach each other.
fn circles(edges: &BTreeMap<&Module, BTreeSet<&Module>>) -> Vec<BTreeSet<String>> {
    let reach = |from: &Module| {
        let mut seen: BTreeSet<&Module> = BTreeSet::new();
        let mut open: Vec<&Module> = edges[from].iter().copied().collect();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(&edges[next]);
            }
        }
        seen
    };
    let reached: BTreeMap<&Module, BTreeSet<&Module>> = edges
        .keys()
        .map(|module| (*module, reach(module)))
        .collect();
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for (module, seen) in &reached {
        if !seen.contains(*module) {
            continue;
        }
        let group = seen
            .iter()
            .filter(|other| reached[*other].contains(*module));
        let group: BTreeSet<String> = group.map(|other| other.join("::")).collect();
        if !found.contains(&group) {
            found.push(group);
        }
    }
    found
}

fn of_the_house(name: &str) -> Crate {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    Crate::read(&root.join("crates").join(name).join("src"))
}

fn linter() -> Crate {
    of_the_house("linter")
}

/// The floor of a module of `derive`; `None` outside.
fn floor(module: &Module) -> Option<usize> {
    if module.first()? != "derive" {
        return None;
    }
    let room = module.get(1).map_or("", String::as_str);
    let row = FLOORS.iter().find(|(name, _)| *name == room);
    Some(row.map_or(0, |(_, floor)| *floor))
}

#[test]
fn derive_imports_downwards_only() {
    let linter = linter();
    let mut broken = Vec::new();
    for (module, imports) in linter.edges() {
        let Some(own) = floor(module).filter(|_| module.len() > 1) else {
            continue;
        };
        for other in imports {
            let same_room = module.get(1) == other.get(1);
            let below = floor(other).is_some_and(|floor| floor < own);
            if !(below
                || (same_room && floor(other).is_some())
                || (own == 0 && floor(other) == Some(0)))
            {
                broken.push(format!(
                    "{} imports {}",
                    module.join("::"),
                    other.join("::")
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_circle_of_files_is_in_derive() {
    let linter = linter();
    let edges = linter.edges();
    let circles: Vec<BTreeSet<String>> = circles(&edges)
        .into_iter()
        .filter(|circle| circle.iter().any(|module| module.starts_with("derive")))
        .collect();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn no_circle_of_files_is_above_the_rules() {
    for name in ["workspace", "env-doctor"] {
        let read = of_the_house(name);
        let circles = circles(&read.edges());
        assert!(circles.is_empty(), "{name}: {circles:#?}");
    }
}

#[test]
fn every_room_has_a_floor() {
    let linter = linter();
    let rooms = linter
        .files
        .keys()
        .filter(|module| module.len() > 2 && module[0] == "derive");
    let rooms: BTreeSet<&str> = rooms.map(|module| module[1].as_str()).collect();
    let floors: BTreeSet<&str> = FLOORS.iter().map(|(name, _)| *name).collect();
    assert_eq!(rooms, floors);
}

fn sample(files: &[(&str, &str)]) -> Crate {
    let texts: Vec<(Module, String)> = files
        .iter()
        .map(|(path, text)| (module_of(Path::new(path)), (*text).to_owned()))
        .collect();
    Crate::of(&texts)
}

#[test]
fn imports_are_followed_through_doors() {
    let found = sample(&[
        ("lib.rs", "mod a;\nmod b;\n"),
        (
            "a/mod.rs",
            "mod one;\npub(crate) mod two;\n\npub use one::{One, other as name};\n",
        ),
        (
            "a/one.rs",
            "use super::two::{self, Two};\n// use crate::b;\n",
        ),
        (
            "a/two.rs",
            "fn x() { crate::b::call() }\n#[cfg(test)]\nmod tests {\n    use super::super::one;\n}\n",
        ),
        ("b.rs", "use std::fmt;\n\nuse crate::a::name;\n"),
    ]);
    let edges = found.edges();
    let of = |path: &str| -> Vec<String> {
        let module = module_of(Path::new(path));
        edges[&module]
            .iter()
            .map(|other| other.join("::"))
            .collect()
    };
    assert_eq!(of("b.rs"), ["a::one"]);
    assert_eq!(of("a/one.rs"), ["a::two"]);
    assert_eq!(of("a/two.rs"), ["b"]);
    assert_eq!(circles(&edges).len(), 1);
}
