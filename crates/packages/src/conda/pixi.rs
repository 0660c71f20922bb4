//! pixi: `pixi install`, `pixi add`, `pixi global install`, `pixi run`, and its manifest.

use std::collections::HashSet;

use crate::action::{
    Action, CondaInstall, CondaPackage, DependencyFileKind, IndexUrl, NoBuildIsolation, PythonTool,
    Requirement, RequirementOrigin, VersionSpec,
};
use crate::call::Call;
use crate::conda::specification;
use crate::files::toml::{Document, Node};
use crate::python::builder::{Builder, Opened, implied, join};
use crate::python::requirement::{read_extras, read_specifiers};
use crate::python::version::normalize;
use crate::text::Text;
use crate::words::options::{self, Grammar, Line, Spec, flag, parse, parse_head, value};

const OPTIONS: &[Spec] = &[
    value(&["--manifest-path", "-m"]),
    value(&["--environment", "-e"]),
    value(&["--feature", "-f"]),
    value(&["--platform", "-p"]),
    value(&["--channel", "-c"]),
    value(&["--color"]),
    value(&["--auth-file"]),
    value(&["--concurrent-downloads"]),
    value(&["--concurrent-solves"]),
    value(&["--pinning-strategy"]),
    value(&["--pypi-keyring-provider"]),
    value(&["--with", "-w"]),
    value(&["--expose"]),
    value(&["--git", "-g"]),
    value(&["--rev"]),
    value(&["--branch"]),
    value(&["--tag"]),
    value(&["--subdir"]),
    flag(&["--pypi"]),
    flag(&["--all", "-a"]),
    flag(&["--no-install"]),
    flag(&["--no-lockfile-update"]),
    flag(&["--frozen"]),
    flag(&["--locked"]),
    flag(&["--quiet", "-q"]),
    flag(&["--verbose", "-v"]),
];
pub(crate) const GRAMMAR: Grammar = Grammar {
    tables: &[OPTIONS],
    prefixes: false,
};

/// Subcommands that run a program.
pub(crate) const RUNS: &[&str] = &["run", "r", "exec", "x"];

/// What `pixi` with these arguments does.
pub(crate) fn actions(call: &Call<'_>, args: &[Text]) -> Vec<Action> {
    let Some((mut line, verb, rest)) = options::subcommand(args, &GRAMMAR) else {
        return Vec::new();
    };
    match verb.as_str() {
        "install" | "i" | "sync" | "reinstall" => {
            line.append(parse(rest, &GRAMMAR));
            project(call, &line, verb)
        }
        "add" => {
            line.append(parse(rest, &GRAMMAR));
            add(call, &line, verb)
        }
        "run" | "r" => {
            line.append(parse_head(rest, &GRAMMAR).0);
            if has_manifest(call, &line) {
                project(call, &line, verb)
            } else {
                Vec::new()
            }
        }
        "global" | "g" => global(call, rest),
        _ => Vec::new(),
    }
}

fn global(call: &Call<'_>, words: &[Text]) -> Vec<Action> {
    let Some((mut line, verb, rest)) = options::subcommand(words, &GRAMMAR) else {
        return Vec::new();
    };
    if !matches!(verb.as_str(), "install" | "i" | "add" | "update") {
        return Vec::new();
    }
    line.append(parse(rest, &GRAMMAR));
    let mut install = new_install(call, verb);
    install.channels.extend(line.all("--channel").cloned());
    install.incomplete |= line.unknown;
    for spec in line.operands.iter().chain(line.all("--with")) {
        specification::add(&mut install, spec);
    }
    vec![Action::Conda(install)]
}

fn new_install(call: &Call<'_>, verb: &Text) -> CondaInstall {
    specification::new_install(call, "pixi".to_owned(), verb)
}

fn manifest_names(line: &Line, verb: &Text) -> Vec<Text> {
    match line.last("--manifest-path") {
        Some(path) if path.as_str().rsplit('.').next() == Some("toml") => vec![path.clone()],
        Some(folder) => ["pixi.toml", "pyproject.toml"]
            .map(|name| implied(&join(folder.as_str(), name), folder))
            .to_vec(),
        None => ["pixi.toml", "pyproject.toml"]
            .map(|name| implied(name, verb))
            .to_vec(),
    }
}

fn has_manifest(call: &Call<'_>, line: &Line) -> bool {
    let nowhere = Text::empty(call.at);
    manifest_names(line, &nowhere)
        .iter()
        .any(|name| call.context.files.open(name.as_str()).is_some())
}

/// Everything that the manifest lists for the environment.
fn project(call: &Call<'_>, line: &Line, verb: &Text) -> Vec<Action> {
    let mut builder = Builder::new(call, PythonTool::Pixi, options::after(verb));
    let mut install = new_install(call, verb);
    install.incomplete |= line.unknown;
    let names = manifest_names(line, verb);
    let opened = names
        .iter()
        .find_map(|name| builder.open_if_there(name, "", DependencyFileKind::Pixi));
    let Some(opened) = opened else {
        if let Some(name) = names.first() {
            builder.open(name, "", DependencyFileKind::Pixi);
        }
        install.files.clone_from(&builder.install.files);
        return vec![Action::Conda(install)];
    };
    install.files.clone_from(&builder.install.files);
    let environment = line.last("--environment").map_or("default", Text::as_str);
    let environment = if line.has("--all") {
        None
    } else {
        Some(environment)
    };
    read(&opened, environment, &mut install, &mut builder);
    let mut found = vec![Action::Conda(install)];
    if !builder.install.requirements.is_empty() || builder.install.incomplete {
        found.push(Action::Python(builder.install));
    }
    found
}

fn add(call: &Call<'_>, line: &Line, verb: &Text) -> Vec<Action> {
    let mut found = if has_manifest(call, line) {
        project(call, line, verb)
    } else {
        Vec::new()
    };
    if line.has("--no-install") {
        return Vec::new();
    }
    if line.has("--pypi") {
        let mut builder = Builder::new(call, PythonTool::Pixi, options::after(verb));
        for operand in &line.operands {
            builder.want(operand, &RequirementOrigin::Command);
        }
        found.insert(0, Action::Python(builder.install));
    } else {
        let mut install = new_install(call, verb);
        for operand in &line.operands {
            specification::add(&mut install, operand);
        }
        found.insert(0, Action::Conda(install));
    }
    found
}

/// Reads a manifest. `None` for `environment` takes all of them.
fn read(
    opened: &Opened,
    environment: Option<&str>,
    install: &mut CondaInstall,
    builder: &mut Builder<'_>,
) {
    let document = Document::parse(opened.id, opened.file.text());
    let whole = document.root();
    let Some(root) = whole.path(&["tool", "pixi"]).or(Some(whole.clone())) else {
        return;
    };
    for table in ["workspace", "project"] {
        for channel in root
            .get(table)
            .map(|table| table.items_of("channels"))
            .unwrap_or_default()
        {
            install
                .channels
                .extend(channel.text().or_else(|| channel.text_of("channel")));
        }
    }
    let features = features(&root, environment);
    let mut reader = Reader {
        origin: RequirementOrigin::File { file: opened.id },
        install,
        builder,
    };
    if features.default {
        reader.feature(&root);
        if let Some(table) = ["workspace", "project"]
            .iter()
            .find_map(|table| root.path(&[table, "pypi-options"]))
        {
            reader.pypi_options(&table);
        }
    }
    for (name, feature) in root
        .get("feature")
        .map(|features| features.entries())
        .unwrap_or_default()
    {
        if features.all || features.names.contains(name.as_str()) {
            reader.feature(&feature);
        }
    }
    if features.default
        && let Some(list) = whole.path(&["project", "dependencies"])
    {
        for text in list.items().iter().filter_map(Node::text) {
            reader.builder.want(&text, &reader.origin);
        }
    }
}

/// Which features an environment is made of.
struct Features {
    default: bool,
    all: bool,
    names: HashSet<String>,
}

fn features(root: &Node<'_>, environment: Option<&str>) -> Features {
    let Some(environment) = environment else {
        return Features {
            default: true,
            all: true,
            names: HashSet::new(),
        };
    };
    let given = root.path(&["environments", environment]);
    let default = given
        .as_ref()
        .is_none_or(|given| !given.is_true("no-default-feature"));
    let list = given.map(|given| {
        if given.is_table() {
            given.items_of("features")
        } else {
            given.items()
        }
    });
    let names = list
        .unwrap_or_default()
        .iter()
        .filter_map(|name| name.str().map(str::to_owned))
        .collect();
    Features {
        default,
        all: false,
        names,
    }
}

struct Reader<'r, 'c> {
    origin: RequirementOrigin,
    install: &'r mut CondaInstall,
    builder: &'r mut Builder<'c>,
}

impl Reader<'_, '_> {
    /// The tables of a feature, with those for Linux.
    fn feature(&mut self, table: &Node<'_>) {
        self.tables(table);
        for channel in table.items_of("channels") {
            self.install
                .channels
                .extend(channel.text().or_else(|| channel.text_of("channel")));
        }
        if let Some(options) = table.get("pypi-options") {
            self.pypi_options(&options);
        }
        if let Some(cuda) = table.path(&["system-requirements", "cuda"]) {
            self.install.system_cuda = cuda.text().or_else(|| cuda.text_of("version"));
        }
        for target in ["unix", "linux", "linux-64"] {
            if let Some(table) = table.path(&["target", target]) {
                self.tables(&table);
            }
        }
    }

    fn tables(&mut self, table: &Node<'_>) {
        for key in ["dependencies", "host-dependencies", "build-dependencies"] {
            // In a pyproject.toml `[tool.pixi]` has no `project`, and lists are PEP 621.
            for (name, value) in table
                .get(key)
                .map(|table| table.entries())
                .unwrap_or_default()
            {
                self.install.packages.push(conda_package(name, &value));
            }
        }
        for (name, value) in table
            .get("pypi-dependencies")
            .map(|table| table.entries())
            .unwrap_or_default()
        {
            self.pypi(&name, &value);
        }
    }

    fn pypi(&mut self, name: &Text, value: &Node<'_>) {
        let version = value.text().or_else(|| value.text_of("version"));
        let spec = version.map_or(VersionSpec::Any, |version| match version.as_str().trim() {
            "*" => VersionSpec::Any,
            _ => read_specifiers(&version, version.all()),
        });
        let index = value.text_of("index").map(|url| IndexUrl {
            url,
            by: "pixi".to_owned(),
        });
        let path = value.text_of("path");
        if let Some(path) = &path
            && path.as_str().rsplit('.').next() != Some("whl")
        {
            self.builder.install.projects.push(path.clone());
            return;
        }
        self.builder.require(Requirement {
            name: normalize(name.as_str()),
            name_at: name.at(),
            extras: read_extras(
                &value
                    .items_of("extras")
                    .iter()
                    .filter_map(Node::str)
                    .collect::<Vec<_>>()
                    .join(","),
            ),
            version: spec,
            marker: None,
            url: path
                .or_else(|| value.text_of("url"))
                .or_else(|| value.text_of("git")),
            text: name.clone(),
            origin: self.origin.clone(),
            index,
        });
    }

    fn pypi_options(&mut self, options: &Node<'_>) {
        if let Some(url) = options.text_of("index-url") {
            self.builder.primary(&url, "pixi");
        }
        for url in options.texts_of("extra-index-urls") {
            self.builder.extra(&url, "pixi");
        }
        for link in options.items_of("find-links") {
            if let Some(url) = link.text_of("url").or_else(|| link.text_of("path")) {
                self.builder.find_links(&url, "pixi");
            }
        }
        let names: Vec<String> = options
            .items_of("no-build-isolation")
            .iter()
            .filter_map(|name| name.str().map(normalize))
            .collect();
        if options.is_true("no-build-isolation") {
            self.builder.install.no_build_isolation = NoBuildIsolation::All;
        } else if !names.is_empty() {
            self.builder.install.no_build_isolation = NoBuildIsolation::Packages(names);
        }
    }
}

fn conda_package(name: Text, value: &Node<'_>) -> CondaPackage {
    let version = value
        .text()
        .or_else(|| value.text_of("version"))
        .map(|version| {
            let text = version.as_str();
            let plain = text.trim_start_matches(['=', ' ']);
            version.slice(text.len() - plain.len()..text.len())
        });
    CondaPackage {
        name: name.as_str().to_ascii_lowercase(),
        name_at: name.at(),
        channel: value.str_of("channel").map(str::to_owned),
        version,
        build: value.str_of("build").map(str::to_owned),
        text: name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{World, show};

    const MANIFEST: &str = r#"
[workspace]
channels = ["conda-forge", "nvidia"]
platforms = ["linux-64"]
[system-requirements]
cuda = "12.1"
[dependencies]
python = "3.11.*"
pytorch-gpu = { version = "==2.5.1", build = "cuda*", channel = "conda-forge" }
[pypi-dependencies]
torch = { version = "==2.5.1", index = "https://download.pytorch.org/whl/cu121" }
flash_attn = "*"
demo = { path = ".", editable = true }
[pypi-options]
no-build-isolation = ["flash-attn"]
[target.osx-arm64.dependencies]
mac = "*"
[target.linux-64.dependencies]
cuda-toolkit = "12.1.*"
[feature.test.dependencies]
pytest = "*"
[environments]
test = ["test"]
lean = { features = ["test"], no-default-feature = true }
"#;

    fn conda(world: &World, line: &str) -> String {
        let install = world.conda(line);
        let one = |package: &CondaPackage| match &package.version {
            Some(version) => format!("{} {}", package.name, version.as_str()),
            None => package.name.clone(),
        };
        install
            .packages
            .iter()
            .map(one)
            .collect::<Vec<_>>()
            .join(", ")
    }

    #[test]
    fn a_manifest() {
        let world = World::new().file("pixi.toml", MANIFEST);
        assert_eq!(
            conda(&world, "pixi install"),
            "python 3.11.*, pytorch-gpu 2.5.1, cuda-toolkit 12.1.*"
        );
        assert_eq!(conda(&world, "pixi install -e lean --frozen"), "pytest *");
        let install = world.conda("pixi install");
        assert_eq!(install.system_cuda.unwrap().as_str(), "12.1");
        assert_eq!(install.packages[1].build.as_deref(), Some("cuda*"));
        assert_eq!(install.channels.len(), 2);
        let python = world.python("pixi install --environment test");
        assert_eq!(show(&python.requirements), "torch 2.5.1, flash-attn");
        assert_eq!(
            python.requirements[0].index.as_ref().unwrap().url.as_str(),
            "https://download.pytorch.org/whl/cu121"
        );
        assert_eq!(
            python.no_build_isolation,
            NoBuildIsolation::Packages(vec!["flash-attn".to_owned()])
        );
        assert_eq!(world.run("pixi run pip install x").len(), 3);
    }

    #[test]
    fn a_pyproject() {
        let world = World::new().file(
            "pyproject.toml",
            "[project]\nname='x'\ndependencies=['torch==2.1']\n[tool.pixi.workspace]\nchannels=['c']\n[tool.pixi.dependencies]\npython='3.11'\n",
        );
        assert_eq!(conda(&world, "pixi install"), "python 3.11");
        assert_eq!(
            show(&world.python("pixi install").requirements),
            "torch 2.1"
        );
    }

    #[test]
    fn adding_and_global_tools() {
        assert_eq!(
            conda(&World::new(), "pixi add pytorch=2.1 numpy"),
            "pytorch 2.1, numpy"
        );
        assert_eq!(
            show(
                &World::new()
                    .python("pixi add --pypi torch==2.1")
                    .requirements
            ),
            "torch 2.1"
        );
        assert_eq!(conda(&World::new(), "pixi global install -c x gcc"), "gcc");
        assert_eq!(World::new().conda("pixi install").files.len(), 1);
    }
}
