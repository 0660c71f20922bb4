//! JUnit's XML, which most build servers show as test results.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use workspace::failure::Failure;
use workspace::findings::{self, Finding};
use workspace::report::{MACHINE, Report};

use super::markup::escape;

/// One suite a file, one test case a finding. A finding that does not fail the run is a passed test with output, so
/// that the results agree with the exit status; a file without findings is one passed test.
pub(crate) fn render(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<Finding<'_>>> = report
        .files
        .iter()
        .map(|file| (file.source().name(), Vec::new()))
        .collect();
    if report
        .host
        .as_ref()
        .is_some_and(|host| host.blind.is_none())
    {
        suites.insert(MACHINE, Vec::new());
    }
    for finding in findings::in_order(report) {
        suites.entry(finding.heading()).or_default().push(finding);
    }
    let errors = report.failures.len();
    let tests = suites.values().map(|findings| findings.len().max(1));
    let tests = tests.sum::<usize>() + errors;
    let failures: usize = suites.values().map(|findings| failed(findings)).sum();
    write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"env-doctor\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n"
    )?;
    for (name, findings) in &suites {
        suite(name, findings, out)?;
    }
    let mut text = String::new();
    for failure in &report.failures {
        not_checked(failure, &mut text);
    }
    writeln!(out, "{text}</testsuites>")
}

fn failed(findings: &[Finding<'_>]) -> usize {
    findings.iter().filter(|finding| finding.fails).count()
}

fn suite(name: &str, findings: &[Finding<'_>], out: &mut dyn io::Write) -> io::Result<()> {
    let (name, tests, failed) = (escape(name), findings.len().max(1), failed(findings));
    writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failed}\" errors=\"0\">"
    )?;
    if findings.is_empty() {
        writeln!(
            out,
            "    <testcase name=\"no problems\" classname=\"{name}\"/>"
        )?;
    }
    let mut text = String::new();
    for finding in findings {
        text.clear();
        case(*finding, &name, &mut text);
        out.write_all(text.as_bytes())?;
    }
    writeln!(out, "  </testsuite>")
}

fn case(finding: Finding<'_>, class: &str, out: &mut String) {
    let (start, diagnostic) = (finding.place().start, finding.diagnostic);
    let (rule, line, column) = (escape(diagnostic.rule), start.line, start.column);
    let _ = if finding.is_observed() {
        writeln!(out, "    <testcase name=\"{rule}\" classname=\"{class}\">")
    } else {
        writeln!(
            out,
            "    <testcase name=\"{rule} at {line}:{column}\" classname=\"{class}\" line=\"{line}\">"
        )
    };
    let message = escape(&diagnostic.message);
    let text = escape(&details(finding));
    let kind = diagnostic.severity.as_str();
    let _ = if finding.fails {
        writeln!(
            out,
            "      <failure type=\"{kind}\" message=\"{message}\">{text}</failure>"
        )
    } else {
        writeln!(out, "      <system-out>{text}</system-out>")
    };
    out.push_str("    </testcase>\n");
}

fn details(finding: Finding<'_>) -> String {
    let (place, diagnostic) = (finding.place(), finding.diagnostic);
    let severity = diagnostic.severity.as_str();
    let mut text = if finding.is_observed() {
        format!("{severity}: {}", diagnostic.message)
    } else {
        let (file, start) = (place.file, place.start);
        let (line, column) = (start.line, start.column);
        format!("{file}:{line}:{column}: {severity}: {}", diagnostic.message)
    };
    for (source, value) in finding.evidence() {
        let _ = write!(text, "\nseen: {source}: {value}");
    }
    for label in findings::related(finding.sources, diagnostic) {
        let place = findings::place(finding.sources, label.location);
        let _ = write!(
            text,
            "\n{}:{}: {}",
            place.file, place.start.line, label.text
        );
    }
    for (name, part) in [("why", &diagnostic.why), ("help", &diagnostic.help)] {
        if let Some(part) = part {
            let _ = write!(text, "\n{name}: {part}");
        }
    }
    text
}

fn not_checked(failure: &Failure, out: &mut String) {
    let (file, message) = (escape(&failure.place()), escape(&failure.message));
    let _ = write!(
        out,
        "  <testsuite name=\"{file}\" tests=\"1\" failures=\"0\" errors=\"1\">\n    \
         <testcase name=\"not checked\" classname=\"{file}\">\n      \
         <error message=\"{message}\"/>\n    \
         </testcase>\n  </testsuite>\n"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing;

    fn text(report: &Report) -> String {
        testing::text(|out| render(report, out))
    }

    #[test]
    fn a_file_is_a_suite_and_a_finding_a_case() {
        insta::assert_snapshot!(text(&testing::report()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="env-doctor" tests="4" failures="1" errors="1">
          <testsuite name="docker/Dockerfile" tests="2" failures="1" errors="0">
            <testcase name="torch-cuda-mismatch at 4:68" classname="docker/Dockerfile" line="4">
              <failure type="error" message="PyTorch for CUDA 12.1 next to a CUDA 11.8 compiler">docker/Dockerfile:4:68: error: PyTorch for CUDA 12.1 next to a CUDA 11.8 compiler
        docker/Dockerfile:1: CUDA 11.8 comes from this default
        why: torch refuses: &quot;The detected CUDA version (11.8) mismatches …&quot;
        help: use the CUDA 11.8 wheels</failure>
            </testcase>
            <testcase name="build-isolation at 5:5" classname="docker/Dockerfile" line="5">
              <system-out>docker/Dockerfile:5:5: warning: flash-attn is built without the installed PyTorch</system-out>
            </testcase>
          </testsuite>
          <testsuite name="requirements.txt" tests="1" failures="0" errors="0">
            <testcase name="tensorflow-gpu-package at 2:1" classname="requirements.txt" line="2">
              <system-out>requirements.txt:2:1: info: tensorflow-gpu is 100% retired, use tensorflow
        docker/Dockerfile:7: read here
        help: write `tensorflow`</system-out>
            </testcase>
          </testsuite>
          <testsuite name="broken/Dockerfile" tests="1" failures="0" errors="1">
            <testcase name="not checked" classname="broken/Dockerfile">
              <error message="permission denied"/>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn nothing_fails_without_a_threshold() {
        let mut report = testing::report();
        report.files[0].threshold = None;
        assert!(!text(&report).contains("<failure"));
    }

    #[test]
    fn hostile_names_and_messages_stay_text() {
        insta::assert_snapshot!(text(&testing::hostile()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="env-doctor" tests="2" failures="1" errors="1">
          <testsuite name="a/&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--" tests="1" failures="1" errors="0">
            <testcase name="cuda-image-tag at 1:10" classname="a/&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--" line="1">
              <failure type="error" message="&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--">a/&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--:1:10: error: &quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--
        a/&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--:1: &quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--
        why: &quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--
        help: &quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--</failure>
            </testcase>
          </testsuite>
          <testsuite name="&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--" tests="1" failures="0" errors="1">
            <testcase name="not checked" classname="&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--">
              <error message="&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;,:%0A�
        ::error::x�[31m`|*_@team ]]&gt; --&gt; ~~~ ```
        &lt;!--"/>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }
}
