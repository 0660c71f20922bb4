//! What the options of the command line mean to a check.

use std::sync::Arc;

use anyhow::bail;
use host::{Audience, HostFacts};
use linter::{Settings, Target};
use source::{Applicability, Severity};
use workspace::config::{Flags, Policies, Said, Threshold, Whence};
use workspace::files::Folders;
use workspace::inputs::{Found, Input};
use workspace::machine;
use workspace::news::{Counted, News};
use workspace::repair::Wanted;

use crate::cli::{
    CheckingOptions, ConfigOptions, FailOn, FixOptions, Format, ListFormat, NewsOptions,
    ReportOptions, TargetOptions,
};
use crate::progress::Progress;

impl TargetOptions {
    /// What is said about the machine.
    pub(crate) fn target(&self) -> Target {
        Target {
            driver: self.driver.clone(),
            gpus: self.gpus.clone(),
            platform: self.platform.clone(),
        }
    }

    /// How files are checked that run there, as far as the options say.
    pub(crate) fn settings(&self, audience: Audience) -> workspace::Result<Settings> {
        machine::settings(self.target(), self.host.as_deref(), audience)
    }
}

impl CheckingOptions {
    /// How files are checked.
    pub(crate) fn settings(&self) -> workspace::Result<Settings> {
        self.machine.settings(self.report.format.audience())
    }

    /// The facts of the machine: of this one, unless the options name another or none.
    pub(crate) fn machine_facts(&self) -> workspace::Result<Option<Arc<HostFacts>>> {
        if self.machine.no_host {
            return Ok(None);
        }
        let audience = self.report.format.audience();
        let facts = match &self.machine.host {
            Some(argument) => machine::facts(argument, audience)?,
            None => machine::here(audience),
        };
        Ok(Some(Arc::new(facts)))
    }

    /// What holds for each file.
    pub(crate) fn policies(&self, flags: Flags) -> workspace::Result<Policies> {
        let folders = Folders::of_disk();
        let news = News::new(&folders, &self.news.counted())?;
        Policies::new(folders, flags, &self.config.whence(), news)
    }

    /// Refuses to write what cannot be written.
    pub(crate) fn can_fix(&self, found: &Found) -> anyhow::Result<()> {
        let is_written = matches!(self.fix.wanted(), Wanted::Written(_));
        if is_written && found.inputs.iter().any(Input::is_stdin) {
            bail!("standard input cannot be repaired; `--diff` prints the changes");
        }
        Ok(())
    }

    /// How far a check is, for a person who waits.
    pub(crate) fn progress(&self) -> Progress {
        Progress::new(self.report.quiet)
    }
}

impl FixOptions {
    /// What becomes of fixes.
    pub(crate) fn wanted(self) -> Wanted {
        let level = if self.unsafe_fixes {
            Applicability::Unsafe
        } else {
            Applicability::Safe
        };
        match self {
            Self { diff: true, .. } => Wanted::Shown(level),
            Self { fix: true, .. } => Wanted::Written(level),
            _ => Wanted::Nothing,
        }
    }
}

impl ConfigOptions {
    /// Where it is.
    pub(crate) fn whence(&self) -> Whence {
        match &self.config {
            _ if self.no_config => Whence::Nowhere,
            Some(file) => Whence::File(file.clone()),
            None => Whence::Nearest,
        }
    }
}

impl NewsOptions {
    /// Which findings count.
    pub(crate) fn counted(&self) -> Counted {
        Counted {
            baseline: self.baseline.clone(),
            write_baseline: self.write_baseline.clone(),
            changed_since: self.changed_since.clone(),
        }
    }
}

impl ReportOptions {
    /// What is to be reported.
    pub(crate) fn said(&self) -> Said {
        Said {
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            fail_on: self.fail_on.map(FailOn::threshold),
        }
    }
}

impl FailOn {
    fn threshold(self) -> Threshold {
        Threshold(match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        })
    }
}

impl Format {
    /// Who gets a report: the terminal is the user's own, all else is passed on.
    pub(crate) fn audience(self) -> Audience {
        match self {
            Self::Text => Audience::Owner,
            _ => Audience::Anyone,
        }
    }
}

impl ListFormat {
    /// Who gets a list, as for [`Format`].
    pub(crate) fn audience(self) -> Audience {
        match self {
            Self::Text => Audience::Owner,
            Self::Json => Audience::Anyone,
        }
    }
}
