//! Numbers in words.

use source::Severity;
use workspace::report::Report;

/// `8 errors`, `1 warning`, `2 info`; the worst first, without those that are none.
pub(super) fn by_severity(report: &Report) -> Vec<(Severity, String)> {
    [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .map(|severity| (severity, report.count(severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| match severity {
            Severity::Info => (severity, format!("{count} info")),
            _ => (severity, plural(count, severity.as_str())),
        })
        .collect()
}

/// ` (7 with a fix)`, or nothing.
pub(super) fn fixable(report: &Report) -> String {
    match report.fixable() {
        0 => String::new(),
        count => format!(" ({count} with a fix)"),
    }
}

/// `8 errors, 1 warning (7 with a fix), 2 fixed, 1 input not checked`, or `no problems`.
pub(super) fn sentence(report: &Report) -> String {
    let counts: Vec<String> = by_severity(report)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let found = match (counts.is_empty(), report.files.is_empty()) {
        (false, _) => Some(counts.join(", ") + &fixable(report)),
        (true, false) => Some("no problems".to_owned()),
        (true, true) => None,
    };
    let failed = match report.failures.len() {
        0 => None,
        count => Some(format!("{} not checked", plural(count, "input"))),
    };
    let fixed = (report.fixed > 0).then(|| format!("{} fixed", report.fixed));
    let old = [
        (report.in_baseline(), "in the baseline"),
        (report.unchanged(), "on unchanged lines"),
    ];
    let old = old.into_iter().filter(|(count, _)| *count > 0);
    let old = old.map(|(count, where_)| format!("{count} {where_}"));
    let parts: Vec<String> = found
        .into_iter()
        .chain(fixed)
        .chain(old)
        .chain(failed)
        .collect();
    parts.join(", ")
}

/// `1 stage`, `2 stages`.
pub(super) fn plural(count: usize, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}
