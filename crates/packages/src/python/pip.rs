//! pip's command line: `pip [options] install [options] …`.

use crate::action::{Action, NoBuildIsolation, PythonTool, RequirementOrigin};
use crate::call::{Call, Variable};
use crate::python::builder::Builder;
use crate::python::requirements_file;
use crate::text::Text;
use crate::words::options::{self, Grammar, Line, Spec, flag, parse, value};

/// Options of every subcommand, and those of older versions.
const GENERAL: &[Spec] = &[
    flag(&["--help", "-h"]),
    flag(&["--debug"]),
    flag(&["--isolated"]),
    flag(&["--require-virtualenv", "--require-venv"]),
    value(&["--python"]),
    flag(&["--verbose", "-v"]),
    flag(&["--version", "-V"]),
    flag(&["--quiet", "-q"]),
    value(&["--log", "--log-file", "--local-log"]),
    flag(&["--no-input"]),
    value(&["--keyring-provider"]),
    value(&["--proxy"]),
    flag(&["--no-proxy-env"]),
    value(&["--retries"]),
    value(&["--timeout", "--default-timeout"]),
    value(&["--exists-action"]),
    value(&["--trusted-host"]),
    value(&["--cert"]),
    value(&["--client-cert"]),
    value(&["--cache-dir"]),
    flag(&["--no-cache-dir"]),
    flag(&["--disable-pip-version-check"]),
    flag(&["--no-color"]),
    flag(&["--no-python-version-warning"]),
    value(&["--use-feature"]),
    value(&["--use-deprecated"]),
    value(&["--resume-retries"]),
];

/// Options of `install`, `download`, `wheel` and `lock`.
const INSTALL: &[Spec] = &[
    value(&["--requirement", "-r"]),
    value(&["--constraint", "-c"]),
    value(&["--build-constraint"]),
    value(&["--requirements-from-script"]),
    value(&["--editable", "-e"]),
    flag(&["--no-deps", "--no-dependencies"]),
    flag(&["--only-deps", "--only-dependencies"]),
    flag(&["--dry-run"]),
    value(&["--target", "-t"]),
    value(&["--platform"]),
    value(&["--python-version"]),
    value(&["--implementation"]),
    value(&["--abi"]),
    flag(&["--user"]),
    flag(&["--no-user"]),
    value(&["--root"]),
    value(&["--prefix"]),
    value(&["--src", "--source", "--source-dir", "--source-directory"]),
    flag(&["--upgrade", "-U"]),
    value(&["--upgrade-strategy"]),
    flag(&["--force-reinstall"]),
    flag(&["--ignore-installed", "-I"]),
    flag(&["--ignore-requires-python"]),
    flag(&["--no-build-isolation"]),
    flag(&["--use-pep517"]),
    flag(&["--no-use-pep517"]),
    flag(&["--check-build-dependencies"]),
    flag(&["--break-system-packages"]),
    value(&["--config-settings", "-C", "--config-setting"]),
    value(&["--global-option"]),
    value(&["--install-option"]),
    value(&["--build-option"]),
    flag(&["--compile"]),
    flag(&["--no-compile"]),
    flag(&["--no-warn-script-location"]),
    flag(&["--no-warn-conflicts"]),
    value(&["--no-binary"]),
    value(&["--only-binary"]),
    flag(&["--prefer-binary"]),
    flag(&["--require-hashes"]),
    flag(&["--no-require-hashes"]),
    value(&["--progress-bar"]),
    value(&["--root-user-action"]),
    value(&["--report"]),
    value(&["--group"]),
    flag(&["--no-clean"]),
    flag(&["--pre"]),
    value(&["--all-releases"]),
    value(&["--only-final"]),
    value(&["--index-url", "-i", "--pypi-url"]),
    value(&["--extra-index-url"]),
    flag(&["--no-index"]),
    value(&["--find-links", "-f"]),
    value(&["--refresh-package"]),
    value(&["--uploaded-prior-to"]),
    value(&["--build", "-b", "--build-dir", "--build-directory"]),
    flag(&["--process-dependency-links"]),
];

const DOWNLOAD: &[Spec] = &[
    value(&[
        "--dest",
        "-d",
        "--destination-dir",
        "--destination-directory",
    ]),
    value(&["--wheel-dir", "-w"]),
    value(&["--output", "-o"]),
];
const UNINSTALL: &[Spec] = &[
    value(&["--requirement", "-r"]),
    flag(&["--yes", "-y"]),
    value(&["--root-user-action"]),
    flag(&["--break-system-packages"]),
];
const CONFIG: &[Spec] = &[
    value(&["--editor"]),
    flag(&["--global"]),
    flag(&["--user"]),
    flag(&["--site"]),
];

pub(crate) const PROGRAM: Grammar = Grammar {
    tables: &[GENERAL, INSTALL],
    prefixes: true,
};
const DOWNLOADING: Grammar = Grammar {
    tables: &[GENERAL, INSTALL, DOWNLOAD],
    prefixes: true,
};
const UNINSTALLING: Grammar = Grammar {
    tables: &[GENERAL, UNINSTALL],
    prefixes: true,
};
const CONFIGURING: Grammar = Grammar {
    tables: &[GENERAL, CONFIG],
    prefixes: true,
};

/// What `pip` with these arguments does.
pub(crate) fn actions(call: &Call<'_>, args: &[Text]) -> Vec<Action> {
    let Some((mut line, verb, rest)) = options::subcommand(args, &PROGRAM) else {
        return Vec::new();
    };
    match verb.as_str() {
        "install" => {
            line.append(parse(rest, &PROGRAM));
            install(call, verb, &line, false)
        }
        "download" | "wheel" | "lock" => {
            line.append(parse(rest, &DOWNLOADING));
            install(call, verb, &line, true)
        }
        "uninstall" => vec![Action::PythonRemove(parse(rest, &UNINSTALLING).operands)],
        "config" => config(&parse(rest, &CONFIGURING)).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// `pip config set KEY VALUE`.
fn config(line: &Line) -> Option<Action> {
    match line.operands.as_slice() {
        [verb, key, value] if verb.as_str() == "set" => Some(Action::PipConfig {
            key: key.as_str().to_owned(),
            value: value.clone(),
        }),
        _ => None,
    }
}

fn install(call: &Call<'_>, verb: &Text, line: &Line, dry_run: bool) -> Vec<Action> {
    if line.unfinished {
        return Vec::new();
    }
    let mut builder = Builder::new(call, PythonTool::Pip, options::after(verb));
    if line.is_unclear() {
        builder.unknown_word();
    }
    if let Some(python) = line.last("--python") {
        builder.install.python = Some(python.clone());
    }
    environment(&mut builder);
    arguments(&mut builder, line);
    builder.install.dry_run = dry_run || line.has("--dry-run") || line.has("--platform");
    vec![Action::Python(builder.install)]
}

/// pip's options on a command line, requirements included.
pub(crate) fn arguments(builder: &mut Builder<'_>, line: &Line) {
    let install = &mut builder.install;
    install.no_deps |= line.has("--no-deps");
    install.no_index |= line.has("--no-index");
    install.pre |= line.has("--pre");
    install.upgrade |= ["--upgrade", "--force-reinstall", "--ignore-installed"]
        .iter()
        .any(|name| line.has(name));
    if line.has("--no-build-isolation") || line.has("--no-use-pep517") {
        install.no_build_isolation = NoBuildIsolation::All;
    }
    let target = ["--target", "--prefix", "--root"]
        .iter()
        .find_map(|name| line.last(name))
        .cloned();
    install.target = target.or(install.target.take());
    if let Some(url) = line.last("--index-url") {
        builder.primary(url, "--index-url");
    }
    for url in line.all("--extra-index-url") {
        builder.extra(url, "--extra-index-url");
    }
    for url in line.all("--find-links") {
        builder.find_links(url, "--find-links");
    }
    for option in &line.options {
        let Some(value) = &option.value else { continue };
        match option.name {
            "--requirement" => requirements_file::read(builder, value, false),
            "--constraint" => requirements_file::read(builder, value, true),
            "--editable" => builder.want_editable(value, &RequirementOrigin::Command),
            "--group" => crate::python::project::group(builder, value),
            "--requirements-from-script" => builder.install.incomplete = true,
            _ => {}
        }
    }
    for operand in &line.operands {
        builder.want(operand, &RequirementOrigin::Command);
    }
}

/// What `PIP_…` variables set; the command line adds to it.
pub(crate) fn environment(builder: &mut Builder<'_>) {
    if let Some(url) = builder
        .index_variable("PIP_INDEX_URL")
        .or_else(|| builder.index_variable("PIP_PYPI_URL"))
    {
        builder.primary(&url, "PIP_INDEX_URL");
    }
    if let Some(urls) = builder.index_variable("PIP_EXTRA_INDEX_URL") {
        for url in options::blank_separated(&urls) {
            builder.extra(&url, "PIP_EXTRA_INDEX_URL");
        }
    }
    if let Some(urls) = builder.index_variable("PIP_FIND_LINKS") {
        for url in options::blank_separated(&urls) {
            builder.find_links(&url, "PIP_FIND_LINKS");
        }
    }
    if builder
        .index_variable("PIP_CONFIG_FILE")
        .is_some_and(|path| path.as_str() != "/dev/null")
    {
        builder.install.indexes.unknown = true;
    }
    let call = builder.call;
    let switch = |name| call.switch(name) == Some(true);
    let install = &mut builder.install;
    install.no_deps |= switch("PIP_NO_DEPS") || switch("PIP_NO_DEPENDENCIES");
    install.no_index |= switch("PIP_NO_INDEX");
    install.pre |= switch("PIP_PRE");
    install.upgrade |=
        switch("PIP_UPGRADE") || switch("PIP_FORCE_REINSTALL") || switch("PIP_IGNORE_INSTALLED");
    // pip stores the variable's value in `build_isolation` as it is, so that *false* switches isolation off.
    if call.switch("PIP_NO_BUILD_ISOLATION") == Some(false) {
        install.no_build_isolation = NoBuildIsolation::All;
    }
    if let Variable::Known(target) = call.variable("PIP_TARGET") {
        install.target = Some(target);
    }
    for (name, constraints) in [("PIP_CONSTRAINT", true), ("PIP_REQUIREMENT", false)] {
        match call.variable(name) {
            Variable::Known(paths) => {
                for path in options::blank_separated(&paths) {
                    requirements_file::read(builder, &path, constraints);
                }
            }
            Variable::Unknown => builder.install.incomplete = true,
            Variable::Unset => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{World, show};

    #[test]
    fn options_stand_anywhere() {
        for line in [
            "pip install torch==2.1 --index-url https://x/cu121",
            "pip install -i https://x/cu121 torch==2.1",
            "pip install -ihttps://x/cu121 -qU torch==2.1",
            "pip install --index-url=https://x/cu121 --no-cache-dir torch==2.1",
            "pip --no-cache-dir --timeout 100 install --index https://x/cu121 torch==2.1",
            "pip install --platform manylinux2014 --python-version 3.10 --only-binary :all: -i https://x/cu121 torch==2.1",
            "PIP_INDEX_URL=https://x/cu121 pip install torch==2.1",
            "pip install --config-settings a=b --global-option c --no-binary d --trusted-host e -i https://x/cu121 torch==2.1",
        ] {
            let install = World::new().python(line);
            assert_eq!(show(&install.requirements), "torch 2.1", "{line}");
            assert_eq!(
                install.indexes.primary.unwrap().url.as_str(),
                "https://x/cu121",
                "{line}"
            );
            assert!(!install.incomplete, "{line}");
        }
    }

    #[test]
    fn switches() {
        let install = World::new()
            .python("pip install --pre --no-deps --no-build-isol -U --target /x --no-index torch");
        assert!(install.pre && install.no_deps && install.upgrade && install.no_index);
        assert_eq!(install.no_build_isolation, NoBuildIsolation::All);
        assert_eq!(install.target.unwrap().as_str(), "/x");
        assert!(World::new().python("pip install --dry-run torch").dry_run);
        assert!(World::new().python("pip download -d /x torch").dry_run);
        assert!(World::new().python("pip wheel -w /x torch").dry_run);
    }

    #[test]
    fn the_environment_gives_indexes() {
        let world = World::new()
            .variable("PIP_EXTRA_INDEX_URL", Some("https://a https://b"))
            .variable("PIP_FIND_LINKS", Some("https://f"))
            .variable("PIP_INDEX_URL", Some("https://env"));
        let install = world.python("pip install --extra-index-url https://c torch");
        let extra: Vec<&str> = install
            .indexes
            .extra
            .iter()
            .map(|index| index.url.as_str())
            .collect();
        assert_eq!(extra, ["https://a", "https://b", "https://c"]);
        assert_eq!(
            install.indexes.primary.as_ref().unwrap().by,
            "PIP_INDEX_URL"
        );
        assert_eq!(install.indexes.find_links.len(), 1);
        let install = world.python("PIP_INDEX_URL=https://own pip install -i https://cli torch");
        assert_eq!(install.indexes.primary.unwrap().url.as_str(), "https://cli");
        let install = world.python("PIP_INDEX_URL=https://own pip install torch");
        assert_eq!(install.indexes.primary.unwrap().url.as_str(), "https://own");
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        let world = World::new().variable("PIP_INDEX_URL", None);
        assert!(world.python("pip install torch").indexes.unknown);
        let install = World::new().python("pip install $ torch==$");
        assert!(install.incomplete && install.indexes.unknown);
        assert_eq!(show(&install.requirements), "torch unknown");
        let install = World::new().python("pip install --new https://x torch");
        assert!(install.incomplete && install.indexes.unknown);
        let install = World::new().python("pip install torch -i https://x/$");
        assert!(install.indexes.unknown && !install.incomplete);
    }

    #[test]
    fn the_isolation_variable_means_its_opposite() {
        for (value, expected) in [
            ("0", NoBuildIsolation::All),
            ("false", NoBuildIsolation::All),
            ("1", NoBuildIsolation::No),
            ("", NoBuildIsolation::No),
        ] {
            let world = World::new().variable("PIP_NO_BUILD_ISOLATION", Some(value));
            assert_eq!(
                world.python("pip install x").no_build_isolation,
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn an_option_without_its_value_installs_nothing() {
        for line in [
            "pip install torch --index-url",
            "pip install torch --index-ur",
            "pip install -qi",
            "pip wheel torch -w",
            "uv pip install torch --index-url",
            "conda install pytorch -c",
        ] {
            assert_eq!(World::new().run(line).len(), 0, "{line}");
        }
        // An index that is not known is given all the same.
        assert_eq!(World::new().run("pip install torch --index-url $").len(), 1);
    }

    #[test]
    fn removing_and_configuring() {
        let removed = World::new().run("pip uninstall -y torch torchvision");
        let [Action::PythonRemove(names)] = removed.as_slice() else {
            panic!()
        };
        assert_eq!(
            names.iter().map(Text::as_str).collect::<Vec<_>>(),
            ["torch", "torchvision"]
        );
        let set = World::new().run("pip config --global set global.index-url https://x");
        let [Action::PipConfig { key, value }] = set.as_slice() else {
            panic!()
        };
        assert_eq!(
            (key.as_str(), value.as_str()),
            ("global.index-url", "https://x")
        );
        assert!(World::new().run("pip config list").is_empty());
    }

    #[test]
    fn an_option_can_be_put_behind_the_subcommand() {
        let line = "pip3.10 -q install torch";
        let install = World::new().python(line);
        assert_eq!(
            &line[..install.options_at.span.start as usize],
            "pip3.10 -q install"
        );
        assert!(install.options_at.span.is_empty());
        assert_eq!(install.python_version(), Some((3, 10)));
    }
}
