//! conda, mamba and micromamba.

mod environment_file;
pub(crate) mod pixi;
mod specification;

use crate::action::{Action, CondaInstall, DependencyFile, DependencyFileKind, FileState};
use crate::call::Call;
use crate::conda::specification::{add, new_install};
use crate::program::base_name;
use crate::python::builder::Opened;
use crate::text::Text;
use crate::words::options::{self, Grammar, Line, Spec, flag, parse, value};

/// Options of all programs and subcommands; `-f` names a file where it does not mean `--force`.
const COMMON: &[Spec] = &[
    value(&["--name", "-n"]),
    value(&["--prefix", "-p"]),
    value(&["--channel", "-c"]),
    value(&["--solver", "--experimental-solver"]),
    value(&["--repodata-fn"]),
    value(&["--subdir", "--platform"]),
    value(&["--root-prefix", "-r"]),
    value(&["--rc-file"]),
    value(&["--channel-priority"]),
    value(&["--category"]),
    value(&["--console"]),
    value(&["--environment-specifier", "--env-spec"]),
    flag(&["--yes", "-y"]),
    flag(&["--quiet", "-q"]),
    flag(&["--verbose", "-v"]),
    flag(&["--override-channels"]),
    flag(&["--dry-run", "-d"]),
    flag(&["--download-only"]),
    flag(&["--no-deps"]),
    flag(&["--only-deps"]),
    flag(&["--freeze-installed"]),
    flag(&["--update-deps"]),
    flag(&["--update-all", "--all"]),
    flag(&["--json"]),
    flag(&["--help", "-h"]),
];
const INSTALL: &[Spec] = &[
    value(&["--file"]),
    value(&["--revision", "--rev"]),
    value(&["--clone"]),
    value(&["--build"]),
];
const FILES: &[Spec] = &[
    value(&["--file", "-f"]),
    value(&["--revision", "--rev"]),
    value(&["--clone"]),
];
const REMOVE: &[Spec] = &[flag(&["--force", "-f"])];

pub(crate) const PROGRAM: Grammar = Grammar {
    tables: &[COMMON],
    prefixes: true,
};
const INSTALLING: Grammar = Grammar {
    tables: &[COMMON, INSTALL],
    prefixes: true,
};
const READING: Grammar = Grammar {
    tables: &[COMMON, FILES],
    prefixes: true,
};
const REMOVING: Grammar = Grammar {
    tables: &[COMMON, REMOVE],
    prefixes: true,
};

/// What the command does; `words` begins with the program.
pub(crate) fn actions(call: &Call<'_>, words: &[Text]) -> Vec<Action> {
    let tool = base_name(words[0].as_str()).to_owned();
    let Some((head, verb, rest)) = options::subcommand(&words[1..], &PROGRAM) else {
        return Vec::new();
    };
    // micromamba and mamba 2 read files with `-f`; in conda it means `--force`.
    let grammar = if tool == "conda" {
        &INSTALLING
    } else {
        &READING
    };
    match verb.as_str() {
        "install" | "create" | "update" | "upgrade" => {
            let mut line = head;
            line.append(parse(rest, grammar));
            install(call, tool, verb, &line)
        }
        "remove" | "uninstall" => {
            let names = parse(rest, &REMOVING).operands;
            if names.is_empty() {
                Vec::new()
            } else {
                vec![Action::PythonRemove(names)]
            }
        }
        "env" => environment(call, tool, rest),
        _ => Vec::new(),
    }
}

fn install(call: &Call<'_>, tool: String, verb: &Text, line: &Line) -> Vec<Action> {
    if line.unfinished || line.has("--dry-run") || line.has("--download-only") {
        return Vec::new();
    }
    let mut install = new_install(call, tool, verb);
    install.channels.extend(line.all("--channel").cloned());
    install.incomplete |= line.unknown || line.has("--clone");
    for operand in &line.operands {
        add(&mut install, operand);
    }
    let mut found = Vec::new();
    for name in line.all("--file") {
        found.extend(read_file(call, &mut install, name));
    }
    found.insert(0, Action::Conda(install));
    found
}

/// `conda env create`, `conda env update`.
fn environment(call: &Call<'_>, tool: String, words: &[Text]) -> Vec<Action> {
    let Some((_, verb, rest)) = options::subcommand(words, &READING) else {
        return Vec::new();
    };
    if !matches!(verb.as_str(), "create" | "update") {
        return Vec::new();
    }
    let line = parse(rest, &READING);
    let mut install = new_install(call, tool, verb);
    install.channels.extend(line.all("--channel").cloned());
    install.incomplete |= line.unknown;
    let mut files: Vec<Text> = line.all("--file").cloned().collect();
    for operand in &line.operands {
        if is_environment_file(operand.as_str()) {
            files.push(operand.clone());
        } else {
            add(&mut install, operand);
        }
    }
    if files.is_empty() {
        let mut implied = Text::empty(verb.at());
        implied.push("environment.yml", None);
        files.push(implied);
    }
    let mut found = Vec::new();
    for name in &files {
        found.extend(read_file(call, &mut install, name));
    }
    found.insert(0, Action::Conda(install));
    found
}

fn is_environment_file(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default();
    extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml")
}

/// An environment file, or a list of specifications. Returns what else it installs.
fn read_file(call: &Call<'_>, install: &mut CondaInstall, name: &Text) -> Vec<Action> {
    let kind = DependencyFileKind::CondaEnvironment;
    let opened = name.known().and_then(|path| call.context.files.open(path));
    let state = opened
        .as_ref()
        .map_or(FileState::NotAtHand, |(id, _)| FileState::Read(*id));
    install.files.push(DependencyFile {
        compiled: false,
        path: name.clone(),
        kind,
        state,
    });
    let Some((id, file)) = opened else {
        return Vec::new();
    };
    if is_environment_file(name.as_str()) {
        let path = name.as_str().to_owned();
        return environment_file::read(call, install, &Opened { id, file, path });
    }
    for line in crate::python::requirements_file::lines(id, file.text()) {
        match line.as_str() {
            // `@EXPLICIT` lists hold addresses of packages.
            text if text.starts_with('@') || text.starts_with("--") => {}
            _ => add(install, &line),
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::CondaPackage;
    use crate::conda::specification::read_spec;
    use crate::testing::{World, text};

    fn show(package: &CondaPackage) -> String {
        let channel = package
            .channel
            .as_ref()
            .map(|channel| format!("{channel}::"));
        let version = package
            .version
            .as_ref()
            .map(|version| format!(" {}", version.as_str()));
        let build = package
            .build
            .as_ref()
            .map(|build| format!(" build {build}"));
        let parts = [channel, Some(package.name.clone()), version, build];
        parts.into_iter().flatten().collect()
    }

    #[test]
    fn specifications_in_every_spelling() {
        for (spec, read) in [
            ("pytorch", "pytorch"),
            ("PyTorch=2.1", "pytorch 2.1"),
            ("pytorch==2.1.0", "pytorch 2.1.0"),
            ("pytorch = 2.1", "pytorch 2.1"),
            ("pytorch>=2,<3", "pytorch >=2,<3"),
            ("pytorch >=2", "pytorch >=2"),
            ("pytorch 2.1.*", "pytorch 2.1.*"),
            (
                "pytorch=2.1=py3.10_cuda12.1*",
                "pytorch 2.1 build py3.10_cuda12.1*",
            ),
            (
                "pytorch 2.1 py3.10_cuda12.1",
                "pytorch 2.1 build py3.10_cuda12.1",
            ),
            ("pytorch=*=*cuda*", "pytorch * build *cuda*"),
            (
                "pytorch[version='>=2,<3', build=cuda*]",
                "pytorch >=2,<3 build cuda*",
            ),
            ("nvidia::cuda-toolkit=12.1", "nvidia::cuda-toolkit 12.1"),
            (
                "nvidia/label/cuda-12.1.0::cuda",
                "nvidia/label/cuda-12.1.0::cuda",
            ),
            ("pytorch-cuda=$", "pytorch-cuda \u{FFFC}"),
            ("python=3.10|3.11", "python 3.10|3.11"),
        ] {
            assert_eq!(show(&read_spec(&text(spec)).unwrap()), read, "{spec}");
        }
        for spec in [
            "$",
            "$pytorch",
            "pytorch$",
            "/x/y.conda",
            "https://x/y.tar.bz2",
        ] {
            assert!(read_spec(&text(spec)).is_none(), "{spec}");
        }
    }

    #[test]
    fn command_lines() {
        for line in [
            "conda install -y -c pytorch -c nvidia pytorch==2.1 pytorch-cuda=11.8",
            "conda install -ycpytorch pytorch==2.1 -cnvidia pytorch-cuda=11.8",
            "/opt/$/bin/conda install --yes --name base pytorch==2.1 pytorch-cuda=11.8 --channel pytorch --channel=nvidia",
            "mamba create -n env -c pytorch -c nvidia pytorch=2.1 pytorch-cuda=11.8",
            "micromamba -y install -n base --override-channels -c pytorch -c nvidia pytorch=2.1 pytorch-cuda=11.8",
        ] {
            let install = World::new().conda(line);
            let packages: Vec<String> = install.packages.iter().map(show).collect();
            assert!(packages[0].starts_with("pytorch 2.1"), "{line}");
            assert_eq!(packages[1], "pytorch-cuda 11.8", "{line}");
            assert_eq!(packages.len(), 2, "{line}");
            let channels: Vec<&str> = install.channels.iter().map(Text::as_str).collect();
            assert_eq!(channels, ["pytorch", "nvidia"], "{line}");
        }
    }

    #[test]
    fn lists_of_specifications() {
        let world = World::new().file("conda.txt", "# x\npytorch=2.1\nnumpy\n");
        let install = world.conda("conda install --file conda.txt");
        assert_eq!(
            install.packages.iter().map(show).collect::<Vec<_>>(),
            ["pytorch 2.1", "numpy"]
        );
        assert_eq!(world.slice(install.packages[0].name_at), "pytorch");
    }

    #[test]
    fn commands_that_install_nothing() {
        for line in [
            "conda clean -afy",
            "conda init bash",
            "conda install --dry-run x",
            "conda activate x",
            "conda env list",
            "conda",
        ] {
            assert!(World::new().run(line).is_empty(), "{line}");
        }
        let removed = World::new().run("conda remove -y --force pytorch");
        assert!(matches!(removed.as_slice(), [Action::PythonRemove(names)] if names.len() == 1));
    }
}
