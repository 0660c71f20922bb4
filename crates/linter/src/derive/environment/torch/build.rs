//! Which build of `PyTorch` an installation gets: the CUDA version that an index, a local version or `PyPI`'s
//! default decides.

use facts::CudaVersion;
use facts::pytorch_index::IndexKind;
use packages::action::{IndexUrl, PythonInstall, Requirement, VersionSpec};
use packages::text::Text;
use source::Location;

use crate::derive::known::Known;

/// What decides the build of one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Build {
    /// A wheel for CUDA, chosen by name.
    Cuda(Chosen),
    /// A wheel without GPU code, chosen by name.
    Cpu(Chosen),
    /// A wheel for AMD GPUs, chosen by name.
    Rocm(Chosen),
    /// A wheel for another accelerator (`xpu`).
    Other(Chosen),
    /// Nothing chooses: what `PyPI` carries.
    Default,
    /// Something chooses, but what cannot be known; says what.
    Unknown(&'static str),
}

/// A build chosen by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// `cu121`, `cpu`, `rocm6.2`.
    pub suffix: String,
    /// The CUDA version of the suffix, for CUDA builds.
    pub cuda: Option<CudaVersion>,
    /// The bytes of the suffix as the command or file shows them.
    pub at: Location,
    /// The bytes to replace to choose another build; `None` where they are not written in one piece.
    pub editable: Option<Location>,
    /// How it is chosen.
    pub by: By,
}

/// How a build is chosen by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The only index: nothing else is looked at.
    Index,
    /// One index beside `PyPI`: pip takes the highest version of both.
    ExtraIndex,
    /// A page of links.
    FindLinks,
    /// `+cu121` in the version.
    LocalVersion,
    /// A wheel's address.
    Wheel,
    /// `--torch-backend`.
    Backend,
}

impl Build {
    /// The choice, where there is one.
    #[must_use]
    pub fn chosen(&self) -> Option<&Chosen> {
        match self {
            Self::Cuda(chosen) | Self::Cpu(chosen) | Self::Rocm(chosen) | Self::Other(chosen) => {
                Some(chosen)
            }
            Self::Default | Self::Unknown(_) => None,
        }
    }

    /// The CUDA version of a chosen CUDA build.
    #[must_use]
    pub fn cuda(&self) -> Option<CudaVersion> {
        match self {
            Self::Cuda(chosen) => chosen.cuda,
            _ => None,
        }
    }
}

/// What decides the build of `requirement`.
pub(super) fn build(requirement: &Requirement, install: &PythonInstall, known: &Known) -> Build {
    if let Some(url) = &requirement.url {
        return from_wheel(url);
    }
    if let VersionSpec::Exact { text, version } = &requirement.version
        && !version.local().is_empty()
    {
        let whole = text.as_str();
        let local = whole.find('+').map_or(whole.len(), |at| at + 1);
        let suffix = whole[local..].to_owned();
        return chosen(
            suffix,
            text.locate(local..whole.len()),
            text.editable(local..whole.len()),
            By::LocalVersion,
        );
    }
    if let Some(index) = &requirement.index {
        return from_index(index, By::Index, known).unwrap_or(Build::Default);
    }
    if let Some(backend) = &install.indexes.torch_backend {
        return match backend.known() {
            Some("auto") | None => Build::Unknown("--torch-backend"),
            Some(name) => chosen(
                name.to_owned(),
                backend.locate(backend.all()),
                backend.editable(backend.all()),
                By::Backend,
            ),
        };
    }
    from_indexes(install, known)
}

fn from_indexes(install: &PythonInstall, known: &Known) -> Build {
    let indexes = &install.indexes;
    if let Some(primary) = &indexes.primary
        && let Some(build) = from_index(primary, By::Index, known)
    {
        return build;
    }
    for extra in &indexes.extra {
        if let Some(build) = from_index(extra, By::ExtraIndex, known) {
            return build;
        }
    }
    for links in &indexes.find_links {
        if let Some(build) = from_index(links, By::FindLinks, known) {
            return build;
        }
    }
    if indexes.unknown {
        return Build::Unknown("an index that is not known");
    }
    if install.no_index {
        return Build::Unknown("local wheels");
    }
    Build::Default
}

/// `None` for `PyPI`, and for indexes that never carry torch.
fn from_index(index: &IndexUrl, by: By, known: &Known) -> Option<Build> {
    let Some(url) = index.url.known() else {
        // The suffix itself may be known although the rest is not, but then its host is not.
        return Some(Build::Unknown("an address with an unknown variable"));
    };
    match known.kind(index) {
        IndexKind::PyTorch {
            suffix: Some(suffix),
            ..
        }
        | IndexKind::KnownMirror {
            suffix: Some(suffix),
        } => {
            // The address of a mirror need not name what it copies.
            let at = url.rfind(suffix).map(|at| at..at + suffix.len());
            let place = at.clone().unwrap_or_else(|| index.url.all());
            let editable = at.and_then(|at| index.url.editable(at));
            Some(chosen(
                suffix.to_owned(),
                index.url.locate(place),
                editable,
                by,
            ))
        }
        IndexKind::PyTorch { suffix: None, .. } | IndexKind::KnownMirror { suffix: None } => {
            Some(Build::Unknown("the index of all builds"))
        }
        IndexKind::PyPi | IndexKind::Nvidia => None,
        IndexKind::Foreign => None,
        IndexKind::Unknown => Some(Build::Unknown("a private index")),
    }
}

fn from_wheel(url: &Text) -> Build {
    let Some(text) = url.known() else {
        return Build::Unknown("an address with an unknown variable");
    };
    if !text
        .split(['#', '?'])
        .next()
        .unwrap_or(text)
        .ends_with(".whl")
    {
        return Build::Unknown("a source archive");
    }
    let plus = text
        .rfind("%2B")
        .map(|at| at + 3)
        .or_else(|| text.rfind('+').map(|at| at + 1));
    let Some(start) = plus else {
        return Build::Unknown("a wheel's address");
    };
    let length = text[start..].find(['-', '.']).unwrap_or(text.len() - start);
    let range = start..start + length;
    chosen(
        text[range.clone()].to_owned(),
        url.locate(range.clone()),
        url.editable(range),
        By::Wheel,
    )
}

fn chosen(suffix: String, at: Location, editable: Option<Location>, by: By) -> Build {
    let cuda = CudaVersion::from_suffix(&suffix);
    let is_cuda = suffix.starts_with("cu") && suffix[2..].starts_with(|c: char| c.is_ascii_digit());
    let is_cpu = suffix.starts_with("cpu");
    let is_rocm = suffix.starts_with("rocm");
    let chosen = Chosen {
        suffix,
        cuda,
        at,
        editable,
        by,
    };
    if is_cuda {
        Build::Cuda(chosen)
    } else if is_cpu {
        Build::Cpu(chosen)
    } else if is_rocm {
        Build::Rocm(chosen)
    } else {
        Build::Other(chosen)
    }
}
