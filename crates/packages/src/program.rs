//! Names of programs: without their folder, and which of them are interpreters.

/// A program without its folder: `pip3` of `/opt/venv/bin/pip3`.
#[must_use]
pub fn base_name(program: &str) -> &str {
    &program[base_start(program)..]
}

/// Where the base name begins.
pub(crate) fn base_start(program: &str) -> usize {
    program.rfind('/').map_or(0, |slash| slash + 1)
}

/// `python`, `python3`, `python3.11`, `python3.13t`, `pypy3`, and the launcher `py`; by base name.
#[must_use]
pub fn is_python(name: &str) -> bool {
    let Some(version) = name
        .strip_prefix("python")
        .or_else(|| name.strip_prefix("pypy"))
    else {
        return name == "py";
    };
    // Builds of their own kind: free-threaded, debug, the `m` of Python before 3.8.
    is_version(version.trim_end_matches(['t', 'd', 'm']))
}

/// `pip`, `pip3`, `pip3.11`, `pip-3.11`; by base name.
#[must_use]
pub fn is_pip(name: &str) -> bool {
    name.strip_prefix("pip")
        .is_some_and(|version| is_version(version.strip_prefix('-').unwrap_or(version)))
}

/// A shell whose language the splitter reads; by base name.
#[must_use]
pub fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh")
}

/// What may stand behind the name of an interpreter; nothing may, too.
fn is_version(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_name_is_what_stands_behind_the_last_slash() {
        for (program, name) in [
            ("/opt/venv/bin/pip3", "pip3"),
            ("pip3", "pip3"),
            ("./configure", "configure"),
            ("/usr/bin/", ""),
            ("", ""),
        ] {
            assert_eq!(base_name(program), name, "{program}");
        }
    }

    #[test]
    fn interpreters_go_by_their_version_too() {
        for name in [
            "python",
            "python3",
            "python3.11",
            "python3.13t",
            "python3.7m",
            "pypy",
            "pypy3.10",
            "py",
        ] {
            assert!(is_python(name), "{name}");
        }
        for name in [
            "python3-config",
            "python-build",
            "ipython",
            "pythonw",
            "pyenv",
            "pytest",
            "t",
        ] {
            assert!(!is_python(name), "{name}");
        }
        for name in ["pip", "pip3", "pip3.11", "pip-3.11"] {
            assert!(is_pip(name), "{name}");
        }
        for name in ["pipx", "pipenv", "pip-compile", "pip-tools", "pixi"] {
            assert!(!is_pip(name), "{name}");
        }
    }
}
