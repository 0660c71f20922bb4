//! Files that nobody named: a link or another file led there. What they say stays out of reports, which may be
//! published.

use std::collections::HashMap;
use std::sync::Arc;

use source::FileId;

use crate::file_report::FileReport;
use crate::repair::Scope;

/// Takes out of the reports what files outside the given places say. Where something was found in them is left.
pub(crate) fn withhold(reports: &mut [FileReport], scope: &Scope) {
    let mut known: HashMap<String, bool> = HashMap::new();
    for report in reports {
        let is_outside = |id: FileId, name: &str| {
            id != report.file
                && !*known
                    .entry(name.to_owned())
                    .or_insert_with(|| scope.shows(name))
        };
        let outside = files(report, is_outside);
        if !outside.is_empty() {
            mask(report, &outside);
        }
    }
}

fn files(report: &FileReport, mut is_outside: impl FnMut(FileId, &str) -> bool) -> Vec<FileId> {
    let files = report.sources.iter();
    files
        .filter(|(id, file)| !file.is_observed() && is_outside(*id, file.name()))
        .map(|(id, _)| id)
        .collect()
}

fn mask(report: &mut FileReport, outside: &[FileId]) {
    for &id in outside {
        let masked = report.sources.get(id).masked();
        report.sources.replace(id, Arc::new(masked));
    }
    let FileReport {
        sources, checked, ..
    } = report;
    for finding in &mut checked.diagnostics {
        finding.fixes.retain(|fix| {
            let mut edits = fix.edits.iter();
            !edits.any(|edit| outside.contains(&edit.location.file))
        });
        let file = finding.primary.location.file;
        if outside.contains(&file) {
            let name = sources.get(file).name();
            // Messages may quote the text.
            let rule = linter::rules::find(finding.rule);
            rule.map_or(finding.rule, |rule| rule.summary)
                .clone_into(&mut finding.message);
            finding.primary.text.clear();
            finding.why = Some(format!(
                "{name} is outside the given paths, and its text is not shown"
            ));
            finding.help =
                Some("add the directory that the file is in to the paths to see more".to_owned());
        }
    }
    checked
        .notes
        .retain(|note| !outside.contains(&note.location.file));
}
