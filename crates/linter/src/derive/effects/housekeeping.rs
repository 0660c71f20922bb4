//! Calls that change nothing of what we follow: questions to a program, package managers that tidy up, and
//! well-known installers of other things.

use packages::program::{base_name, is_pip, is_shell};

use crate::derive::shell::Command;

/// Addresses of installers that bring one tool and no CUDA.
const INSTALLER_ADDRESSES: &[&str] = &[
    "astral.sh/uv",
    "sh.rustup.rs",
    "nodesource.com/setup",
    "install.python-poetry.org",
    "nvm-sh/nvm",
    "pixi.sh/install",
    "micro.mamba.pm",
    "deno.land/install",
    "bun.sh/install",
    "get.docker.com",
    "git-lfs/install",
    "ohmyzsh/ohmyzsh",
];

/// Beginnings of names of installers that bring one tool and no CUDA.
const INSTALLER_FILES: &[&str] = &[
    "miniconda",
    "miniforge",
    "mambaforge",
    "anaconda",
    "cmake-",
    "uv-installer",
    "rustup",
    "nodesource_setup",
    "install-poetry",
];

/// Subcommands of package managers that run other programs.
const RUNNERS: &[&str] = &["run", "exec", "shell", "shell-hook", "tool", "x"];

/// Whether a program is only asked what it is.
#[must_use]
pub fn is_question(command: &Command) -> bool {
    !command.args().is_empty()
        && command.args().iter().all(|arg| {
            matches!(
                arg.as_str(),
                "--version" | "-V" | "-version" | "version" | "--help" | "-h" | "help"
            )
        })
}

/// Whether a package manager does something else than installing: `pip cache purge`, `conda clean -a`, `uv venv`.
/// What it installs is known as an action before this is asked.
#[must_use]
pub fn is_upkeep(command: &Command) -> bool {
    let program = command.program();
    let manager = is_pip(program)
        || matches!(
            program,
            "uv" | "conda" | "mamba" | "micromamba" | "poetry" | "pdm" | "pipenv" | "pixi"
        );
    let words = || command.args().iter().map(packages::text::Text::as_str);
    // `uv python install` brings an interpreter and nothing else.
    if program == "uv" && words().find(|word| !word.starts_with('-')) == Some("python") {
        return true;
    }
    manager
        && words().any(|word| !word.starts_with('-'))
        && !words().any(|word| RUNNERS.contains(&word))
        && command.args().iter().all(|word| !word.has_hole())
        && !words().any(|word| {
            matches!(
                word,
                "install" | "sync" | "add" | "update" | "upgrade" | "create"
            )
        })
}

/// Whether a shell runs an installer that is known by its file: `bash Miniconda3-latest-Linux-x86_64.sh -b`.
#[must_use]
pub fn is_known_installer(command: &Command) -> bool {
    let script = if is_shell(command.program()) {
        command
            .args()
            .iter()
            .find(|word| !word.as_str().starts_with(['-', '+']))
    } else {
        Some(command.invocation.program_word())
    };
    script.is_some_and(|script| {
        let name = base_name(script.as_str()).to_ascii_lowercase();
        is_script(&name) && INSTALLER_FILES.iter().any(|start| name.starts_with(start))
    })
}

fn is_script(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| matches!(extension, "sh" | "run"))
}

/// Whether a command prints an installer that is known by its address, for the shell behind the pipe.
#[must_use]
pub fn fetches_known_installer(command: &Command) -> bool {
    command.args().iter().any(|arg| {
        INSTALLER_ADDRESSES
            .iter()
            .any(|address| arg.as_str().contains(address))
    })
}

/// Whether a known installer brings Python.
#[must_use]
pub fn installs_python(command: &Command) -> bool {
    is_known_installer(command)
        && command.invocation.words.iter().any(|word| {
            let word = word.as_str().to_ascii_lowercase();
            word.contains("conda") || word.contains("forge")
        })
}

/// Parts of names of programs that may put software of the system into an image.
const INSTALLER_WORDS: &[&str] = &[
    "install",
    "setup",
    "bootstrap",
    "provision",
    "deploy",
    "build",
    "cuda",
    "nvidia",
    "gpu",
    "driver",
    "ansible",
    "spack",
    "brew",
    "nix",
    "guix",
    "snap",
    "puppet",
    "chef",
    "salt",
    "conan",
    "ollama",
    "eb",
    "mim",
    "run",
];

/// Whether a program is a tool by its bare name or in a `bin` folder, with nothing in its name or words that says
/// that it installs something.
#[must_use]
pub fn is_plain_tool(command: &Command) -> bool {
    let word = command.invocation.program_word();
    let path = word.as_str();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_bin = folder.is_empty() || folder.ends_with("/bin");
    let says_install = |text: &str| {
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .any(|part| {
                INSTALLER_WORDS
                    .iter()
                    .any(|word| part.eq_ignore_ascii_case(word))
            })
    };
    in_bin
        && !word.has_hole()
        && !name.contains('.')
        && !is_shell(name)
        && !matches!(name, "source" | ".")
        && command.shell.connector != dockerfile::shell::Connector::Pipe
        && !says_install(name)
        && !command.args().iter().any(|arg| says_install(arg.as_str()))
}
