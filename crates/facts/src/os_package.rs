//! Packages of operating systems that bring drivers, toolkits and CUDA libraries.

use crate::generated::OS_PACKAGES;
use crate::packed::{List, Str};
use std::sync::OnceLock;

use crate::{Confidence, CudaVersion};
use regex_lite::Regex;

/// What a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Class {
    /// Kernel module or user-space driver.
    Driver,
    /// A meta package that pulls the driver along.
    DriverMeta,
    /// `GPUDirect` Storage.
    GdsDriver,
    /// A daemon bound to the host's driver.
    HostService,
    /// Small helpers of the driver.
    DriverTool,
    /// Configures the container engine of the host.
    HostContainerTool,
    /// A full CUDA toolkit.
    Toolkit,
    /// Compiler or headers alone.
    ToolkitPart,
    /// A few configuration files.
    ToolkitHarmless,
    /// Runtime libraries.
    RuntimeLib,
    /// Only sets up a repository.
    RepoSetup,
    /// Monitoring tools.
    Monitoring,
    /// A distribution's own framework build.
    FrameworkDistro,
    /// Conda's variant selectors.
    FrameworkSelector,
    /// Cannot work there (musl).
    Unsupported,
}

/// Package manager families with rules of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the program of that name")]
pub enum Manager {
    Apt,
    Dnf,
    Zypper,
    Pacman,
    Apk,
    Conda,
}

impl Manager {
    fn as_str(self) -> &'static str {
        match self {
            Self::Apt => "apt",
            Self::Dnf => "dnf",
            Self::Zypper => "zypper",
            Self::Pacman => "pacman",
            Self::Apk => "apk",
            Self::Conda => "conda",
        }
    }
}

/// One ordered name rule.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct NameRule {
    pub(crate) managers: List<Str>,
    /// What matching packages are.
    pub class: Class,
    pub(crate) regex: Str,
    /// One sentence for messages.
    pub why: Str,
    /// How the rule was established.
    pub confidence: Confidence,
}

/// `data/os_packages.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct OsPackages {
    pub(crate) rules: List<NameRule>,
}

/// Every name that a rule can match holds one of these; other names need no pattern at all.
const MARKS: &[&str] = &[
    "nv",
    "cuda",
    "cudnn",
    "libcu",
    "cutensor",
    "cublas",
    "gpu",
    "dcgm",
    "tensorrt",
    "nccl",
    "gds-",
    "nsight",
    "libnpp",
    "primus",
    "xnvctrl",
    "torch",
    "tensorflow",
    "screen-res",
    "egl-wayland",
    "gloo",
    "tensorpipe",
    "pycuda",
    "skcuda",
];

/// What a package is; `name` without version, architecture and release (`name=1.2`, `name:arm64`, `name/focal`).
pub fn classify(manager: Manager, name: &str) -> Option<&'static NameRule> {
    let name = match manager {
        Manager::Dnf | Manager::Zypper => without_rpm_version(bare(name)),
        _ => bare(name),
    };
    if !MARKS.iter().any(|mark| name.contains(mark)) {
        return None;
    }
    let mut rules = OS_PACKAGES.rules.iter().zip(patterns());
    let found = rules.find(|(rule, pattern)| {
        let pattern = || pattern.get_or_init(|| Regex::new(&rule.regex).ok());
        rule.managers.has(manager.as_str())
            && pattern().as_ref().is_some_and(|regex| regex.is_match(name))
    });
    found.map(|(rule, _)| rule)
}

/// `cuda` of `cuda-12.4.1-1`, which names a version of the package `cuda`.
#[must_use]
pub fn without_rpm_version(name: &str) -> &str {
    let mut at = 0;
    for part in name.split('-') {
        let version = part.starts_with(|c: char| c.is_ascii_digit()) && part.contains('.');
        if version && at > 0 {
            return &name[..at - 1];
        }
        at += part.len() + 1;
    }
    name
}

/// The patterns of the rules, each compiled when it is first asked for.
fn patterns() -> &'static [OnceLock<Option<Regex>>] {
    static PATTERNS: OnceLock<Vec<OnceLock<Option<Regex>>>> = OnceLock::new();
    PATTERNS.get_or_init(|| OS_PACKAGES.rules.iter().map(|_| OnceLock::new()).collect())
}

/// The package name of a package word.
#[must_use]
pub fn bare(word: &str) -> &str {
    let end = word.find(['=', '/', '<', '>']).unwrap_or(word.len());
    let name = &word[..end];
    // `nvidia-driver:latest` is a dnf module, `pkg:arm64` an architecture.
    name.split_once(':')
        .filter(|(_, arch)| matches!(*arch, "amd64" | "arm64" | "i386" | "any"))
        .map_or(name, |(name, _)| name)
}

/// The CUDA version in a package's name: `cuda-toolkit-12-1` is 12.1.
#[must_use]
pub fn cuda_of_name(name: &str) -> Option<CudaVersion> {
    let mut numbers = bare(name).split('-').rev();
    let minor = numbers.next()?.parse().ok()?;
    let major: u16 = numbers.next()?.parse().ok()?;
    (8..=99)
        .contains(&major)
        .then_some(CudaVersion { major, minor })
}

/// What a downloaded installer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runfile {
    /// `NVIDIA-Linux-x86_64-535.104.05.run`.
    Driver,
    /// `cuda_12.1.0_530.30.02_linux.run`.
    Toolkit {
        /// The toolkit's version.
        cuda: CudaVersion,
        /// The file also holds a driver (up to 13.3).
        with_driver: bool,
    },
}

/// The installer in a file name or address, if it is one.
#[must_use]
pub fn runfile(text: &str) -> Option<Runfile> {
    let name = text.rsplit('/').next().unwrap_or(text);
    if name.starts_with("NVIDIA-Linux-") && name.ends_with(".run") {
        return Some(Runfile::Driver);
    }
    let rest = name.strip_prefix("cuda_")?;
    if !(rest.ends_with(".run") || rest.ends_with("linux-run") || rest.ends_with("linux")) {
        return None;
    }
    let version = rest.split('_').next()?;
    let cuda: CudaVersion = version.parse().ok()?;
    let with_driver = rest
        .split('_')
        .nth(1)
        .is_some_and(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    Some(Runfile::Toolkit { cuda, with_driver })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manager(name: &str) -> Manager {
        match name {
            "apt" => Manager::Apt,
            "dnf" => Manager::Dnf,
            "zypper" => Manager::Zypper,
            "pacman" => Manager::Pacman,
            "apk" => Manager::Apk,
            _ => Manager::Conda,
        }
    }

    #[test]
    fn every_pattern_compiles() {
        for rule in &OS_PACKAGES.rules {
            assert!(Regex::new(&rule.regex).is_ok(), "{}", rule.regex);
            // Each group that captures costs every match room for all states.
            let groups = rule.regex.matches('(').count();
            assert_eq!(groups, rule.regex.matches("(?:").count(), "{}", rule.regex);
        }
    }

    #[test]
    fn every_example_has_its_class() {
        let table = include_str!("../data/os_packages.json");
        let table: serde_json::Value = serde_json::from_str(table).unwrap();
        for example in table["examples"].as_array().unwrap() {
            let word = |column: &str| example[column].as_str().unwrap();
            let (manager, package) = (manager(word("manager")), word("package"));
            let class = classify(manager, package).map(|rule| rule.class);
            let class = serde_json::to_value(class).unwrap();
            assert_eq!(class, example["class"], "{example}");
        }
    }

    #[test]
    fn names_that_only_look_like_drivers() {
        let class = |name| classify(Manager::Apt, name).map(|rule| rule.class);
        assert_eq!(
            class("libnvidia-container1"),
            Some(Class::HostContainerTool)
        );
        assert_eq!(class("libnvidia-ml-dev"), Some(Class::Toolkit));
        assert_eq!(class("cuda-runtime-12-1"), Some(Class::DriverMeta));
        assert_eq!(class("cuda-libraries-12-1"), Some(Class::RuntimeLib));
        assert_eq!(class("cuda-toolkit-12-1=12.1.1-1"), Some(Class::Toolkit));
        assert_eq!(class("curl"), None);
        assert_eq!(class("libcurl4-openssl-dev"), None);
        assert_eq!(
            classify(Manager::Conda, "cuda").map(|rule| rule.class),
            Some(Class::Toolkit)
        );
    }

    #[test]
    fn runfiles_are_told_apart() {
        assert_eq!(
            runfile("./NVIDIA-Linux-x86_64-535.104.05.run"),
            Some(Runfile::Driver)
        );
        let cuda = CudaVersion::new(12, 1);
        assert_eq!(
            runfile("cuda_12.1.0_530.30.02_linux.run"),
            Some(Runfile::Toolkit {
                cuda,
                with_driver: true
            })
        );
        let cuda = CudaVersion::new(13, 4);
        assert_eq!(
            runfile("cuda_13.4.1_linux.run"),
            Some(Runfile::Toolkit {
                cuda,
                with_driver: false
            })
        );
        assert_eq!(runfile("install.run"), None);
    }

    #[test]
    fn names_tell_their_cuda() {
        assert_eq!(
            cuda_of_name("cuda-toolkit-12-1"),
            Some(CudaVersion::new(12, 1))
        );
        assert_eq!(
            cuda_of_name("cuda-nvcc-11-8=11.8.89-1"),
            Some(CudaVersion::new(11, 8))
        );
        assert_eq!(cuda_of_name("libcudnn8"), None);
    }
}
