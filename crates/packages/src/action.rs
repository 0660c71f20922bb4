//! What a command does, in the terms that rules speak: installs these Python packages from that index, asks
//! the GPU a question, compiles CUDA, runs something opaque.

use source::{FileId, Location};

use crate::text::Text;

/// What one command does. A command may do several things (`conda env create` installs conda and pip packages).
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "most actions are the large one")]
pub enum Action {
    /// Python packages.
    Python(PythonInstall),
    /// Conda packages.
    Conda(CondaInstall),
    /// Packages of the operating system.
    Os(OsInstall),
    /// Python packages removed by name (`pip uninstall`, `conda remove`).
    PythonRemove(Vec<Text>),
    /// `pip config set KEY VALUE`: holds for every later pip in the image.
    PipConfig {
        /// `global.index-url`, `install.extra-index-url`.
        key: String,
        /// What it is set to; several values are separated by blanks.
        value: Text,
    },
}

/// The program that resolves and installs Python packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the program of that name")]
pub enum PythonTool {
    Pip,
    UvPip,
    UvAdd,
    UvSync,
    /// `uvx`, `uv tool run`, `uv tool install`, `uv run --with`: into an environment of its own.
    UvTool,
    Pipx,
    Poetry,
    Pdm,
    Pixi,
    /// The pip section of an environment file.
    CondaPip,
    Pipenv,
}

impl PythonTool {
    /// Whether uv resolves: its `--extra-index-url` comes first and one index wins per package.
    #[must_use]
    pub fn is_uv(self) -> bool {
        matches!(
            self,
            Self::UvPip | Self::UvAdd | Self::UvSync | Self::UvTool
        )
    }
}

/// One installation of Python packages.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of the command line"
)]
pub struct PythonInstall {
    /// Which program.
    pub tool: PythonTool,
    /// What is installed, from the command line and from files that were at hand.
    pub requirements: Vec<Requirement>,
    /// `-c` files' lines: they pin, but install nothing.
    pub constraints: Vec<Requirement>,
    /// Files named by the command.
    pub files: Vec<DependencyFile>,
    /// Local projects: `.`, `-e ./src[extra]`, a directory.
    pub projects: Vec<Text>,
    /// Where packages come from.
    pub indexes: Indexes,
    /// `--no-deps`.
    pub no_deps: bool,
    /// `--no-build-isolation`, `--no-use-pep517`, or uv's per-package form naming the package.
    pub no_build_isolation: NoBuildIsolation,
    /// `--no-index`.
    pub no_index: bool,
    /// `--pre`, `--prerelease=allow`.
    pub pre: bool,
    /// `-U`, `--upgrade`, `--force-reinstall`.
    pub upgrade: bool,
    /// `--target DIR`, `--root`, `--prefix`.
    pub target: Option<Text>,
    /// `--platform`/`--dry-run`/`--report`: nothing is installed here.
    pub dry_run: bool,
    /// The interpreter that the command names: `python3.10` of `python3.10 -m pip`, `-p 3.11`.
    pub python: Option<Text>,
    /// Where an option may be inserted: the end of the subcommand word (`install`). An index given there counts
    /// for pip, `uv pip` and uv's tools alone; the others take it from their files.
    pub options_at: Location,
    /// The command line holds words that are not known; more may be installed than `requirements` says.
    pub incomplete: bool,
}

impl PythonInstall {
    /// Every address that its packages come from.
    pub fn index_urls(&self) -> impl Iterator<Item = &IndexUrl> {
        let own = self.requirements.iter();
        self.indexes
            .all()
            .chain(own.filter_map(|requirement| requirement.index.as_ref()))
    }
}

/// `--no-build-isolation` in its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoBuildIsolation {
    /// Not given: builds are isolated.
    No,
    /// For everything.
    All,
    /// uv's `--no-build-isolation-package NAME`, normalised.
    Packages(Vec<String>),
}

/// One thing to install.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Normalised as PEP 503 says (`flash-attn`); empty when not known (an unnamed wheel URL, an unknown word).
    pub name: String,
    /// The bytes of the name.
    pub name_at: Location,
    /// Extras, normalised, in order.
    pub extras: Vec<String>,
    /// Which versions.
    pub version: VersionSpec,
    /// `; python_version < "3.9"` as written; `None` when absent.
    pub marker: Option<Text>,
    /// A wheel, archive or `git+` address.
    pub url: Option<Text>,
    /// The whole requirement: word of the command or line of the file, marker and hashes excluded.
    pub text: Text,
    /// Where it was found.
    pub origin: RequirementOrigin,
    /// An index that holds for this requirement alone (`[tool.uv.sources]`, a poetry source, a lock entry).
    pub index: Option<IndexUrl>,
}

/// Which versions a requirement allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionSpec {
    /// None given: the newest.
    Any,
    /// Exactly one: `==2.5.1`, `==2.5.1+cu121`, conda's `=2.5.1` counts as `Range`.
    Exact {
        /// The version, local part included.
        version: pep440_rs::Version,
        /// Its bytes.
        text: Text,
    },
    /// A range that pep440 understands, or a prefix such as `==2.5.*`.
    Range {
        /// The specifiers.
        specifiers: pep440_rs::VersionSpecifiers,
        /// All specifiers as written.
        text: Text,
    },
    /// Given, but not readable: `==${VERSION}` with VERSION unset.
    Unknown,
}

/// Where a requirement was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequirementOrigin {
    /// On the command line.
    Command,
    /// In a file that the command names, directly or through `-r`.
    File {
        /// The file that holds the line.
        file: FileId,
    },
    /// In a lock file: exact truth.
    Lock {
        /// The lock file.
        file: FileId,
    },
}

/// A file that an installation reads.
#[derive(Clone, Debug)]
pub struct DependencyFile {
    /// As named in the command, or implied (`pyproject.toml` of `uv sync`).
    pub path: Text,
    /// What it holds.
    pub kind: DependencyFileKind,
    /// What became of it.
    pub state: FileState,
    /// A list that a tool compiled: it pins all that is installed, as a lock file does.
    pub compiled: bool,
}

/// Kinds of dependency files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the file of that name")]
pub enum DependencyFileKind {
    Requirements,
    Constraints,
    Pyproject,
    UvLock,
    PoetryLock,
    PdmLock,
    CondaEnvironment,
    Pixi,
    Pipfile,
    PipConf,
}

/// Whether a dependency file could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Read; its requirements are in the install.
    Read(FileId),
    /// Made inside the image, outside the context, unreadable, or named by an unknown variable: contents unknown.
    NotAtHand,
}

/// Where packages come from: options, environment and file lines together.
#[derive(Clone, Debug, Default)]
pub struct Indexes {
    /// `--index-url`, `-i`, `PIP_INDEX_URL`, `UV_INDEX_URL`, `UV_DEFAULT_INDEX`, `--default-index`.
    pub primary: Option<IndexUrl>,
    /// `--extra-index-url`, `PIP_EXTRA_INDEX_URL`, `--index`, `UV_INDEX`.
    pub extra: Vec<IndexUrl>,
    /// `-f`, `--find-links`, `PIP_FIND_LINKS`.
    pub find_links: Vec<IndexUrl>,
    /// `--torch-backend`, `UV_TORCH_BACKEND`.
    pub torch_backend: Option<Text>,
    /// Something sets an index that cannot be read: an unknown variable, a `pip.conf` copied or written in the
    /// image, `pip config set` with an unknown value.
    pub unknown: bool,
}

impl Indexes {
    /// All addresses: primary, extra, find-links.
    pub fn all(&self) -> impl Iterator<Item = &IndexUrl> {
        self.primary
            .iter()
            .chain(&self.extra)
            .chain(&self.find_links)
    }
}

/// One address that packages come from.
#[derive(Clone, Debug)]
pub struct IndexUrl {
    /// The address.
    pub url: Text,
    /// How it reaches the installer, for messages: `--index-url`, `PIP_INDEX_URL`, `requirements.txt`.
    pub by: String,
}

/// An installation of conda packages.
#[derive(Clone, Debug)]
pub struct CondaInstall {
    /// `conda`, `mamba`, `micromamba`, `pixi`.
    pub tool: String,
    /// What is installed.
    pub packages: Vec<CondaPackage>,
    /// `-c` channels and those of an environment file, in order.
    pub channels: Vec<Text>,
    /// Environment files.
    pub files: Vec<DependencyFile>,
    /// The CUDA version that the project says the machine has (pixi's `system-requirements`).
    pub system_cuda: Option<Text>,
    /// The end of the subcommand word, where an option may be inserted.
    pub options_at: Location,
    /// More may be installed than `packages` says.
    pub incomplete: bool,
}

/// A conda match specification: `pytorch-cuda=12.1`, `nvidia::cuda-toolkit`, `pytorch=*=*cuda*`.
#[derive(Clone, Debug)]
pub struct CondaPackage {
    /// Lower-case name.
    pub name: String,
    /// The bytes of the name.
    pub name_at: Location,
    /// Before `::`.
    pub channel: Option<String>,
    /// Version part without the operator `=`/`==`; a hole when unknown.
    pub version: Option<Text>,
    /// Build string.
    pub build: Option<String>,
    /// The whole specification.
    pub text: Text,
}

/// A package manager of an operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the program of that name")]
pub enum OsManager {
    Apt,
    Dnf,
    Zypper,
    Apk,
    Pacman,
}

/// What an OS package manager is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OsVerb {
    /// Install, reinstall, `build-dep`, `dnf module install`, `groupinstall`.
    Install,
    /// Remove or purge.
    Remove,
    /// Refresh the lists (`apt-get update`).
    Update,
    /// Upgrade everything.
    Upgrade,
    /// Anything that installs nothing: clean, search, `--download-only`, `--simulate`.
    Other,
}

/// A call of an OS package manager.
#[derive(Clone, Debug)]
pub struct OsInstall {
    /// Which family.
    pub manager: OsManager,
    /// The program as typed: `apt-get`, `yum`.
    pub program: String,
    /// What it is asked to do.
    pub verb: OsVerb,
    /// Package words, options excluded; `name=version` and `name:arch` as typed.
    pub packages: Vec<Text>,
    /// `--no-install-recommends`.
    pub no_recommends: bool,
    /// More may be installed than `packages` says (unknown words, `$(cat list)`, `xargs`).
    pub incomplete: bool,
}
