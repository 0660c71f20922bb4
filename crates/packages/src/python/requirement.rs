//! One word of an installer's command line, or one line of a requirements file: a PEP 508 requirement, an
//! address, a wheel, or a local project.

use std::ops::Range;
use std::str::FromStr as _;

use pep440_rs::{Operator, Version, VersionSpecifiers};

use crate::action::{Requirement, RequirementOrigin, VersionSpec};
use crate::call::PackageOf;
use crate::python::version::normalize;
use crate::text::{HOLE, Text};
use crate::words::options::trim;

/// What a word asks for.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    /// A package.
    Package(Box<Requirement>),
    /// The project in a directory, with extras.
    Project(Project),
    /// Nothing that can be known.
    Unknown,
}

/// A local project.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// The directory, extras excluded.
    pub path: Text,
    /// Extras, normalised.
    pub extras: Vec<String>,
}

/// Archives that pip takes for source distributions.
const ARCHIVES: &[&str] = &[".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip", ".tar"];

/// Reads one requirement; `package_of` names the packages of repositories.
pub(crate) fn read(text: &Text, origin: &RequirementOrigin, package_of: PackageOf) -> Wanted {
    let whole = trim(text.as_str(), text.all());
    let word = &text.as_str()[whole.clone()];
    if word.is_empty() {
        return Wanted::Unknown;
    }
    let reader = Reader {
        text,
        origin,
        package_of,
    };
    if is_address(word) {
        return reader.address(whole);
    }
    if let Some(found) = reader.direct_reference(whole.clone()) {
        return found;
    }
    let (body, marker) = split_marker(word, true);
    let body = trim(
        text.as_str(),
        whole.start + body.start..whole.start + body.end,
    );
    let marker = marker.map(|marker| whole.start + marker.start..whole.start + marker.end);
    let path = &text.as_str()[body.clone()];
    let unextended = path.split('[').next().unwrap_or(path);
    if is_wheel(path) || ARCHIVES.iter().any(|end| path.ends_with(end)) {
        return reader.archive(body, marker);
    }
    if is_path(unextended) {
        return reader.project(body);
    }
    reader.named(body, marker)
}

/// `-e` takes directories and version control addresses.
pub(crate) fn read_editable(
    text: &Text,
    origin: &RequirementOrigin,
    package_of: PackageOf,
) -> Wanted {
    let whole = trim(text.as_str(), text.all());
    if is_address(&text.as_str()[whole.clone()]) {
        return read(text, origin, package_of);
    }
    let reader = Reader {
        text,
        origin,
        package_of,
    };
    reader
        .direct_reference(whole.clone())
        .unwrap_or_else(|| reader.project(whole))
}

/// `git+https://…`, `https://…`, `file:…`.
fn is_address(word: &str) -> bool {
    let scheme = word.split("://").next().unwrap_or_default();
    let has_scheme = scheme.len() < word.len()
        && !scheme.is_empty()
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    has_scheme || word.starts_with("file:") || word.starts_with("git+")
}

/// pip compares the ending as it is written.
#[expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "as pip does"
)]
fn is_wheel(path: &str) -> bool {
    path.ends_with(".whl")
}

/// pip takes words with a slash, or with a dot in front, for directories.
fn is_path(word: &str) -> bool {
    word.contains('/') || word.starts_with('.') || word.starts_with('~')
}

/// Where the marker begins. Addresses may hold semicolons, so theirs needs a blank.
fn split_marker(word: &str, address: bool) -> (Range<usize>, Option<Range<usize>>) {
    let at = if address && (word.contains("://") || word.contains('/')) {
        word.find("; ").or_else(|| word.find(" ;"))
    } else {
        word.find(';')
    };
    match at {
        Some(at) => {
            let end = if word[at..].starts_with(' ') {
                at + 2
            } else {
                at + 1
            };
            (0..at, Some(trim(word, end..word.len())))
        }
        None => (0..word.len(), None),
    }
}

struct Reader<'t> {
    text: &'t Text,
    origin: &'t RequirementOrigin,
    package_of: PackageOf,
}

/// Name and version as far as a file name tells.
struct FromFile {
    name: Range<usize>,
    version: Option<Range<usize>>,
}

impl Reader<'_> {
    fn str(&self, range: Range<usize>) -> &str {
        self.text.as_str().get(range).unwrap_or_default()
    }

    fn requirement(&self, name: &Range<usize>, body: &Range<usize>) -> Box<Requirement> {
        let raw = self.str(name.clone());
        let name_text = if raw.contains(HOLE) {
            String::new()
        } else {
            normalize(raw)
        };
        Box::new(Requirement {
            name: name_text,
            name_at: self.text.locate(if name.is_empty() {
                body.clone()
            } else {
                name.clone()
            }),
            extras: Vec::new(),
            version: VersionSpec::Any,
            marker: None,
            url: None,
            text: self.text.slice(body.clone()),
            origin: self.origin.clone(),
            index: None,
        })
    }

    fn marker(&self, marker: Option<Range<usize>>) -> Option<Text> {
        marker
            .filter(|range| !range.is_empty())
            .map(|range| self.text.slice(range))
    }

    /// A word that is an address.
    fn address(&self, whole: Range<usize>) -> Wanted {
        let (body, marker) = split_marker(self.str(whole.clone()), true);
        let body = trim(
            self.text.as_str(),
            whole.start + body.start..whole.start + body.end,
        );
        let marker = marker.map(|marker| whole.start + marker.start..whole.start + marker.end);
        let url = body.clone();
        let mut requirement = self.at_address(&url, None);
        requirement.text = self.text.slice(body);
        requirement.marker = self.marker(marker);
        Wanted::Package(requirement)
    }

    /// What an address installs; `name` when a requirement gives it.
    fn at_address(&self, url: &Range<usize>, name: Option<&Range<usize>>) -> Box<Requirement> {
        let address = self.str(url.clone());
        let path_end = address.find(['?', '#']).unwrap_or(address.len());
        let fragment = &address[address.find('#').map_or(address.len(), |at| at + 1)..];
        let file_start = address[..path_end].rfind('/').map_or(0, |at| at + 1);
        let file = url.start + file_start..url.start + path_end;
        let is_repository = ["git+", "hg+", "svn+", "bzr+"]
            .iter()
            .any(|scheme| address.starts_with(scheme));
        let told = if is_repository {
            None
        } else {
            self.file_name(&file)
        };
        let egg = fragment
            .split('&')
            .find_map(|part| part.strip_prefix("egg="));
        let mut requirement = match (name, &told) {
            (Some(name), _) => self.requirement(name, url),
            (None, Some(told)) => self.requirement(&told.name, url),
            (None, None) => self.requirement(&(url.start..url.start), url),
        };
        if let Some(version) = told.and_then(|told| told.version) {
            requirement.version = self.version_of_file(version);
        }
        if name.is_none() {
            if let Some(egg) = egg {
                self.egg(&mut requirement, egg, url.start + offset(address, egg));
            } else if requirement.name.is_empty() {
                self.repository(&mut requirement, url, path_end);
            }
        }
        requirement.url = Some(self.text.slice(url.clone()));
        requirement
    }

    fn egg(&self, requirement: &mut Requirement, egg: &str, at: usize) {
        let name = egg.split('[').next().unwrap_or(egg);
        if name.is_empty() || name.contains(HOLE) {
            return;
        }
        requirement.name = normalize(name);
        requirement.name_at = self.text.locate(at..at + name.len());
        if let Some(extras) = egg[name.len()..]
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            requirement.extras = read_extras(extras);
        }
    }

    /// The package of `https://host/owner/repository(.git)(@rev)` and of GitHub's archives of it.
    fn repository(&self, requirement: &mut Requirement, url: &Range<usize>, path_end: usize) {
        let address = self.str(url.start..url.start + path_end);
        let Some(host) = address.find("://").map(|at| at + 3) else {
            return;
        };
        let is_repository = address[..host].contains('+');
        let mut parts = address[host..].split('/').skip(1);
        let (owner, name) =
            if is_repository && !address.contains("github.com") && !address.contains("gitlab") {
                let path: Vec<&str> = parts.collect();
                match path.as_slice() {
                    [.., owner, name] => (*owner, *name),
                    [name] => ("", *name),
                    [] => return,
                }
            } else {
                match (parts.next(), parts.next(), parts.next()) {
                    (Some(owner), Some(name), rest)
                        if is_repository
                            || rest.is_some_and(|r| {
                                r == "archive" || r == "tarball" || r == "zipball"
                            }) =>
                    {
                        (owner, name)
                    }
                    _ => return,
                }
            };
        let at = url.start + offset(address, name);
        let name = name.split('@').next().unwrap_or(name);
        let name = name.strip_suffix(".git").unwrap_or(name);
        if name.is_empty() || name.contains(HOLE) {
            return;
        }
        requirement.name =
            (self.package_of)(owner, name).map_or_else(|| normalize(name), str::to_owned);
        requirement.name_at = self.text.locate(at..at + name.len());
    }

    /// `name[extras] @ address`.
    fn direct_reference(&self, whole: Range<usize>) -> Option<Wanted> {
        let word = self.str(whole.clone());
        let name = name_length(word)?;
        let mut rest = trim_start(word, name);
        let extras = if word[rest..].starts_with('[') {
            let close = rest + word[rest..].find(']')?;
            let extras = read_extras(&word[rest + 1..close]);
            rest = trim_start(word, close + 1);
            extras
        } else {
            Vec::new()
        };
        let address = word[rest..].strip_prefix('@')?;
        let start = whole.start + word.len() - address.trim_start().len();
        let (body, marker) = split_marker(self.str(start..whole.end), true);
        let url = trim(self.text.as_str(), start..start + body.end);
        let name = whole.start..whole.start + name;
        let mut requirement = self.at_address(&url, Some(&name));
        requirement.extras = extras;
        requirement.text = self.text.slice(whole.start..url.end);
        requirement.marker =
            self.marker(marker.map(|marker| start + marker.start..start + marker.end));
        Some(Wanted::Package(requirement))
    }

    /// A path to a wheel or a source archive.
    fn archive(&self, body: Range<usize>, marker: Option<Range<usize>>) -> Wanted {
        let path = self.str(body.clone());
        let file = body.start + path.rfind('/').map_or(0, |at| at + 1)..body.end;
        let told = self.file_name(&file);
        let name = told
            .as_ref()
            .map_or(body.start..body.start, |told| told.name.clone());
        let mut requirement = self.requirement(&name, &body);
        if let Some(version) = told.and_then(|told| told.version) {
            requirement.version = self.version_of_file(version);
        }
        requirement.url = Some(self.text.slice(body));
        requirement.marker = self.marker(marker);
        Wanted::Package(requirement)
    }

    /// `torch-2.1.0+cu121-cp310-cp310-linux_x86_64.whl`, `torch-2.1.0.tar.gz`, `torch-*.whl`.
    fn file_name(&self, file: &Range<usize>) -> Option<FromFile> {
        let text = self.str(file.clone());
        let (stem, is_wheel) = match text.strip_suffix(".whl") {
            Some(stem) => (stem, true),
            None => (
                ARCHIVES.iter().find_map(|end| text.strip_suffix(end))?,
                false,
            ),
        };
        let (name, version) = if is_wheel {
            let mut parts = stem.split('-');
            (parts.next()?, parts.next())
        } else {
            let (name, version) = stem.rsplit_once('-')?;
            if !version.starts_with(|c: char| c.is_ascii_digit() || c == HOLE) {
                return None;
            }
            (name, Some(version))
        };
        if name.is_empty() || name.contains(['*', '?', '[']) {
            return None;
        }
        let version = version
            .filter(|version| !version.contains(['*', '?', '[']))
            .map(|version| {
                let start = file.start + offset(text, version);
                start..start + version.len()
            });
        Some(FromFile {
            name: file.start..file.start + name.len(),
            version,
        })
    }

    fn version_of_file(&self, range: Range<usize>) -> VersionSpec {
        let decoded = self
            .str(range.clone())
            .replace("%2B", "+")
            .replace("%2b", "+");
        match Version::from_str(&decoded) {
            Ok(version) => VersionSpec::Exact {
                version,
                text: self.text.slice(range),
            },
            Err(_) => VersionSpec::Unknown,
        }
    }

    /// `.`, `./dir[extra]`.
    fn project(&self, body: Range<usize>) -> Wanted {
        let word = self.str(body.clone());
        let (path, extras) = match word
            .strip_suffix(']')
            .and_then(|word| word.rsplit_once('['))
        {
            Some((path, extras)) => (path, read_extras(extras)),
            None => (word, Vec::new()),
        };
        if path.contains(['*', '?']) {
            return Wanted::Unknown;
        }
        let path = self
            .text
            .slice(body.start..body.start + path.trim_end().len());
        Wanted::Project(Project { path, extras })
    }

    /// `name[extras] specifiers`.
    fn named(&self, body: Range<usize>, marker: Option<Range<usize>>) -> Wanted {
        let word = self.str(body.clone());
        let Some(name) = name_length(word) else {
            return Wanted::Unknown;
        };
        let mut rest = trim_start(word, name);
        let mut extras = Vec::new();
        if word[rest..].starts_with('[') {
            let Some(close) = word[rest..].find(']').map(|at| rest + at) else {
                return Wanted::Unknown;
            };
            extras = read_extras(&word[rest + 1..close]);
            rest = trim_start(word, close + 1);
        }
        if !word[rest..].is_empty() && !word[rest..].starts_with(['=', '<', '>', '!', '~', '(']) {
            return Wanted::Unknown;
        }
        if extras.iter().any(|extra| extra.contains(HOLE)) {
            return Wanted::Unknown;
        }
        let mut requirement = self.requirement(&(body.start..body.start + name), &body);
        requirement.extras = extras;
        requirement.version = read_specifiers(self.text, body.start + rest..body.end);
        requirement.marker = self.marker(marker);
        Wanted::Package(requirement)
    }
}

/// `==2.1`, `>=2,<3`, `(>=2)` and so on in a part of a text.
pub(crate) fn read_specifiers(text: &Text, range: Range<usize>) -> VersionSpec {
    let mut range = trim(text.as_str(), range);
    let mut spec = &text.as_str()[range.clone()];
    if let Some(inner) = spec
        .strip_prefix('(')
        .and_then(|spec| spec.strip_suffix(')'))
    {
        range = trim(text.as_str(), range.start + 1..range.end - 1);
        spec = inner.trim();
    }
    if spec.is_empty() {
        return VersionSpec::Any;
    }
    if spec.contains(HOLE) {
        return VersionSpec::Unknown;
    }
    let Ok(specifiers) = VersionSpecifiers::from_str(spec) else {
        return VersionSpec::Unknown;
    };
    if let [only] = &*specifiers
        && matches!(only.operator(), Operator::Equal | Operator::ExactEqual)
    {
        let start = range.start + spec.len() - spec.trim_start_matches(['=', ' ', '\t']).len();
        return VersionSpec::Exact {
            version: only.version().clone(),
            text: text.slice(start..range.end),
        };
    }
    VersionSpec::Range {
        specifiers,
        text: text.slice(range),
    }
}

/// The length of the package name at the start of a word; `None` where it is not wholly known.
pub(crate) fn name_length(word: &str) -> Option<usize> {
    let end = word
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(word.len());
    let name = &word[..end];
    let fits = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !word[end..].starts_with(HOLE);
    fits.then_some(end)
}

/// Extras between the brackets.
pub(crate) fn read_extras(list: &str) -> Vec<String> {
    list.split(',')
        .map(str::trim)
        .filter(|extra| !extra.is_empty())
        .map(normalize)
        .collect()
}

fn trim_start(word: &str, from: usize) -> usize {
    word.len() - word[from..].trim_start().len()
}

/// Where `part`, a slice of `whole`, begins in it.
fn offset(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{package_of, show, text};

    fn read_one(word: &str) -> Requirement {
        match read(&text(word), &RequirementOrigin::Command, package_of) {
            Wanted::Package(requirement) => *requirement,
            other => panic!("{word}: {other:?}"),
        }
    }

    #[test]
    fn requirements_in_every_spelling() {
        for (word, shown) in [
            ("torch", "torch"),
            ("Flash_Attn", "flash-attn"),
            ("torch==2.1", "torch 2.1"),
            ("torch == 2.1.0+cu121", "torch 2.1.0+cu121"),
            ("torch===2.1", "torch 2.1"),
            ("torch==2.1.*", "torch ==2.1.*"),
            ("torch>=2,<3", "torch >=2,<3"),
            ("torch~=2.1.0", "torch ~=2.1.0"),
            ("torch (>=2)", "torch >=2"),
            ("torch=2.1", "torch unknown"),
            ("torch==$", "torch unknown"),
            ("torch==2.$", "torch unknown"),
            ("tensorflow[and-cuda]>=2.14", "tensorflow[and-cuda] >=2.14"),
            ("jax[ CUDA12_pip , x ]", "jax[cuda12-pip,x]"),
            ("torch;python_version<'3.9'", "torch"),
            (
                "https://x/cu121/torch-2.1.0%2Bcu121-cp310-cp310-linux_x86_64.whl",
                "torch 2.1.0+cu121",
            ),
            ("https://x/torch-2.1.0.tar.gz#sha256=0", "torch 2.1.0"),
            ("https://x/y.zip", "?"),
            (
                "torch @ https://x/torch-2.1.0-cp310-cp310-linux_x86_64.whl",
                "torch 2.1.0",
            ),
            ("torch@https://x/y.whl ; os_name=='posix'", "torch"),
            (
                "git+https://github.com/Dao-AILab/flash-attention.git@v2.5",
                "flash-attn",
            ),
            ("git+https://github.com/o/vision", "vision"),
            ("git+https://github.com/pytorch/vision", "torchvision"),
            (
                "git+https://github.com/o/r.git@main#egg=My_Name[x]&subdirectory=y",
                "my-name[x]",
            ),
            ("git+ssh://git@gitlab.example.com/o/my_repo.git", "my-repo"),
            ("https://github.com/o/r/archive/refs/tags/v1.zip", "r"),
            (
                "dist/torch-2.1.0-cp310-cp310-linux_x86_64.whl",
                "torch 2.1.0",
            ),
            ("dist/torch-*.whl", "torch"),
            ("dist/*.whl", "?"),
            ("$/torch-2.0-py3-none-any.whl", "torch 2.0"),
            ("https://x/torch-$-py3-none-any.whl", "torch unknown"),
            ("git+$", "?"),
        ] {
            assert_eq!(show(&[read_one(word)]), shown, "{word}");
        }
    }

    #[test]
    fn directories_are_projects() {
        for (word, path, extras) in [
            (".", ".", ""),
            (".[dev,Test]", ".", "dev,test"),
            ("./src", "./src", ""),
            ("src/pkg[x]", "src/pkg", "x"),
            ("/opt/$/app", "/opt/\u{FFFC}/app", ""),
        ] {
            match read(&text(word), &RequirementOrigin::Command, package_of) {
                Wanted::Project(project) => {
                    assert_eq!(
                        (project.path.as_str(), project.extras.join(",").as_str()),
                        (path, extras)
                    );
                }
                other => panic!("{word}: {other:?}"),
            }
        }
    }

    #[test]
    fn words_that_may_be_anything_are_unknown() {
        for word in ["$", "$torch", "torch$", "torch[$]", "*", "tor ch", "[x]"] {
            assert!(
                matches!(
                    read(&text(word), &RequirementOrigin::Command, package_of),
                    Wanted::Unknown
                ),
                "{word}"
            );
        }
    }

    #[test]
    fn every_part_is_found_to_the_byte() {
        let requirement = read_one("torch[x] == 2.1.0 ; python_version < '3.9'");
        let place = |span: source::Span| (span.start, span.end);
        assert_eq!(place(requirement.name_at.span), (0, 5));
        assert_eq!(requirement.text.as_str(), "torch[x] == 2.1.0");
        let VersionSpec::Exact { text, .. } = &requirement.version else {
            panic!()
        };
        assert_eq!((text.as_str(), place(text.at().span)), ("2.1.0", (12, 17)));
        let marker = requirement.marker.unwrap();
        assert_eq!(
            (marker.as_str(), marker.at().span.start),
            ("python_version < '3.9'", 20)
        );
    }
}
