//! Packages of operating systems that bring drivers, toolkits and CUDA libraries.

use std::sync::OnceLock;

use regex_lite::Regex;
use serde::Deserialize;

use crate::table::Table;
use crate::{Confidence, CudaVersion};

/// What a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Debug, Deserialize)]
pub struct NameRule {
    managers: Vec<&'static str>,
    /// What matching packages are.
    pub class: Class,
    regex: String,
    /// One sentence for messages.
    pub why: String,
    /// How the rule was established.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: &'static str,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

impl NameRule {
    fn matches(&self, name: &str) -> bool {
        self.compiled
            .get_or_init(|| Regex::new(&self.regex).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(name))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Data {
    rules: Vec<NameRule>,
    #[cfg(test)]
    examples: Vec<Example>,
}

#[cfg(test)]
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Example {
    manager: String,
    package: String,
    class: Class,
}

static DATA: Table<Data> = Table::new(include_str!("../data/os_packages.json"));

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
    let name = bare(name);
    if !MARKS.iter().any(|mark| name.contains(mark)) {
        return None;
    }
    DATA.get()
        .rules
        .iter()
        .find(|rule| rule.managers.contains(&manager.as_str()) && rule.matches(name))
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
    fn the_table_reads_and_every_pattern_compiles() {
        assert_eq!(DATA.error(), None);
        for rule in &DATA.get().rules {
            assert!(Regex::new(&rule.regex).is_ok(), "{}", rule.regex);
            // Each group that captures costs every match room for all states.
            let groups = rule.regex.matches('(').count();
            assert_eq!(groups, rule.regex.matches("(?:").count(), "{}", rule.regex);
            assert!(!rule.source.is_empty());
        }
    }

    #[test]
    fn every_example_has_its_class() {
        for example in &DATA.get().examples {
            let found =
                classify(manager(&example.manager), &example.package).map(|rule| rule.class);
            assert_eq!(
                found,
                Some(example.class),
                "{} {}",
                example.manager,
                example.package
            );
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
