//! What programs other than package managers may do to an image, topic by topic.

use packages::text::HOLE;
use packages::{self, Script, program};

use super::housekeeping;
use crate::derive::shell::Command;

/// What a program that is no package manager does to what we follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Known to install nothing and compile nothing.
    Harmless,
    /// A compiler driver or build tool: may compile CUDA, installs no packages.
    BuildTool,
    /// Runs Python code: may do what code does, usually neither.
    Python,
    /// A script or a program that we do not know: may do anything.
    Opaque,
}

/// Programs of Unix userland and common tools that neither install packages nor compile.
const HARMLESS: &[&str] = &[
    "[",
    "[[",
    ":",
    "add-apt-repository",
    "adduser",
    "addgroup",
    "alias",
    "apt-cache",
    "apt-config",
    "apt-key",
    "apt-mark",
    "arch",
    "awk",
    "aws",
    "az",
    "base64",
    "basename",
    "break",
    "bunzip2",
    "bzip2",
    "c_rehash",
    "cat",
    "cd",
    "chgrp",
    "chmod",
    "chown",
    "chpasswd",
    "chsh",
    "clear",
    "cmp",
    "command",
    "continue",
    "cp",
    "curl",
    "cut",
    "date",
    "dd",
    "declare",
    "df",
    "diff",
    "dircolors",
    "dirname",
    "dos2unix",
    "dpkg",
    "dpkg-divert",
    "dpkg-query",
    "dpkg-reconfigure",
    "du",
    "echo",
    "egrep",
    "env",
    "eval",
    "exec",
    "exit",
    "export",
    "expr",
    "false",
    "fgrep",
    "file",
    "find",
    "fc-cache",
    "fold",
    "free",
    "gcloud",
    "getconf",
    "getent",
    "git",
    "git-lfs",
    "gpg",
    "gpgconf",
    "gpg2",
    "grep",
    "groupadd",
    "groupmod",
    "gsutil",
    "gunzip",
    "gzip",
    "hash",
    "head",
    "hf",
    "host",
    "hostname",
    "huggingface-cli",
    "iconv",
    "id",
    "install",
    "jq",
    "kill",
    "ldconfig",
    "ldd",
    "let",
    "ln",
    "local",
    "locale",
    "locale-gen",
    "localedef",
    "ls",
    "lsb_release",
    "lscpu",
    "lspci",
    "md5sum",
    "mkdir",
    "mkfifo",
    "mknod",
    "mktemp",
    "more",
    "mount",
    "mv",
    "nproc",
    "nslookup",
    "openssl",
    "passwd",
    "patch",
    "patchelf",
    "perl",
    "ping",
    "popd",
    "printenv",
    "printf",
    "ps",
    "pushd",
    "pwd",
    "read",
    "readlink",
    "readonly",
    "realpath",
    "return",
    "rm",
    "rmdir",
    "rpm",
    "rsync",
    "sed",
    "seq",
    "service",
    "set",
    "sha1sum",
    "sha256sum",
    "shift",
    "shopt",
    "shuf",
    "sleep",
    "sort",
    "split",
    "ssh",
    "ssh-keygen",
    "ssh-keyscan",
    "stat",
    "strip",
    "su",
    "sudo",
    "sync",
    "systemctl",
    "tail",
    "tar",
    "tee",
    "test",
    "time",
    "touch",
    "tr",
    "trap",
    "tree",
    "true",
    "truncate",
    "type",
    "tzdata",
    "ulimit",
    "umask",
    "uname",
    "uniq",
    "unlink",
    "unset",
    "unxz",
    "unzip",
    "update-alternatives",
    "update-ca-certificates",
    "update-locale",
    "useradd",
    "userdel",
    "usermod",
    "visudo",
    "wait",
    "wc",
    "wget",
    "which",
    "whereis",
    "whoami",
    "xargs",
    "xz",
    "yes",
    "zip",
    "zstd",
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "node",
    "corepack",
    "bower",
    "gem",
    "bundle",
    "go",
    "rustup",
    "code-server",
    "jupyter",
    "jupyter-lab",
    "jupyter-nbextension",
    "jupyter-labextension",
    "ipython",
    "nginx",
    "supervisord",
    "sshd",
    "uvicorn",
    "gunicorn",
    "streamlit",
    "flask",
    "celery",
    "nvidia-smi",
    "nvidia-ctk",
    "virtualenv",
    "source",
    ".",
    "ffmpeg",
    "aria2c",
    "axel",
    "7z",
    "unrar",
    "gdown",
    "dvc",
    "spacy",
    "crontab",
    "logger",
    "setcap",
    "sysctl",
    "stdbuf",
    "cpan",
    "fc-list",
    "xvfb-run",
    "accelerate",
    "wandb",
    "bun",
    "comm",
    "deactivate",
    "debconf-set-selections",
    "deno",
    "fix-permissions",
    "protoc",
    "sha512sum",
    "yt-dlp",
];

/// Compilers and build tools.
const BUILD_TOOLS: &[&str] = &[
    "make",
    "gmake",
    "cmake",
    "ninja",
    "meson",
    "bazel",
    "bazelisk",
    "gcc",
    "g++",
    "cc",
    "c++",
    "clang",
    "clang++",
    "configure",
    "autogen.sh",
    "autoreconf",
    "autoconf",
    "nvcc",
    "cargo",
    "xmake",
    "scons",
    "colcon",
    "catkin_make",
    "catkin",
    "waf",
    "ccache",
    "ctest",
    "cpack",
    "conan",
    "vcpkg",
    "stack",
    "qmake",
    "mpicc",
    "b2",
    "bootstrap.sh",
    "./configure",
];

/// Classifies a command that is no package manager.
#[must_use]
pub(super) fn classify(command: &Command) -> Program {
    let program = command.program();
    if program.contains(HOLE) {
        return Program::Opaque;
    }
    if housekeeping::is_question(command)
        || housekeeping::is_upkeep(command)
        || housekeeping::is_known_installer(command)
    {
        return Program::Harmless;
    }
    if command.is_python() {
        return Program::Python;
    }
    if BUILD_TOOLS.contains(&program) {
        return Program::BuildTool;
    }
    let script = packages::script(command.invocation.from_program());
    if program::is_shell(program) {
        // `curl … | sh` runs what the network gives.
        let piped = command.shell.connector == dockerfile::shell::Connector::Pipe;
        return if script.is_none() || piped {
            Program::Opaque
        } else {
            Program::Harmless
        };
    }
    // What it is handed is read as commands of its own.
    if matches!(script, Some(Script::Words(_))) {
        return Program::Harmless;
    }
    if matches!(program, "source" | ".") {
        let script = command.args().first().map_or("", |arg| arg.as_str());
        let environment = script.ends_with("activate")
            || script.ends_with(".bashrc")
            || script.ends_with("conda.sh")
            || script.ends_with("/env")
            || script.ends_with(".profile")
            || script.ends_with("os-release")
            || script.ends_with("setup.bash")
            || script.ends_with("setvars.sh")
            || script.ends_with(".env");
        return if environment {
            Program::Harmless
        } else {
            Program::Opaque
        };
    }
    // `/opt/x/bin/tool` is a program of the image; `./install.sh` and `/tmp/install` are scripts.
    // A package manager's `run` may mean a task of the project by the same name.
    let is_known = HARMLESS.contains(&program) || packages::is_wrapper(program);
    if is_known && command.invocation.runner().is_none() {
        Program::Harmless
    } else {
        Program::Opaque
    }
}
