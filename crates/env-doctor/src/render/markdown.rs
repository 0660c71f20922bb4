//! Markdown for a comment on a pull request.

use std::fmt::Write as _;
use std::io;

use linter::{LayerVerdict, Verdict};
use source::mask::is_misleading;
use source::{Diagnostic, Fix, Sources};
use workspace::findings::{self, Finding};
use workspace::pages::rule_address;
use workspace::report::{HostReport, MACHINE, Report};

use super::{counts, diff};

/// By this line a later run finds the comment that it replaces.
const MARKER: &str = "<!-- env-doctor -->";

/// Comments of 65,536 characters and more are refused.
const MAX_BYTES: usize = 60_000;

/// The report; findings that a comment has no room for are only counted.
pub(crate) fn render(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(comment(report).as_bytes())
}

fn comment(report: &Report) -> String {
    let mut out = format!("{MARKER}\n## env-doctor: {}\n", counts::sentence(report));
    for failure in &report.failures {
        let (file, message) = (code(&failure.place()), prose(&failure.message));
        let _ = writeln!(out, "\n**not checked** {file}: {message}");
    }
    if let Some(host) = &report.host {
        layers(host, &mut out);
    }
    let findings = findings::in_order(report);
    if findings.is_empty() {
        seen(report, &mut out);
    }
    let mut file = None;
    for (index, finding) in findings.iter().enumerate() {
        let mut text = String::new();
        let name = finding.heading();
        if file.replace(name) != Some(name) {
            let _ = writeln!(text, "\n### {}\n", code(name));
        }
        item(*finding, &mut text);
        if out.len() + text.len() > MAX_BYTES {
            let left = counts::plural(findings.len() - index, "more finding");
            let _ = writeln!(out, "\n{left}: this is as much as a comment holds.");
            break;
        }
        out.push_str(&text);
    }
    if let Some(proof) = report.host.as_ref().and_then(|host| host.proof) {
        let _ = writeln!(out, "\nTo see that it works: {}", code(proof));
    }
    let _ = writeln!(out, "\n<sub>facts of {}</sub>", facts::DATE);
    out
}

/// The machine, layer by layer; where files are the subject, only what is not well.
fn layers(host: &HostReport, out: &mut String) {
    let shown = |layer: &&LayerVerdict| {
        host.is_subject || matches!(layer.verdict, Verdict::Warning | Verdict::Error)
    };
    let rows: Vec<&LayerVerdict> = host.layers.iter().filter(shown).collect();
    if rows.is_empty() {
        return;
    }
    out.push_str("\n| layer | verdict | seen |\n| --- | --- | --- |\n");
    for row in rows {
        let (title, verdict) = (row.layer.title(), row.verdict.as_str());
        let _ = writeln!(out, "| {title} | {verdict} | {} |", prose(&row.summary));
    }
}

/// What was looked at, so that silence is not mistaken for blindness.
fn seen(report: &Report, out: &mut String) {
    out.push('\n');
    let host = report.host.as_ref();
    if let Some(host) = host.filter(|host| host.is_subject || host.blind.is_none()) {
        let facts = host.file.checked.overview.facts.iter();
        let facts: Vec<String> = facts.map(|fact| prose(fact)).collect();
        let _ = writeln!(out, "- {MACHINE}: {}", facts.join(", "));
    }
    for file in &report.files {
        let overview = &file.checked.overview;
        let mut parts = vec![counts::plural(overview.stages, "stage")];
        parts.extend(overview.facts.iter().map(|fact| prose(fact)));
        let line = format!("- {}: {}\n", code(file.source().name()), parts.join(", "));
        if out.len() + line.len() > MAX_BYTES {
            out.push_str("- …\n");
            break;
        }
        out.push_str(&line);
    }
}

fn item(finding: Finding<'_>, out: &mut String) {
    let diagnostic = finding.diagnostic;
    let severity = diagnostic.severity.as_str();
    let rule = match rule_address(diagnostic.rule) {
        Some(address) => format!("[`{}`]({address})", diagnostic.rule),
        None => format!("`{}`", diagnostic.rule),
    };
    let line = if finding.is_observed() {
        String::new()
    } else {
        format!(" line {}", finding.place().start.line)
    };
    let message = prose(&diagnostic.message);
    let _ = writeln!(out, "- **{severity}**{line}: {message} ({rule})");
    let details = details(finding.sources, diagnostic);
    if details.is_empty() {
        return;
    }
    let title = diagnostic.help.as_deref().unwrap_or("why");
    let _ = writeln!(out, "  <details><summary>{}</summary>\n", prose_html(title));
    for line in details.lines() {
        let _ = writeln!(out, "{}", format!("  {line}").trim_end());
    }
    out.push_str("\n  </details>\n");
}

/// What can be unfolded.
fn details(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let mut parts = Vec::new();
    for (source, value) in findings::evidence(sources, diagnostic) {
        parts.push(format!("seen: {}: {}\n", code(source), prose(value)));
    }
    for label in findings::related(sources, diagnostic) {
        let place = findings::place(sources, label.location);
        let (file, line) = (code(place.file), place.start.line);
        parts.push(format!("{file} line {line}: {}\n", prose(&label.text)));
    }
    if let Some(why) = &diagnostic.why {
        parts.push(format!("why: {}\n", prose(why)));
    }
    if let Some(fix) = diagnostic.fixes.first() {
        parts.extend(changes(sources, fix));
        if let Some(remark) = fix.remark() {
            let kind = fix.applicability.title();
            parts.push(format!("{kind}: {}\n", prose(remark)));
        }
    }
    parts.join("\n")
}

fn changes(sources: &Sources, fix: &Fix) -> Option<String> {
    let hunks = diff::hunks(sources, fix)?;
    let lines: Vec<String> = hunks
        .iter()
        .flat_map(|hunk| &hunk.lines)
        .map(|(kind, line)| format!("{}{}", kind.sign(), plain(line)))
        .collect();
    let fence = "`".repeat(longest_run(&lines.join("\n")).max(2) + 1);
    Some(format!("{fence}diff\n{}\n{fence}\n", lines.join("\n")))
}

/// Text as a code span, in one line.
fn code(text: &str) -> String {
    let text = plain(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A sentence whose words in backticks are code, and in which nothing else means anything to Markdown.
fn prose(text: &str) -> String {
    parts(text)
        .map(|(is_code, part)| if is_code { code(part) } else { escape(part) })
        .collect()
}

/// The same inside an HTML element, where Markdown is not read.
fn prose_html(text: &str) -> String {
    parts(text)
        .map(|(is_code, part)| {
            let part = quiet(&super::markup::escape(&plain(part)));
            if is_code {
                format!("<code>{part}</code>")
            } else {
                part
            }
        })
        .collect()
}

/// Splits at backticks where they come in pairs.
fn parts(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let paired = text.matches('`').count().is_multiple_of(2);
    let pattern: &[char] = if paired { &['`'] } else { &[] };
    let parts = text.split(pattern).enumerate();
    parts
        .map(|(index, part)| (index % 2 == 1, part))
        .filter(|(_, part)| !part.is_empty())
}

/// Text in one line, written in one direction.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
        .replace(is_misleading, "\u{fffd}")
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    quiet(&out)
}

/// Keeps `@name` from calling somebody.
fn quiet(text: &str) -> String {
    text.replace('@', "@\u{200b}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing;

    fn rendered(report: &Report) -> String {
        comment(report)
            .replace(facts::DATE, "[DATE]")
            .replace('\u{200b}', "[ZWSP]")
    }

    #[test]
    fn findings_are_listed_by_file() {
        insta::assert_snapshot!(rendered(&testing::report()), @r#"
        <!-- env-doctor -->
        ## env-doctor: 1 error, 1 warning, 1 info (2 with a fix), 1 input not checked

        **not checked** `broken/Dockerfile`: permission denied

        ### `docker/Dockerfile`

        - **error** line 4: PyTorch for CUDA 12.1 next to a CUDA 11.8 compiler (`torch-cuda-mismatch`)
          <details><summary>use the CUDA 11.8 wheels</summary>

          `docker/Dockerfile` line 1: CUDA 11.8 comes from this default

          why: torch refuses: "The detected CUDA version (11.8) mismatches …"

          ```diff
           COPY requirements.txt .
          -RUN pip install torch --index-url https://download.pytorch.org/whl/cu121
          +RUN pip install torch --index-url https://download.pytorch.org/whl/cu118
           RUN pip install \
          ```

          </details>
        - **warning** line 5: flash-attn is built without the installed PyTorch (`build-isolation`)

        ### `requirements.txt`

        - **info** line 2: tensorflow-gpu is 100% retired, use tensorflow (`tensorflow-gpu-package`)
          <details><summary>write <code>tensorflow</code></summary>

          `docker/Dockerfile` line 7: read here

          ```diff
           numpy
          -tensorflow-gpu==2.9
          +tensorflow==2.9
          ```

          unsafe fix: another package is installed

          </details>

        <sub>facts of [DATE]</sub>
        "#);
    }

    #[test]
    fn nothing_found_says_what_was_seen() {
        insta::assert_snapshot!(rendered(&testing::clean()), @"
        <!-- env-doctor -->
        ## env-doctor: no problems

        - `Dockerfile`: 1 stage, CUDA 12.6

        <sub>facts of [DATE]</sub>
        ");
    }

    #[test]
    fn hostile_names_and_messages_stay_text() {
        insta::assert_snapshot!(rendered(&testing::hostile()), @r#"
        <!-- env-doctor -->
        ## env-doctor: 1 error (1 with a fix), 1 input not checked

        **not checked** ````"'><script>alert(1)</script>,:%0A  ::error::x [31m`|*_@team ]]> --> ~~~ ``` <!--````: "'&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A  ::error::x \[31m`|*_@team ]]> --> ~~~ ` &lt;\!--

        ### ````a/"'><script>alert(1)</script>,:%0A  ::error::x [31m`|*_@team ]]> --> ~~~ ``` <!--````

        - **error** line 1: "'&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A  ::error::x \[31m`|*_@team ]]> --> ~~~ ` &lt;\!-- (`cuda-image-tag`)
          <details><summary>&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A  ::error::x [31m<code>|*_@[ZWSP]team ]]&gt; --&gt; ~~~ </code> &lt;!--</summary>

          ````a/"'><script>alert(1)</script>,:%0A  ::error::x [31m`|*_@team ]]> --> ~~~ ``` <!--```` line 1: "'&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A  ::error::x \[31m`|*_@team ]]> --> ~~~ ` &lt;\!--

          why: "'&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A  ::error::x \[31m`|*_@team ]]> --> ~~~ ` &lt;\!--

          ````diff
          -FROM x"'><script>alert(1)</script>,:%0A
          +FROM x"'>"'><script>alert(1)</script>,:%0A
          +::error::x [31m`|*_@team ]]> --> ~~~ ```
          +<!--alert(1)</script>,:%0A
           ::error::x [31m`|*_@team ]]> --> ~~~ ```
          ````

          </details>

        <sub>facts of [DATE]</sub>
        "#);
    }

    #[test]
    fn a_code_span_holds_any_text() {
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code("a\nb"), "`a b`");
        assert_eq!(prose("use `a_b`, not a_b"), "use `a_b`, not a\\_b");
        assert_eq!(prose("a ` alone"), "a \\` alone");
    }

    #[test]
    fn a_report_that_is_too_long_ends_with_a_count() {
        let many = testing::many(2_000);
        let text = comment(&many);
        assert!(text.len() < 65_000, "{}", text.len());
        assert!(text.contains("more findings: this is as much"), "{text}");
    }
}
