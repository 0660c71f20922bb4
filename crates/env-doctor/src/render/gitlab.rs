//! GitLab's code quality report.

use std::cell::RefCell;
use std::io::{self, Write};

use serde::Serialize;
use source::{Diagnostic, Severity};
use workspace::each::Each;
use workspace::findings::{self, Finding};
use workspace::fingerprint::Fingerprints;
use workspace::report::Report;

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'r str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

/// A list with one issue a finding.
pub(crate) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let fingerprints = RefCell::new(Fingerprints::default());
    let findings = findings::in_order(report);
    let issues = Each::new(findings, |finding| {
        let mut fingerprints = fingerprints.borrow_mut();
        let fingerprint = fingerprints.next(finding.sources, finding.diagnostic);
        issue(finding, fingerprint)
    });
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}

fn issue(finding: Finding<'_>, fingerprint: String) -> Issue<'_> {
    let (place, diagnostic) = (finding.place(), finding.diagnostic);
    let position = |at: source::Position| Position {
        line: at.line,
        column: at.column,
    };
    Issue {
        description: description(diagnostic),
        check_name: diagnostic.rule,
        fingerprint,
        severity: severity(diagnostic.severity),
        location: Location {
            path: place.file,
            positions: Positions {
                begin: position(place.start),
                end: position(place.end),
            },
        },
    }
}

/// GitLab shows one line.
fn description(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{} (help: {help})", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing;

    fn text(report: &Report) -> String {
        testing::text(|out| render(report, out))
    }

    #[test]
    fn findings_become_issues() {
        insta::assert_snapshot!(text(&testing::report()), @r#"
        [
          {
            "description": "PyTorch for CUDA 12.1 next to a CUDA 11.8 compiler (help: use the CUDA 11.8 wheels)",
            "check_name": "torch-cuda-mismatch",
            "fingerprint": "e8c836fa9621346abd4a46e7190d62f2",
            "severity": "critical",
            "location": {
              "path": "docker/Dockerfile",
              "positions": {
                "begin": {
                  "line": 4,
                  "column": 68
                },
                "end": {
                  "line": 4,
                  "column": 73
                }
              }
            }
          },
          {
            "description": "flash-attn is built without the installed PyTorch",
            "check_name": "build-isolation",
            "fingerprint": "3247bf103f70d6ca38b4edce1aa37c07",
            "severity": "major",
            "location": {
              "path": "docker/Dockerfile",
              "positions": {
                "begin": {
                  "line": 5,
                  "column": 5
                },
                "end": {
                  "line": 6,
                  "column": 15
                }
              }
            }
          },
          {
            "description": "tensorflow-gpu is 100% retired, use tensorflow (help: write `tensorflow`)",
            "check_name": "tensorflow-gpu-package",
            "fingerprint": "05164ac802b0e81bd2aab91b3d201d53",
            "severity": "info",
            "location": {
              "path": "requirements.txt",
              "positions": {
                "begin": {
                  "line": 2,
                  "column": 1
                },
                "end": {
                  "line": 2,
                  "column": 15
                }
              }
            }
          }
        ]
        "#);
    }

    #[test]
    fn nothing_found_is_an_empty_list() {
        assert_eq!(text(&testing::clean()), "[]\n");
    }
}
