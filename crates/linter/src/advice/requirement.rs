//! The packages of a question, as pip writes requirements.

use std::fmt;
use std::str::FromStr;

use packages::normalize;
use pep440_rs::{Version, VersionSpecifiers};

/// A package that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// PEP 503 name.
    pub name: String,
    /// As they were written.
    pub extras: Vec<String>,
    /// `==2.5.1`; empty where any version will do.
    pub versions: VersionSpecifiers,
    /// The local part that was asked for: `cu120` of `==2.5.1+cu120`.
    pub local: Option<String>,
    text: String,
}

impl Wanted {
    /// Whether a release (`2.5.1`) is allowed.
    #[must_use]
    pub fn allows(&self, version: &str) -> bool {
        Version::from_str(version).is_ok_and(|version| self.versions.contains(&version))
    }

    /// The one version that is allowed, if the requirement says `==`.
    #[must_use]
    pub fn exact(&self) -> Option<String> {
        use pep440_rs::Operator::{Equal, ExactEqual};
        let pinned = |specifier: &&pep440_rs::VersionSpecifier| {
            matches!(specifier.operator(), Equal | ExactEqual)
        };
        let specifier = self.versions.iter().find(pinned)?;
        Some(specifier.version().to_string())
    }

    /// Whether any version will do.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.versions.is_empty()
    }

    /// The same without a local part.
    #[must_use]
    pub(super) fn without_local(&self) -> Self {
        Self {
            local: None,
            ..self.clone()
        }
    }

    /// The same with any version.
    #[must_use]
    pub(super) fn without_versions(&self) -> Self {
        Self {
            versions: VersionSpecifiers::empty(),
            local: None,
            text: self.name.clone(),
            ..self.clone()
        }
    }

    /// As pip takes it, with these extras in place of its own.
    #[must_use]
    pub fn with_extras(&self, extras: &[&str]) -> String {
        let extras = if extras.is_empty() {
            String::new()
        } else {
            format!("[{}]", extras.join(","))
        };
        let versions: Vec<String> = self.versions.iter().map(ToString::to_string).collect();
        format!("{}{extras}{}", self.name, versions.join(","))
    }

    /// As pip takes it.
    #[must_use]
    pub fn requirement(&self) -> String {
        let extras: Vec<&str> = self.extras.iter().map(String::as_str).collect();
        self.with_extras(&extras)
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Wanted {
    type Err = String;

    /// From `torch`, `torch==2.6`, `torch>=2.5,<2.7`, `jax[cuda12]~=0.7`, `torch==2.5.1+cu121`.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let fail = || {
            format!(
                "`{text}` is no requirement; expected one such as torch, torch==2.6 or jax[cuda12]"
            )
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Err(fail());
        }
        let rest = rest.trim_start();
        let (extras, rest) = match rest.strip_prefix('[') {
            Some(rest) => rest.split_once(']').ok_or_else(fail)?,
            None => ("", rest),
        };
        let extras = extras
            .split(',')
            .map(str::trim)
            .filter(|extra| !extra.is_empty());
        // A marker says where, not what.
        let rest = rest
            .split_once(';')
            .map_or(rest, |(versions, _)| versions)
            .trim();
        let rest = rest
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
            .unwrap_or(rest);
        let (versions, local) = match rest.split_once('+') {
            Some((versions, local)) if versions.starts_with("==") && !local.contains(',') => {
                (versions, Some(local.trim().to_owned()))
            }
            _ => (rest, None),
        };
        Ok(Self {
            name: normalize(name),
            extras: extras.map(str::to_owned).collect(),
            versions: VersionSpecifiers::from_str(versions).map_err(|_| fail())?,
            local,
            text: text.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Wanted {
        text.parse().unwrap()
    }

    #[test]
    fn requirements_are_read_as_pip_reads_them() {
        assert!(read("torch").is_free());
        assert!(read("torch==2.6").allows("2.6.0"));
        assert!(read("torch>=2.5,<2.7").allows("2.6.0"));
        assert!(!read("torch>=2.5,<2.7").allows("2.7.0"));
        assert_eq!(read("Flash_Attn").name, "flash-attn");
        assert_eq!(read("jax[cuda12] ~= 0.7").extras, ["cuda12"]);
        assert_eq!(read("torch (>=2.5)").requirement(), "torch>=2.5");
        assert_eq!(
            read("torch==2.6 ; python_version > '3.8'").requirement(),
            "torch==2.6"
        );
        let local = read("torch==2.5.1+cu120");
        assert_eq!(local.local.as_deref(), Some("cu120"));
        assert_eq!(local.exact().as_deref(), Some("2.5.1"));
        assert_eq!(read("torch>=2.5").exact(), None);
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "==2",
            "torch=2.6",
            "torch[cuda",
            "git+https://example.com/x",
            "./x",
            "-r",
        ] {
            assert!(text.parse::<Wanted>().is_err(), "{text}");
        }
    }
}
