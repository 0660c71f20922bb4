//! Workflow commands that GitHub shows as annotations of a pull request.

use std::fmt::Write as _;
use std::io;

use source::Severity;
use source::mask::is_misleading;
use workspace::findings::{self, Finding};
use workspace::report::Report;

/// One command a finding, one for each input that could not be checked.
pub(crate) fn render(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut command = String::new();
    for finding in findings::in_order(report) {
        command.clear();
        annotation(finding, &mut command);
        out.write_all(command.as_bytes())?;
    }
    for failure in &report.failures {
        let (file, message) = (property(&failure.file), data(&failure.message));
        let line = match &failure.excerpt {
            Some(excerpt) => {
                let (sources, at) = excerpt.place();
                format!(",line={}", findings::place(&sources, at).start.line)
            }
            None => String::new(),
        };
        writeln!(
            out,
            "::error file={file}{line},title=not checked::{message}"
        )?;
    }
    Ok(())
}

fn annotation(finding: Finding<'_>, out: &mut String) {
    let (place, diagnostic) = (finding.place(), finding.diagnostic);
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let _ = write!(out, "::{level} ");
    if !finding.is_observed() {
        let (start, end) = (place.start.line, place.end.line);
        let _ = write!(
            out,
            "file={},line={start},endLine={end}",
            property(place.file)
        );
        // Columns of a range of lines are refused.
        if start == end {
            let (start, end) = (place.start.column, place.end.column);
            let _ = write!(out, ",col={start},endColumn={end}");
        }
        out.push(',');
    }
    let mut message = diagnostic.message.clone();
    for (source, value) in finding.evidence() {
        let _ = write!(message, "\nseen: {source}: {value}");
    }
    for (name, text) in [("why", &diagnostic.why), ("help", &diagnostic.help)] {
        if let Some(text) = text {
            let _ = write!(message, "\n{name}: {text}");
        }
    }
    let _ = writeln!(
        out,
        "title={}::{}",
        property(diagnostic.rule),
        data(&message)
    );
}

/// Text behind the second `::`; the log shows it in a terminal's manner.
fn data(text: &str) -> String {
    let harmful = |c: char| is_misleading(c) || c.is_control() && !matches!(c, '\r' | '\n' | '\t');
    text.replace(harmful, "\u{fffd}")
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing;

    fn text(report: &Report) -> String {
        testing::text(|out| render(report, out))
    }

    #[test]
    fn findings_become_commands() {
        insta::assert_snapshot!(text(&testing::report()), @r#"
        ::error file=docker/Dockerfile,line=4,endLine=4,col=68,endColumn=73,title=torch-cuda-mismatch::PyTorch for CUDA 12.1 next to a CUDA 11.8 compiler%0Awhy: torch refuses: "The detected CUDA version (11.8) mismatches …"%0Ahelp: use the CUDA 11.8 wheels
        ::warning file=docker/Dockerfile,line=5,endLine=6,title=build-isolation::flash-attn is built without the installed PyTorch
        ::notice file=requirements.txt,line=2,endLine=2,col=1,endColumn=15,title=tensorflow-gpu-package::tensorflow-gpu is 100%25 retired, use tensorflow%0Ahelp: write `tensorflow`
        ::error file=broken/Dockerfile,title=not checked::permission denied
        "#);
    }

    #[test]
    fn nothing_in_a_file_name_or_message_ends_a_command() {
        let report = testing::hostile();
        let text = text(&report);
        insta::assert_snapshot!(text, @r#"
        ::error file=a/"'><script>alert(1)</script>%2C%3A%250A%0D%0A%3A%3Aerror%3A%3Ax�[31m`|*_@team ]]> --> ~~~ ```%0A<!--,line=1,endLine=1,col=10,endColumn=18,title=cuda-image-tag::"'><script>alert(1)</script>,:%250A%0D%0A::error::x�[31m`|*_@team ]]> --> ~~~ ```%0A<!--%0Awhy: "'><script>alert(1)</script>,:%250A%0D%0A::error::x�[31m`|*_@team ]]> --> ~~~ ```%0A<!--%0Ahelp: "'><script>alert(1)</script>,:%250A%0D%0A::error::x�[31m`|*_@team ]]> --> ~~~ ```%0A<!--
        ::error file="'><script>alert(1)</script>%2C%3A%250A%0D%0A%3A%3Aerror%3A%3Ax�[31m`|*_@team ]]> --> ~~~ ```%0A<!--,title=not checked::"'><script>alert(1)</script>,:%250A%0D%0A::error::x�[31m`|*_@team ]]> --> ~~~ ```%0A<!--
        "#);
        assert_eq!(
            text.lines().count(),
            report.diagnostics().count() + report.failures.len()
        );
        assert!(text.lines().all(|line| line.starts_with("::")));
    }
}
