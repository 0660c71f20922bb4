//! One finding: where it is, why it matters, what to type.

use std::fmt::Write as _;

use source::{Diagnostic, Fix, Sources};
use workspace::findings::Finding;
use workspace::pages::rule_address;

use super::{escape, excerpt, prose};
use crate::render::diff;

/// A finding with its anchor.
pub(super) fn article(finding: Finding<'_>, number: usize, out: &mut String) {
    let Finding {
        sources,
        diagnostic,
        fails: _,
    } = finding;
    let severity = diagnostic.severity.as_str();
    let fixable = if diagnostic.fixes.is_empty() {
        ""
    } else {
        " fixable"
    };
    let _ = write!(
        out,
        "<article class=\"finding {severity}{fixable}\" id=\"finding-{number}\">\n\
         <h3><span class=\"badge {severity}\">{severity}</span> {}</h3>\n<p class=\"where\">{}</p>\n",
        prose(&diagnostic.message),
        facts(finding, number)
    );
    for (source, value) in finding.evidence() {
        let (source, value) = (escape(source), escape(value));
        let _ = writeln!(out, "<p class=\"seen\"><code>{source}</code> {value}</p>");
    }
    excerpt::figures(sources, diagnostic, out);
    if let Some(why) = &diagnostic.why {
        let _ = writeln!(out, "<p class=\"why\"><b>Why</b> {}</p>", prose(why));
    }
    help(sources, diagnostic, out);
    let rule = escape(diagnostic.rule);
    let _ = writeln!(
        out,
        "<p class=\"explain\"><code>env-doctor explain {rule}</code></p>\n</article>"
    );
}

/// Rule, place, and the part of the project.
fn facts(finding: Finding<'_>, number: usize) -> String {
    let (place, diagnostic) = (finding.place(), finding.diagnostic);
    let rule = escape(diagnostic.rule);
    let rule = match rule_address(diagnostic.rule) {
        Some(address) => format!("<a href=\"{}\">{rule}</a>", escape(&address)),
        None => rule,
    };
    let (line, column) = (place.start.line, place.start.column);
    let place = if finding.is_observed() {
        escape(finding.heading())
    } else {
        format!("{}:{line}:{column}", escape(place.file))
    };
    let mut parts = vec![
        format!("<code>{rule}</code>"),
        format!("<a href=\"#finding-{number}\">{place}</a>"),
    ];
    let context = &diagnostic.context;
    for (kind, name) in [
        ("stage", &context.stage),
        ("service", &context.service),
        ("profile", &context.profile),
    ] {
        if let Some(name) = name {
            parts.push(format!("{kind} <code>{}</code>", escape(name)));
        }
    }
    parts.join(" · ")
}

fn help(sources: &Sources, diagnostic: &Diagnostic, out: &mut String) {
    let fix = diagnostic.fixes.first();
    let Some(title) = diagnostic
        .help
        .as_deref()
        .or(fix.map(|fix| fix.title.as_str()))
    else {
        return;
    };
    let _ = writeln!(
        out,
        "<div class=\"help\">\n<p><b>Help</b> {}</p>",
        prose(title)
    );
    if let Some(fix) = fix {
        changes(sources, diagnostic, fix, out);
        if let Some(remark) = fix.remark() {
            let kind = fix.applicability.title();
            let _ = writeln!(out, "<p class=\"remark\">{kind}: {}</p>", prose(remark));
        }
    }
    out.push_str("</div>\n");
}

fn changes(sources: &Sources, diagnostic: &Diagnostic, fix: &Fix, out: &mut String) {
    let own = sources.get(diagnostic.primary.location.file).name();
    for hunk in diff::hunks(sources, fix).unwrap_or_default() {
        out.push_str("<figure>");
        if hunk.file != own {
            let _ = write!(out, "<figcaption>{}</figcaption>", escape(hunk.file));
        }
        out.push_str("<pre class=\"diff\">");
        for (kind, line) in &hunk.lines {
            let class = match kind {
                diff::Kind::Same => "same",
                diff::Kind::Removed => "removed",
                diff::Kind::Added => "added",
            };
            let (sign, line) = (kind.sign(), escape(line));
            let _ = writeln!(out, "<span class=\"{class}\">{sign} {line}</span>");
        }
        out.push_str("</pre></figure>\n");
    }
}
