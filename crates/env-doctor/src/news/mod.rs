//! Which findings are new: not in a baseline, on lines that were changed.

mod baseline;
mod changes;
mod deadline;
mod git;
mod lines;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::NewsOptions;
use crate::report::{Failure, FileReport};
use baseline::Baseline;
use changes::Changes;

pub(crate) use baseline::Stale;

/// What makes findings old.
#[derive(Default)]
pub(crate) struct News {
    baseline: Option<Baseline>,
    changes: Option<Changes>,
    /// Where a baseline is to be written.
    write: Option<Utf8PathBuf>,
}

/// What was left out of a report because it is old.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Old {
    /// Fingerprints of the findings that the baseline has.
    pub known: Vec<String>,
    /// How many findings the baseline has.
    pub baseline: usize,
    /// How many stand on lines that were not changed.
    pub unchanged: usize,
}

impl News {
    /// Fails where the baseline cannot be read, or the revision cannot be compared with.
    pub(crate) fn new(options: &NewsOptions) -> anyhow::Result<Self> {
        let baseline = options
            .baseline
            .as_deref()
            .map(Baseline::read)
            .transpose()?;
        let changes = options
            .changed_since
            .as_deref()
            .map(|revision| Changes::since(revision, Utf8Path::new(".")))
            .transpose()?;
        Ok(Self {
            baseline,
            changes,
            write: options.write_baseline.clone(),
        })
    }

    /// Hides what is old.
    pub(crate) fn apply(&self, report: &mut FileReport) {
        if let Some(baseline) = &self.baseline {
            baseline.apply(report);
        }
        if let Some(changes) = &self.changes {
            changes.apply(report);
        }
    }

    /// Fails where a baseline is wanted in the place of something else.
    pub(crate) fn may_write_baseline(&self) -> anyhow::Result<()> {
        self.write.as_deref().map_or(Ok(()), baseline::may_write)
    }

    /// Writes a baseline of everything that is reported, and hides it; not where some of it is missing.
    pub(crate) fn write_baseline(
        &self,
        reports: &mut [FileReport],
        failures: &mut Vec<Failure>,
    ) -> anyhow::Result<()> {
        let Some(path) = &self.write else {
            return Ok(());
        };
        if !Failure::any(failures) {
            return baseline::write(path, reports);
        }
        let reason = "not written, for not everything could be checked";
        failures.push(Failure::new(path.as_str(), reason));
        Ok(())
    }

    /// The entries of the baseline that speak of files in `reports` and match nothing there.
    pub(crate) fn stale(&self, reports: &[FileReport]) -> Option<Stale> {
        self.baseline.as_ref()?.stale(reports)
    }
}
