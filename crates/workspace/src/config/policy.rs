//! What a configuration and the command line together say.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use camino::Utf8PathBuf;
use linter::derive::image;
use linter::{Rule, Settings, rules};
use source::Severity;

use super::document::{Config, Threshold};
use super::words;
use crate::files::Folders;
use crate::{Error, Result};

/// What is to be reported, in the words of whoever asks.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// These rules only; all where there is none.
    pub select: Vec<String>,
    /// Not these rules.
    pub ignore: Vec<String>,
    /// What fails the run.
    pub fail_on: Option<Threshold>,
}

/// What the command line says; it wins over every configuration.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    said: Said,
    settings: Settings,
    /// What holds where neither the command line nor a configuration says anything.
    seen: Settings,
}

impl Flags {
    /// Nothing but how files are checked.
    pub(crate) fn of_settings(settings: Settings) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// Fails on a name that is no rule's.
    pub fn new(said: Said, settings: Settings) -> Result<Self> {
        for name in said.select.iter().chain(&said.ignore) {
            known(name)?;
        }
        Ok(Self {
            said,
            settings,
            seen: Settings::default(),
        })
    }

    /// With what was seen of a machine that nobody named: a configuration that names another one wins.
    #[must_use]
    pub fn seeing(mut self, seen: Settings) -> Self {
        self.settings.host = self.settings.host.or_else(|| seen.host.clone());
        self.seen = seen;
        self
    }
}

impl Flags {
    /// Whether some rules were asked for and others were not.
    pub(super) fn is_narrowed(&self) -> bool {
        !self.said.select.is_empty() || !self.said.ignore.is_empty()
    }
}

/// Fails where there is no rule of this name.
fn known(name: &str) -> Result<()> {
    words::rule(name)
        .map_err(|message| Error::new(format!("{message} (`env-doctor rules` lists them)")))
}

/// What holds for the files of some directories.
#[derive(Debug)]
pub(crate) struct Policy {
    flags: Arc<Flags>,
    config: Config,
    /// What its paths count from, without links.
    directory: PathBuf,
    settings: Settings,
}

impl Policy {
    /// `config`, whose paths count from `directory`, below what the command line says.
    pub(super) fn new(flags: Arc<Flags>, config: Config, directory: PathBuf) -> Self {
        let mut settings = flags.settings.clone();
        let seen = &flags.seen;
        settings.target = settings
            .target
            .or(config.target.clone())
            .or(seen.target.clone());
        settings.default_runtime = settings
            .default_runtime
            .or_else(|| config.default_runtime.clone())
            .or_else(|| seen.default_runtime.clone());
        // The last of a name counts.
        let given = std::mem::take(&mut settings.build_args).into_iter();
        let given = given.map(|(name, value)| (name, image::given(value, &config.known)));
        settings.build_args = config.build_args.iter().cloned().chain(given).collect();
        settings.known = Arc::clone(&config.known);
        Self {
            flags,
            config,
            directory,
            settings,
        }
    }

    /// How files are checked.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The build context of Dockerfiles.
    pub(crate) fn context(&self, folders: &Folders) -> Option<Utf8PathBuf> {
        let context = self.config.context.as_ref()?;
        let full = self.directory.join(context);
        let full = Utf8PathBuf::from_path_buf(full).ok()?;
        Some(folders.short(full))
    }

    /// Whether a search leaves a path out; `path` is absolute and without links.
    pub(super) fn excludes(&self, path: &Path, is_directory: bool) -> bool {
        let relative = path.strip_prefix(&self.directory);
        relative.is_ok_and(|path| self.config.exclude.fit(path, is_directory))
    }

    /// The lowest severity that fails a run; `None` where nothing does.
    pub(crate) fn threshold(&self) -> Option<Severity> {
        let fail_on = self.flags.said.fail_on.or(self.config.fail_on);
        fail_on.unwrap_or_default().0
    }

    /// Whether paths decide what is reported.
    pub(super) fn asks_for_paths(&self) -> bool {
        !self.config.per_path.is_empty()
    }

    /// The severity that a finding is reported with, if it is. `paths` are the files that it counts as found in,
    /// absolute and without links.
    pub(crate) fn judge(&self, rule: &str, found: Severity, paths: &[PathBuf]) -> Option<Severity> {
        let named = |names: &[String]| names.iter().any(|name| name == rule);
        let (flags, config) = (&self.flags.said, &self.config);
        let selected = named(&flags.select);
        if named(&flags.ignore) || (!flags.select.is_empty() && !selected) {
            return None;
        }
        let level = config.levels.get(rule).copied();
        let mut judged = if selected {
            Some(level.flatten().unwrap_or(found))
        } else if config.ignore.contains(&rule) {
            None
        } else {
            let on = match &config.select {
                Some(listed) => listed.contains(&rule),
                None => level.is_some() || rules::find(rule).is_none_or(Rule::is_on_by_default),
            };
            level.unwrap_or(Some(found)).filter(|_| on)
        };
        let relative: Vec<&Path> = paths
            .iter()
            .filter_map(|path| path.strip_prefix(&self.directory).ok())
            .collect();
        for entry in &config.per_path {
            if !relative.iter().any(|path| entry.paths.fit(path, false)) {
                continue;
            }
            if entry.ignore.contains(&rule) {
                judged = None;
            }
            if let Some(level) = entry.levels.get(rule) {
                judged = *level;
            }
        }
        judged
    }
}

#[cfg(test)]
mod tests {
    use source::SourceFile;

    use super::super::read;
    use super::*;

    fn policy(text: &str, select: &[&str], ignore: &[&str]) -> Policy {
        let file = Arc::new(SourceFile::new("env-doctor.toml", text));
        let config = read::config(&file, &[]).unwrap();
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let said = Said {
            select: owned(select),
            ignore: owned(ignore),
            fail_on: None,
        };
        let flags = Flags {
            said,
            ..Flags::default()
        };
        Policy::new(Arc::new(flags), config, PathBuf::from("/project"))
    }

    fn judged(policy: &Policy, rule: &str, path: &str) -> Option<Severity> {
        policy.judge(rule, Severity::Info, &[PathBuf::from(path)])
    }

    #[test]
    fn a_misspelt_rule_is_an_error_that_names_the_right_one() {
        let error = known("torch-index-mising").unwrap_err().to_string();
        assert!(
            error.contains("did you mean `torch-index-missing`?"),
            "{error}"
        );
    }

    #[test]
    fn flags_win_over_the_configuration() {
        let text = "select = ['cpu-wheel']\nignore = ['gpu-shared']";
        let plain = policy(text, &[], &[]);
        assert!(judged(&plain, "cpu-wheel", "/project/Dockerfile").is_some());
        assert!(judged(&plain, "nvcc-missing", "/project/Dockerfile").is_none());
        let selecting = policy(text, &["gpu-shared", "nvcc-missing"], &["nvcc-missing"]);
        assert!(judged(&selecting, "gpu-shared", "/project/Dockerfile").is_some());
        assert!(judged(&selecting, "cpu-wheel", "/project/Dockerfile").is_none());
        assert!(judged(&selecting, "nvcc-missing", "/project/Dockerfile").is_none());
    }

    #[test]
    fn a_machine_that_is_only_seen_comes_last() {
        let target = |driver: &str| linter::Target {
            driver: linter::target::driver(driver).ok(),
            ..linter::Target::default()
        };
        let settings = |driver: &str| Settings {
            target: target(driver),
            ..Settings::default()
        };
        let of = |config: Config, flags: Flags| {
            let policy = Policy::new(Arc::new(flags), config, PathBuf::new());
            policy.settings.target.driver.unwrap().to_string()
        };
        let seen = || Flags::default().seeing(settings("580"));
        let config = || Config {
            target: target("535"),
            ..Config::default()
        };
        assert_eq!(of(Config::default(), seen()), "580");
        assert_eq!(of(config(), seen()), "535");
        let mut flags = seen();
        flags.settings.target = target("550");
        assert_eq!(of(config(), flags), "550");
    }

    #[test]
    fn a_severity_switches_on_and_off_switches_off() {
        let text = "rules = { compose-version-obsolete = 'error', gpu-shared = 'off' }";
        let policy = policy(text, &[], &[]);
        let of = |rule| judged(&policy, rule, "/project/compose.yaml");
        assert_eq!(of("compose-version-obsolete"), Some(Severity::Error));
        assert_eq!(of("gpu-shared"), None);
        assert_eq!(of("cpu-wheel"), Some(Severity::Info));
    }

    #[test]
    fn the_last_entry_that_fits_a_path_counts() {
        let text = "
            [[per-path]]
            paths = ['docker/']
            ignore = ['cpu-wheel']
            [[per-path]]
            paths = ['docker/prod/']
            rules = { cpu-wheel = 'error' }";
        let policy = policy(text, &[], &[]);
        let of = |path| judged(&policy, "cpu-wheel", path);
        assert_eq!(of("/project/Dockerfile"), Some(Severity::Info));
        assert_eq!(of("/project/docker/Dockerfile"), None);
        assert_eq!(of("/project/docker/prod/Dockerfile"), Some(Severity::Error));
        assert_eq!(of("/elsewhere/docker/Dockerfile"), Some(Severity::Info));
    }
}
