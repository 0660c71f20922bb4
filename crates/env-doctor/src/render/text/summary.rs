//! What was seen, what was not looked at, and the counts.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use source::Severity;
use workspace::file_report::FileReport;
use workspace::report::{HostReport, MACHINE, Report};

use super::{FEW_FILES, tame};
use crate::render::counts::{self, plural};

/// Longer lists of names are counted instead.
const MAX_NAMES: usize = 60;

/// What could not be known about a file.
pub(super) fn notes(file: &FileReport, out: &mut String) {
    if file.checked.notes.is_empty() {
        return;
    }
    for note in &file.checked.notes {
        let source = file.sources.get(note.location.file);
        let line = source.position(note.location.span.start).line;
        let (name, text) = (tame(source.name()), tame(&note.text));
        let _ = writeln!(out, "note: {name}:{line}: {text}");
    }
    out.push('\n');
}

/// The closing lines.
pub(super) fn summary(report: &Report, every_file: bool, colored: bool, out: &mut String) {
    let paint = Paint(colored);
    for (count, what) in [(report.fixed, "fixed"), (report.suppressed(), "suppressed")] {
        if count > 0 {
            let _ = writeln!(out, "{what} {}", plural(count, "finding"));
        }
    }
    for (count, where_) in [
        (report.in_baseline(), "in the baseline"),
        (report.unchanged(), "on unchanged lines"),
    ] {
        if count > 0 {
            let _ = writeln!(out, "left out {} {where_}", plural(count, "finding"));
        }
    }
    if let Some(stale) = &report.stale {
        let gone = plural(stale.count, "finding");
        let file = tame(stale.file.as_str());
        let _ = writeln!(
            out,
            "note: {file} lists {gone} no longer there; `--write-baseline {file}` writes it anew"
        );
    }
    if let Some(host) = &report.host {
        machine(host, report.files.is_empty(), paint, out);
    }
    if every_file {
        for file in report.files.iter().filter(|file| file.is_clean()) {
            let name = tame(file.source().name());
            let problems = paint.good("no problems");
            let _ = write!(out, "{name}: {}: {problems}", seen(file));
            out.push_str(&facts_date(report.files.len() == 1));
            out.push('\n');
        }
    } else {
        unseen(report, out);
    }
    let machine = report
        .host
        .as_ref()
        .is_some_and(|host| !host.file.is_clean());
    if report.files.len() > 1 || machine || report.files.iter().any(|file| !file.is_clean()) {
        let _ = writeln!(
            out,
            "{}: {}{}",
            names(report),
            counts(report, paint),
            facts_date(true)
        );
    }
    if let Some(proof) = report.host.as_ref().and_then(|host| host.proof) {
        let when = if report.worst() == Some(Severity::Error) {
            "when that is mended, this shows that it works"
        } else {
            "to see that it works"
        };
        let _ = writeln!(out, "{when}: {proof}");
    }
}

/// What was seen of a machine that nothing is wrong with, or why it was not judged.
fn machine(host: &HostReport, alone: bool, paint: Paint, out: &mut String) {
    // Where files are the subject, a machine that cannot be judged is not worth a word.
    if !host.file.is_clean() || (host.blind.is_some() && !host.is_subject) {
        return;
    }
    let seen = seen(&host.file);
    let verdict = match host.blind {
        Some(_) => "not judged".to_owned(),
        None => paint.good("no problems"),
    };
    let _ = writeln!(out, "{MACHINE}: {seen}: {verdict}{}", facts_date(alone));
}

fn facts_date(wanted: bool) -> String {
    if wanted {
        format!("   facts of {}", facts::DATE)
    } else {
        String::new()
    }
}

/// In a long report the notes are only counted.
fn unseen(report: &Report, out: &mut String) {
    let notes = |file: &&FileReport| !file.checked.notes.is_empty();
    let files = report.files.iter().filter(notes).count();
    if files > 0 {
        let files = plural(files, "file");
        let _ = writeln!(
            out,
            "note: {files} with something that could not be known; --verbose says what"
        );
    }
}

fn seen(file: &FileReport) -> String {
    let overview = &file.checked.overview;
    let mut parts = Vec::new();
    if overview.stages > 0 || overview.facts.is_empty() {
        parts.push(plural(overview.stages, "stage"));
    }
    parts.extend(overview.facts.iter().map(|fact| tame(fact).into_owned()));
    parts.join(", ")
}

fn names(report: &Report) -> String {
    let host = report.host.as_ref().filter(|host| host.blind.is_none());
    let host = host.map(|_| MACHINE);
    let names: Vec<_> = report
        .files
        .iter()
        .take(FEW_FILES + 1)
        .map(|file| tame(file.source().name()))
        .collect();
    let joined = names.join(", ");
    let files = if names.len() == 1 || (names.len() <= FEW_FILES && joined.len() <= MAX_NAMES) {
        joined
    } else {
        plural(report.files.len(), "file")
    };
    match host {
        Some(host) if report.files.is_empty() => host.to_owned(),
        Some(host) => format!("{host}, {files}"),
        None => files,
    }
}

fn counts(report: &Report, paint: Paint) -> String {
    let counts: Vec<String> = counts::by_severity(report)
        .into_iter()
        .map(|(severity, text)| paint.with(color(severity), &text))
        .collect();
    if counts.is_empty() {
        return paint.good("no problems");
    }
    counts.join(", ") + &counts::fixable(report)
}

fn color(severity: Severity) -> AnsiColor {
    match severity {
        Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::BrightBlue,
    }
}

#[derive(Clone, Copy)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    pub(super) fn with(self, color: AnsiColor, text: &str) -> String {
        if self.0 {
            let style = Style::new().fg_color(Some(color.into())).bold();
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn good(self, text: &str) -> String {
        self.with(AnsiColor::Green, text)
    }
}
