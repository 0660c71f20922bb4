//! One page that needs nothing else: no script, no font, no picture, no network.

mod excerpt;
mod finding;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use source::Severity;
use workspace::file_report::FileReport;
use workspace::findings::{self, Finding};
use workspace::report::{HostReport, MACHINE, Report};

use super::counts::{self, plural};
use super::markup::escape;

const STYLE: &str = include_str!("style.css");

/// Nothing but the style may have an effect, even if something of a checked file came through unescaped.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page.
pub(crate) fn render(report: &Report, to: &mut dyn io::Write) -> io::Result<()> {
    let mut files: BTreeMap<&str, Vec<Finding<'_>>> = BTreeMap::new();
    for finding in findings::in_order(report) {
        files.entry(finding.heading()).or_default().push(finding);
    }
    let mut out = String::new();
    let counts = escape(&counts::sentence(report));
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>env-doctor: {counts}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>env-doctor</h1>\n<p class=\"verdict {}\">{counts}</p>\n</header>\n",
        verdict(report),
    );
    filters(report, &mut out);
    contents(&files, &mut out);
    out.push_str("<main>\n");
    failures(report, &mut out);
    let host = report.host.as_ref();
    if let Some(host) = host.filter(|host| host.is_subject || host.blind.is_none()) {
        layers(host, &mut out);
    }
    let mut number = 0;
    for (index, (name, findings)) in files.iter().enumerate() {
        let _ = writeln!(
            out,
            "<section class=\"file\" id=\"file-{index}\">\n<h2><code>{}</code> <span>{}</span></h2>",
            escape(name),
            plural(findings.len(), "finding")
        );
        for finding in findings {
            number += 1;
            finding::article(*finding, number, &mut out);
            to.write_all(out.as_bytes())?;
            out.clear();
        }
        out.push_str("</section>\n");
    }
    seen(report, &mut out);
    let _ = write!(
        out,
        "</main>\n<footer>env-doctor {} · facts of {}</footer>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
        facts::DATE
    );
    to.write_all(out.as_bytes())
}

/// The colour of the first line.
fn verdict(report: &Report) -> &'static str {
    match report.worst() {
        _ if !report.failures.is_empty() => Severity::Error.as_str(),
        Some(worst) => worst.as_str(),
        None => "good",
    }
}

/// Switches that the style obeys; shown where there is something to choose from.
fn filters(report: &Report, out: &mut String) {
    let severities = counts::by_severity(report);
    if severities.is_empty() {
        return;
    }
    out.push_str("<form class=\"filters\" aria-label=\"Show\" autocomplete=\"off\">\n");
    for (severity, text) in &severities {
        let name = severity.as_str();
        let _ = writeln!(
            out,
            "<label class=\"{name}\"><input type=\"checkbox\" id=\"show-{name}\" checked> {text}</label>"
        );
    }
    let fixable = report.fixable();
    if fixable > 0 {
        let _ = writeln!(
            out,
            "<label><input type=\"checkbox\" id=\"only-fixable\"> only the {fixable} with a fix</label>"
        );
    }
    out.push_str("</form>\n");
}

/// Links to the files, where there are several.
fn contents(files: &BTreeMap<&str, Vec<Finding<'_>>>, out: &mut String) {
    if files.len() < 2 {
        return;
    }
    out.push_str("<nav aria-label=\"Files\">\n<ul>\n");
    for (index, (name, findings)) in files.iter().enumerate() {
        let (name, count) = (escape(name), findings.len());
        let _ = writeln!(
            out,
            "<li><a href=\"#file-{index}\">{name}</a> <span>{count}</span></li>"
        );
    }
    out.push_str("</ul>\n</nav>\n");
}

/// The machine, layer by layer, and the command that shows whether it works.
fn layers(host: &HostReport, out: &mut String) {
    let _ = writeln!(
        out,
        "<section class=\"machine\">\n<h2>{MACHINE}</h2>\n<table>"
    );
    for layer in &host.layers {
        let (title, verdict) = (layer.layer.title(), layer.verdict.as_str());
        let summary = escape(&layer.summary);
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{title}</th><td><span class=\"badge {verdict}\">{verdict}</span></td><td>{summary}</td></tr>"
        );
    }
    out.push_str("</table>\n");
    if let Some(proof) = host.proof {
        let proof = escape(proof);
        let _ = writeln!(out, "<p>To see that it works: <code>{proof}</code></p>");
    }
    out.push_str("</section>\n");
}

fn failures(report: &Report, out: &mut String) {
    if report.failures.is_empty() {
        return;
    }
    out.push_str("<section class=\"failures\">\n<h2>Not checked</h2>\n<ul>\n");
    for failure in &report.failures {
        let (file, message) = (escape(&failure.place()), prose(&failure.message));
        let _ = writeln!(out, "<li><code>{file}</code>: {message}</li>");
    }
    out.push_str("</ul>\n</section>\n");
}

/// What was looked at and what could not be known, so that silence is not mistaken for blindness.
fn seen(report: &Report, out: &mut String) {
    if report.files.is_empty() {
        return;
    }
    let count = plural(report.files.len(), "file");
    let _ = writeln!(
        out,
        "<section class=\"seen\">\n<h2>What was checked <span>{count}</span></h2>\n<ul>"
    );
    for file in &report.files {
        let name = escape(file.source().name());
        let _ = writeln!(out, "<li><code>{name}</code> {}", overview(file));
        if !file.checked.notes.is_empty() {
            out.push_str("<ul>\n");
            for note in &file.checked.notes {
                let place = findings::place(&file.sources, note.location);
                let (file, line) = (escape(place.file), place.start.line);
                let text = prose(&note.text);
                let _ = writeln!(
                    out,
                    "<li>not judged, <code>{file}:{line}</code>: {text}</li>"
                );
            }
            out.push_str("</ul>");
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n</section>\n");
}

fn overview(file: &FileReport) -> String {
    let overview = &file.checked.overview;
    let mut parts = Vec::new();
    if overview.stages > 0 || overview.facts.is_empty() {
        parts.push(plural(overview.stages, "stage"));
    }
    parts.extend(overview.facts.iter().map(|fact| escape(fact)));
    if file.is_clean() {
        parts.push("<b class=\"good\">no problems</b>".to_owned());
    }
    parts.join(", ")
}

/// A sentence whose words in backticks are code.
fn prose(text: &str) -> String {
    if !text.matches('`').count().is_multiple_of(2) {
        return escape(text);
    }
    let parts = text.split('`').enumerate().map(|(index, part)| {
        if index % 2 == 1 {
            format!("<code>{}</code>", escape(part))
        } else {
            escape(part)
        }
    });
    parts.collect()
}

#[cfg(test)]
mod tests;
