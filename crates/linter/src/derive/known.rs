//! What the user says of images and indexes that are in no table.

use std::sync::Arc;

use facts::image::{self, Accelerator, Cudnn, Flavor, ImageFacts, ImageRef};
use facts::pytorch_index::{self, IndexKind, IndexStatus};
use facts::{Confidence, CudaVersion};
use packages::action::IndexUrl;
use packages::glob;
use source::{Location, SourceFile, Sources, Span};

/// Everything that the user says, in the order it was said.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Images.
    pub images: Vec<Arc<KnownImage>>,
    /// Indexes that copy others.
    pub mirrors: Vec<Arc<KnownMirror>>,
}

impl Known {
    /// What is said of an image; the first that fits counts.
    #[must_use]
    pub fn image(&self, reference: &ImageRef) -> Option<&Arc<KnownImage>> {
        let mut images = self.images.iter();
        images.find(|known| known.name.fits(reference))
    }

    /// What is at an address that packages come from, as far as it is known.
    #[must_use]
    pub fn kind<'a>(&'a self, index: &'a IndexUrl) -> IndexKind<'a> {
        let said = index.url.known().and_then(|url| self.mirror(url));
        let url = index.url.as_str();
        said.map_or_else(|| pytorch_index::classify(url), |mirror| mirror.kind(url))
    }

    /// What is said of an address; the longest beginning counts.
    #[must_use]
    pub fn mirror(&self, url: &str) -> Option<&Arc<KnownMirror>> {
        let mirrors = self.mirrors.iter().filter(|known| known.holds(url));
        mirrors.max_by_key(|known| known.url.len())
    }

    /// Adds the files where it is said to `sources`, so that findings can point there.
    pub(crate) fn register(&self, sources: &mut Sources) {
        let images = self.images.iter().map(|known| &known.origin);
        let mirrors = self.mirrors.iter().map(|known| &known.origin);
        for origin in images.chain(mirrors) {
            if sources.find(origin.file.name()).is_none() {
                sources.add(Arc::clone(&origin.file));
            }
        }
    }
}

/// Where something was said.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Its bytes there.
    pub span: Span,
}

impl Origin {
    /// The place among `sources`, where the file was added to them.
    #[must_use]
    pub fn locate(&self, sources: &Sources) -> Option<Location> {
        let file = sources.find(self.file.name())?;
        Some(Location::new(file, self.span))
    }
}

/// An image, or several with names alike.
#[derive(Clone, Debug)]
pub struct KnownImage {
    /// Which images.
    pub name: NamePattern,
    /// The public image that it is built from: what that one holds, it holds too. Without a tag it is a copy of the
    /// one with the same tag, and lacks the same.
    pub from: Option<ImageRef>,
    /// What differs, or all that is known.
    pub facts: SaidFacts,
    /// Where it is said.
    pub origin: Origin,
}

/// Facts about an image; what is not said stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaidFacts {
    /// What it is for.
    pub accelerator: Option<Accelerator>,
    /// Its CUDA version.
    pub cuda: Option<CudaVersion>,
    /// How much of CUDA it holds.
    pub flavor: Option<Flavor>,
    /// Its cuDNN.
    pub cudnn: Option<Cudnn>,
    /// Whether nvcc is in it.
    pub nvcc: Option<bool>,
    /// Whether it has Python and pip.
    pub python: Option<bool>,
    /// `3.10`.
    pub python_version: Option<String>,
    /// The framework it ships: `torch`, `tensorflow`, `jax`.
    pub framework: Option<&'static str>,
    /// The version of that framework.
    pub framework_version: Option<String>,
    /// Whether its C library is musl, as on Alpine.
    pub musl: Option<bool>,
}

impl SaidFacts {
    /// What the image is for: CUDA, where any of it is in there.
    fn purpose(&self) -> Option<Accelerator> {
        let cuda = self.cuda.is_some() || self.flavor.is_some();
        self.accelerator
            .or_else(|| cuda.then_some(Accelerator::Nvidia))
    }
}

impl KnownImage {
    /// What is known of an image that it fits; `None` where not even its purpose is.
    #[must_use]
    pub fn describe(&self, reference: &ImageRef) -> Option<ImageFacts> {
        let from = self.from.as_ref().map(|from| {
            let mut from = from.clone();
            if is_copy(&from) {
                from.tag.clone_from(&reference.tag);
            }
            from
        });
        let described = image::describe(from.as_ref().unwrap_or(reference));
        let purpose = self.facts.purpose();
        let mut facts = described.or_else(|| purpose.map(ImageFacts::unknown))?;
        if let Some(purpose) = purpose.filter(|purpose| *purpose != facts.accelerator) {
            facts = ImageFacts::unknown(purpose);
        }
        if self.from.as_ref().is_some_and(|from| !is_copy(from)) {
            may_hold_more(&mut facts);
        }
        self.overlay(&mut facts);
        Some(facts)
    }

    fn overlay(&self, facts: &mut ImageFacts) {
        let said = &self.facts;
        if facts.accelerator == Accelerator::Cpu {
            facts.nvcc = Some(false);
            facts.cudnn = Some(Cudnn::Absent);
        }
        facts.cuda = said.cuda.or(facts.cuda);
        facts.cudnn = said.cudnn.or(facts.cudnn);
        if let Some(flavor) = said.flavor {
            facts.flavor = Some(flavor);
            facts.nvcc = Some(flavor == Flavor::Devel);
        }
        facts.nvcc = said.nvcc.or(facts.nvcc);
        facts.python = said.python.or(facts.python);
        if said.python_version.is_some() {
            facts.python = Some(true);
            facts.python_version.clone_from(&said.python_version);
        }
        if said.framework.is_some() {
            facts.framework = said.framework;
            facts.framework_version.clone_from(&said.framework_version);
        }
        facts.musl = said.musl.unwrap_or(facts.musl);
        // Its tags are its owner's, whatever it is built from.
        facts.is_nvidia_cuda = false;
        facts.confidence = Confidence::Verified;
    }
}

fn is_copy(from: &ImageRef) -> bool {
    from.tag.is_none() && from.digest.is_none()
}

/// Whoever builds an image from another adds to it: what that one lacks says nothing.
fn may_hold_more(facts: &mut ImageFacts) {
    facts.python = facts.python.filter(|&there| there);
    facts.nvcc = facts.nvcc.filter(|&there| there);
    facts.cudnn = facts.cudnn.filter(|cudnn| *cudnn != Cudnn::Absent);
    facts.flavor = facts.flavor.filter(|flavor| *flavor != Flavor::Base);
}

/// Which images are meant: a name with or without tag, `*` for any text in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    repository: String,
    tag: Option<String>,
}

impl NamePattern {
    /// Reads `registry.corp/base`, `registry.corp/ml/*`, `registry.corp/base:*-cuda12.4`.
    ///
    /// # Errors
    /// Where no image can have such a name; says so in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let slash = text.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match text[slash..].find(':') {
            Some(colon) => (&text[..slash + colon], Some(&text[slash + colon + 1..])),
            None => (text, None),
        };
        // What `*` stands for decides nothing about the rest.
        let sample = |part: &str| part.replace('*', "x");
        let whole = match tag {
            Some(tag) => format!("{}:{}", sample(name), sample(tag)),
            None => sample(name),
        };
        let Some(reference) = ImageRef::parse(&whole) else {
            return Err(format!("`{text}` is no image name"));
        };
        let repository = if !name.contains('*') {
            reference.repository()
        } else if name.starts_with('*') || sample(name).starts_with(&reference.domain) {
            name.to_owned()
        } else if name.contains('/') {
            format!("docker.io/{name}")
        } else {
            format!("docker.io/library/{name}")
        };
        Ok(Self {
            repository,
            tag: tag.map(str::to_owned),
        })
    }

    fn fits(&self, reference: &ImageRef) -> bool {
        let tag = self.tag.as_deref().is_none_or(|pattern| {
            let tag = reference.effective_tag();
            tag.is_some_and(|tag| glob::matches(pattern, tag))
        });
        tag && glob::matches(&self.repository, &reference.repository())
    }
}

/// An index of wheels that copies a public one.
#[derive(Clone, Debug)]
pub struct KnownMirror {
    /// The beginning of its addresses.
    pub url: String,
    /// What it copies.
    pub of: MirrorOf,
    /// Where it is said.
    pub origin: Origin,
}

/// What an index copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MirrorOf {
    /// `PyPI`.
    PyPi,
    /// All of download.pytorch.org; the rest of an address names the build.
    PyTorch,
    /// One build of `PyTorch`: `cu121`, `cpu`.
    Build(String),
    /// Packages among which is no `PyTorch`.
    Other,
}

impl MirrorOf {
    /// Reads `pypi`, `pytorch`, `other`, or the name of a build.
    ///
    /// # Errors
    /// Where it is none of these; says so in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "pypi" => return Ok(Self::PyPi),
            "pytorch" => return Ok(Self::PyTorch),
            "other" => return Ok(Self::Other),
            _ => {}
        }
        match pytorch_index::find(text) {
            IndexStatus::Published(_) => Ok(Self::Build(text.to_owned())),
            IndexStatus::NeverExisted(_) => Err(format!("PyTorch never published `{text}`")),
            // Newer than the tables.
            IndexStatus::Unknown if CudaVersion::from_suffix(text).is_some() => {
                Ok(Self::Build(text.to_owned()))
            }
            IndexStatus::Unknown => Err(format!(
                "`{text}` is no index; expected `pypi`, `pytorch`, `other`, or a build of PyTorch such as `cu121`"
            )),
        }
    }
}

impl KnownMirror {
    fn holds(&self, url: &str) -> bool {
        let (url, own) = (bare(url), bare(&self.url));
        let rest = url.strip_prefix(own.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    }

    /// What an address that it holds is.
    pub fn kind<'a>(&'a self, url: &'a str) -> IndexKind<'a> {
        match &self.of {
            MirrorOf::PyPi => IndexKind::PyPi,
            MirrorOf::Other => IndexKind::Foreign,
            MirrorOf::Build(suffix) => IndexKind::KnownMirror {
                suffix: Some(suffix),
            },
            MirrorOf::PyTorch => IndexKind::KnownMirror {
                suffix: pytorch_index::suffix(url),
            },
        }
    }
}

/// An address without scheme and password.
fn bare(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find('/').unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => &rest[at + 1..],
        None => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, image: &str) -> bool {
        let image = ImageRef::parse(image).unwrap();
        NamePattern::parse(pattern).unwrap().fits(&image)
    }

    #[test]
    fn names_are_completed_as_docker_does() {
        assert!(fits("base", "docker.io/library/base:1"));
        assert!(fits("corp/base", "corp/base"));
        assert!(fits("registry.corp:5000/base", "registry.corp:5000/base:2"));
        assert!(!fits("registry.corp/base", "registry.corp/base-gpu"));
        assert!(NamePattern::parse("UPPER/x:").is_err());
        assert!(NamePattern::parse("").is_err());
    }

    #[test]
    fn stars_stand_for_any_text_in_names_and_tags() {
        assert!(fits("registry.corp/ml/*", "registry.corp/ml/a/b:1"));
        assert!(fits("*/base", "registry.corp/ml/base"));
        assert!(fits("corp/*", "corp/x"));
        assert!(fits("corp/base:*-cuda12.4", "corp/base:3-cuda12.4"));
        assert!(!fits("corp/base:*-cuda12.4", "corp/base:3-cuda12.1"));
        assert!(fits("corp/base:latest", "corp/base"));
    }

    fn image(pattern: &str, from: Option<&str>, facts: SaidFacts) -> KnownImage {
        KnownImage {
            name: NamePattern::parse(pattern).unwrap(),
            from: from.map(|from| ImageRef::parse(from).unwrap()),
            facts,
            origin: Origin {
                file: Arc::new(SourceFile::new("x", "")),
                span: Span::default(),
            },
        }
    }

    #[test]
    fn what_is_said_lies_over_what_an_image_is_built_from() {
        let base = ImageRef::parse("registry.corp/base:7").unwrap();
        let said = SaidFacts {
            flavor: Some(Flavor::Devel),
            python_version: Some("3.11".to_owned()),
            ..SaidFacts::default()
        };
        let from = "nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04";
        let facts = image("registry.corp/base", Some(from), said)
            .describe(&base)
            .unwrap();
        assert_eq!(facts.cuda, Some(CudaVersion::new(12, 4)));
        assert_eq!(
            (facts.flavor, facts.nvcc),
            (Some(Flavor::Devel), Some(true))
        );
        assert_eq!(facts.cudnn, Some(Cudnn::Present(Some(9))));
        assert_eq!(facts.python, Some(true));
        assert!(!facts.is_nvidia_cuda);
    }

    #[test]
    fn what_an_image_is_built_on_may_be_added_to() {
        let reference = ImageRef::parse("registry.corp/base:7").unwrap();
        let describe = |from: &str, said| {
            let known = image("registry.corp/base", Some(from), said);
            known.describe(&reference).unwrap()
        };
        let base = "nvidia/cuda:12.4.1-base-ubuntu22.04";
        let facts = describe(base, SaidFacts::default());
        assert_eq!((facts.python, facts.nvcc, facts.flavor), (None, None, None));
        let said = SaidFacts {
            python: Some(false),
            nvcc: Some(false),
            ..SaidFacts::default()
        };
        let facts = describe(base, said);
        assert_eq!((facts.python, facts.nvcc), (Some(false), Some(false)));
    }

    #[test]
    fn a_copy_has_the_facts_of_the_same_tag() {
        let reference = ImageRef::parse("registry.corp/hub/cuda:11.8.0-devel-ubuntu22.04").unwrap();
        let copy = image(
            "registry.corp/hub/cuda",
            Some("nvidia/cuda"),
            SaidFacts::default(),
        );
        assert_eq!(
            copy.describe(&reference).unwrap().cuda,
            Some(CudaVersion::new(11, 8))
        );
    }

    #[test]
    fn an_address_is_what_its_longest_mirror_says() {
        let mirror = |url: &str, of: &str| {
            Arc::new(KnownMirror {
                url: url.to_owned(),
                of: MirrorOf::parse(of).unwrap(),
                origin: Origin {
                    file: Arc::new(SourceFile::new("x", "")),
                    span: Span::default(),
                },
            })
        };
        let known = Known {
            images: Vec::new(),
            mirrors: vec![
                mirror("https://pypi.corp/", "pypi"),
                mirror("https://pypi.corp/torch", "pytorch"),
            ],
        };
        let kind = |url| {
            known
                .mirror(url)
                .map(|mirror| format!("{:?}", mirror.kind(url)))
        };
        assert_eq!(kind("https://u:p@pypi.corp/simple").unwrap(), "PyPi");
        assert_eq!(
            kind("https://pypi.corp/torch/cu124").unwrap(),
            r#"KnownMirror { suffix: Some("cu124") }"#
        );
        assert_eq!(kind("https://pypi.corp.example/simple"), None);
    }
}
