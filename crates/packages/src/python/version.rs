//! Questions to requirements and version specifications.

use pep440_rs::{Operator, Version};

use crate::action::{
    DependencyFile, DependencyFileKind, FileState, PythonInstall, Requirement, RequirementOrigin,
    VersionSpec,
};
use crate::text::Text;

/// A package name in the one spelling that [PEP 503](https://peps.python.org/pep-0503/) gives it.
#[must_use]
pub fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut pending = false;
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            pending = true;
        } else {
            if std::mem::take(&mut pending) {
                out.push('-');
            }
            out.push(c.to_ascii_lowercase());
        }
    }
    if pending {
        out.push('-');
    }
    out
}

impl VersionSpec {
    /// The one version that is allowed.
    #[must_use]
    pub fn exact(&self) -> Option<&Version> {
        match self {
            Self::Exact { version, .. } => Some(version),
            _ => None,
        }
    }

    /// The bytes that say so.
    #[must_use]
    pub fn text(&self) -> Option<&Text> {
        match self {
            Self::Exact { text, .. } | Self::Range { text, .. } => Some(text),
            Self::Any | Self::Unknown => None,
        }
    }

    /// Whether `version` is allowed; `None` where the specification cannot be read.
    #[must_use]
    pub fn allows(&self, version: &Version) -> Option<bool> {
        match self {
            Self::Any => Some(true),
            Self::Exact { version: only, .. } if only.local().is_empty() => {
                Some(*only == version.clone().without_local())
            }
            Self::Exact { version: only, .. } => Some(only == version),
            Self::Range { specifiers, .. } => Some(specifiers.contains(version)),
            Self::Unknown => None,
        }
    }

    /// The leading release numbers that every allowed version shares: `[2, 5, 1]` of `==2.5.1+cu121`, `[2, 5]`
    /// of `==2.5.*` and of `~=2.5.0`; `None` where there are none.
    #[must_use]
    pub fn release_prefix(&self) -> Option<Vec<u64>> {
        match self {
            Self::Exact { version, .. } => Some(version.release().to_vec()),
            Self::Range { specifiers, .. } => specifiers.iter().find_map(|specifier| {
                let release = specifier.version().release();
                match specifier.operator() {
                    Operator::Equal | Operator::ExactEqual | Operator::EqualStar => {
                        Some(release.to_vec())
                    }
                    Operator::TildeEqual => {
                        Some(release[..release.len().saturating_sub(1)].to_vec())
                    }
                    _ => None,
                }
            }),
            Self::Any | Self::Unknown => None,
        }
    }
}

impl Requirement {
    /// The one version that is allowed.
    #[must_use]
    pub fn exact(&self) -> Option<&Version> {
        self.version.exact()
    }

    /// Whether it comes from a lock file.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self.origin, RequirementOrigin::Lock { .. })
    }

    /// Whether an extra is asked for.
    #[must_use]
    pub fn has_extra(&self, extra: &str) -> bool {
        self.extras.iter().any(|given| given == extra)
    }
}

impl PythonInstall {
    /// Whether more may be installed than the requirements say: unknown words, files that were not at hand,
    /// local projects.
    #[must_use]
    pub fn may_install_more(&self) -> bool {
        let missing = |file: &DependencyFile| {
            file.state == FileState::NotAtHand && file.kind != DependencyFileKind::Constraints
        };
        self.incomplete || !self.projects.is_empty() || self.files.iter().any(missing)
    }

    /// The Python version that the command names: `(3, 10)` of `python3.10 -m pip`, `pip3.10`, `-p 3.10`.
    #[must_use]
    pub fn python_version(&self) -> Option<(u32, u32)> {
        python_version(self.python.as_ref()?.known()?)
    }
}

/// The version in an interpreter's name, path or version request.
pub(crate) fn python_version(name: &str) -> Option<(u32, u32)> {
    let name = crate::program::base_name(name);
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let (major, rest) = digits.split_once('.')?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    Some((major.parse().ok()?, rest[..end].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[test]
    fn names_have_one_spelling() {
        for (given, normal) in [
            ("Flash_Attn", "flash-attn"),
            ("zope.interface", "zope-interface"),
            ("a-_.b", "a-b"),
        ] {
            assert_eq!(normalize(given), normal);
        }
    }

    #[test]
    fn shared_release_numbers() {
        for (given, prefix) in [
            ("torch==2.5.1+cu121", Some(vec![2, 5, 1])),
            ("torch==2.5.*", Some(vec![2, 5])),
            ("torch~=2.5.0", Some(vec![2, 5])),
            ("torch>=2", None),
            ("torch", None),
        ] {
            let install = World::new().python(&format!("pip install {given}"));
            assert_eq!(
                install.requirements[0].version.release_prefix(),
                prefix,
                "{given}"
            );
        }
    }

    #[test]
    fn versions_are_allowed_or_not() {
        let install = World::new().python("pip install a==2.1 b>=2,<3 c==2.1+cu121 d==$ e");
        let allowed = |version: &str| -> Vec<Option<bool>> {
            let version = version.parse().unwrap();
            install
                .requirements
                .iter()
                .map(|requirement| requirement.version.allows(&version))
                .collect()
        };
        assert_eq!(
            allowed("2.1.0+cu118"),
            [Some(true), Some(true), Some(false), None, Some(true)]
        );
        assert_eq!(
            allowed("3.0"),
            [Some(false), Some(false), Some(false), None, Some(true)]
        );
    }

    #[test]
    fn interpreters_name_their_version() {
        for (given, version) in [
            ("python3.10", Some((3, 10))),
            ("/usr/bin/python3.11", Some((3, 11))),
            ("3.12.4", Some((3, 12))),
            ("pip3.9", Some((3, 9))),
            ("python3", None),
            ("python", None),
        ] {
            assert_eq!(python_version(given), version, "{given}");
        }
    }
}
