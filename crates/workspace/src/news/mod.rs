//! Which findings are new: not in a baseline, on lines that were changed.

mod baseline;
mod changes;
mod lines;

use std::sync::Arc;

use camino::Utf8PathBuf;

use crate::Result;
use crate::failure::Failure;
use crate::file_report::FileReport;
use crate::files::Folders;
use baseline::Baseline;
use changes::Changes;

pub use baseline::Stale;

/// Which findings count.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// A list of findings that are left out.
    pub baseline: Option<Utf8PathBuf>,
    /// Where all findings are to be listed instead of reported.
    pub write_baseline: Option<Utf8PathBuf>,
    /// Only what stands on lines changed since this revision is reported.
    pub changed_since: Option<String>,
}

/// What makes findings old.
#[derive(Default)]
pub struct News {
    baseline: Option<Baseline>,
    changes: Option<Changes>,
    /// Where a baseline is to be written.
    write: Option<Utf8PathBuf>,
}

impl News {
    /// Fails where the baseline cannot be read, or the revision cannot be compared with.
    pub fn new(folders: &Arc<Folders>, counted: &Counted) -> Result<Self> {
        let baseline = counted.baseline.as_deref();
        let baseline = baseline
            .map(|path| Baseline::read(folders, path))
            .transpose()?;
        let changes = counted
            .changed_since
            .as_deref()
            .map(|revision| Changes::since(folders, revision))
            .transpose()?;
        Ok(Self {
            baseline,
            changes,
            write: counted.write_baseline.clone(),
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
    pub(crate) fn may_write_baseline(&self, folders: &Folders) -> Result<()> {
        let path = self.write.as_deref();
        path.map_or(Ok(()), |path| baseline::may_write(folders, path))
    }

    /// Writes a baseline of everything that is reported, and hides it; not where some of it is missing.
    pub(crate) fn write_baseline(
        &self,
        folders: &Arc<Folders>,
        reports: &mut [FileReport],
        failures: &mut Vec<Failure>,
    ) -> Result<()> {
        let Some(path) = &self.write else {
            return Ok(());
        };
        if !Failure::any(failures) {
            return baseline::write(folders, path, reports);
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
