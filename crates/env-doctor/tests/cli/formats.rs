//! Every format through the program.

use std::fs;

use serde_json::Value;

use crate::program::{CLEAN, HIDDEN_GPUS, Program, Run};
use crate::schema;

/// A finding in a dependency file, one that spans lines, and a base image that cannot be known.
const SEVERAL: &str = "\
\u{feff}ARG BASE
FROM ${BASE} AS unknown
FROM nvidia/cuda:12.1.1-runtime-ubuntu22.04
RUN apt-get update && apt-get install -y python3-pip nvidia-driver-535
COPY requirements.txt /app/
RUN pip install -r /app/requirements.txt
";

fn run(format: &str) -> Run {
    Program::new(&["dockerfile", "--format", format])
        .file("Dockerfile", HIDDEN_GPUS)
        .run()
}

fn several(format: &str) -> Run {
    Program::new(&["dockerfile", "--format", format, ".", "missing"])
        .file("Dockerfile", HIDDEN_GPUS)
        .file("b c/Dockerfile.gpu", SEVERAL)
        .file("b c/requirements.txt", "numpy\ntorch==2.1.2\n")
        .file("clean/Dockerfile", CLEAN)
        .run()
}

#[test]
fn concise_is_one_line_a_finding() {
    insta::assert_snapshot!(run("concise").all(), @"
    exit 1
    --- stdout
    Dockerfile:2:26: error[visible-devices-fixed] CUDA_VISIBLE_DEVICES=all hides every GPU
    ");
}

#[test]
fn github_takes_workflow_commands() {
    insta::assert_snapshot!(run("github").all(), @r#"
    exit 1
    --- stdout
    ::error file=Dockerfile,line=2,endLine=2,col=26,endColumn=29,title=visible-devices-fixed::CUDA_VISIBLE_DEVICES=all hides every GPU%0Awhy: CUDA stops reading the list at the first entry that is no GPU number or UUID; with `all` that is the first one, so programs report "no CUDA-capable device is detected". `all` is a value of NVIDIA_VISIBLE_DEVICES%0Ahelp: remove it: without it a program sees all GPUs of its container
    "#);
}

#[test]
fn gitlab_takes_issues() {
    insta::assert_snapshot!(run("gitlab").all(), @r#"
    exit 1
    --- stdout
    [
      {
        "description": "CUDA_VISIBLE_DEVICES=all hides every GPU (help: remove it: without it a program sees all GPUs of its container)",
        "check_name": "visible-devices-fixed",
        "fingerprint": "13beae5cfde2d0eaa2673b4dd49971b7",
        "severity": "critical",
        "location": {
          "path": "Dockerfile",
          "positions": {
            "begin": {
              "line": 2,
              "column": 26
            },
            "end": {
              "line": 2,
              "column": 29
            }
          }
        }
      }
    ]
    "#);
}

#[test]
fn test_results_agree_with_the_exit_status() {
    insta::assert_snapshot!(run("junit").all(), @r#"
    exit 1
    --- stdout
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="env-doctor" tests="1" failures="1" errors="0">
      <testsuite name="Dockerfile" tests="1" failures="1" errors="0">
        <testcase name="visible-devices-fixed at 2:26" classname="Dockerfile" line="2">
          <failure type="error" message="CUDA_VISIBLE_DEVICES=all hides every GPU">Dockerfile:2:26: error: CUDA_VISIBLE_DEVICES=all hides every GPU
    why: CUDA stops reading the list at the first entry that is no GPU number or UUID; with `all` that is the first one, so programs report &quot;no CUDA-capable device is detected&quot;. `all` is a value of NVIDIA_VISIBLE_DEVICES
    help: remove it: without it a program sees all GPUs of its container</failure>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
    let lenient = Program::new(&["dockerfile", "--format", "junit", "--fail-on", "never"])
        .file("Dockerfile", HIDDEN_GPUS)
        .run();
    assert_eq!(lenient.status, 0);
    assert!(lenient.stdout.contains("failures=\"0\""));
}

#[test]
fn markdown_is_a_comment() {
    insta::assert_snapshot!(run("markdown").all(), @r#"
    exit 1
    --- stdout
    <!-- env-doctor -->
    ## env-doctor: 1 error (1 with a fix)

    ### `Dockerfile`

    - **error** line 2: CUDA\_VISIBLE\_DEVICES=all hides every GPU (`visible-devices-fixed`)
      <details><summary>remove it: without it a program sees all GPUs of its container</summary>

      why: CUDA stops reading the list at the first entry that is no GPU number or UUID; with `all` that is the first one, so programs report "no CUDA-capable device is detected". `all` is a value of NVIDIA\_VISIBLE\_DEVICES

      ```diff
       FROM nvidia/cuda:12.6.3-base-ubuntu22.04
      -ENV CUDA_VISIBLE_DEVICES=all
      ```

      unsafe fix: programs see every GPU that their container is given

      </details>

    <sub>facts of [DATE]</sub>
    "#);
}

#[test]
fn sarif_follows_its_schema() {
    let schema = include_str!("../schemas/sarif-2.1.0.json");
    let schema = serde_json::from_str(schema).unwrap();
    let stdin = Program::new(&["dockerfile", "--format", "sarif", "-"])
        .stdin(HIDDEN_GPUS)
        .run();
    let clean = Program::new(&["dockerfile", "--format", "sarif"])
        .file("Dockerfile", CLEAN)
        .run();
    for run in [run("sarif"), several("sarif"), stdin, clean] {
        let log = run.json();
        assert_eq!(schema::problems(&schema, &log), [""; 0]);
        // And the schema is strict: it takes nothing that is not of the standard.
        let mut other = log.clone();
        other["runs"][0]["tool"]["driver"]["rules"][0]["helpUri"] = "docs/x y.md".into();
        other["runs"][0]["unheardOf"] = 1.into();
        assert_eq!(schema::problems(&schema, &other).len(), 2);
    }
    assert_eq!(
        several("sarif").json()["runs"][0]["results"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

/// The schema with every object closed, so that a key which it does not describe is found too.
fn closed(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        if object.contains_key("properties") {
            object.insert("additionalProperties".to_owned(), false.into());
        }
        for part in object.values_mut() {
            *part = closed(part.take());
        }
    }
    schema
}

#[test]
fn json_follows_its_schema() {
    let schema = include_str!("../../../../docs/output.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let schema = closed(schema);
    let clean = Program::new(&["dockerfile", "--format", "json"])
        .file("Dockerfile", CLEAN)
        .run();
    for run in [run("json"), several("json"), clean] {
        let report = run.json();
        assert_eq!(schema::problems(&schema, &report), [""; 0]);
        let mut other = report.clone();
        other["summary"]["error"] = (-1).into();
        other["tool"]["facts_date"] = "today".into();
        other["unheardOf"] = 1.into();
        assert_eq!(schema::problems(&schema, &other).len(), 3);
    }
}

#[test]
fn sarif_says_what_was_not_checked() {
    let log = several("sarif").json();
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let levels: Vec<&str> = invocation["toolExecutionNotifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notification| notification["level"].as_str().unwrap())
        .collect();
    assert_eq!(levels, ["error", "note"]);
}

#[test]
fn formats_agree_on_what_was_found() {
    let findings = several("json").json()["diagnostics"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(findings, 3);
    assert_eq!(several("concise").stdout.lines().count(), findings);
    // One more for the input that is missing.
    assert_eq!(several("github").stdout.lines().count(), findings + 1);
    assert_eq!(several("gitlab").json().as_array().unwrap().len(), findings);
    assert_eq!(several("html").stdout.matches("<article").count(), findings);
    assert_eq!(
        several("markdown").stdout.matches("\n- **").count(),
        findings
    );
    assert_eq!(
        several("junit").stdout.matches("<failure").count()
            + several("junit").stdout.matches("<system-out").count(),
        findings
    );
    for format in [
        "text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html",
    ] {
        assert_eq!(several(format).status, 2, "{format}");
    }
}

#[test]
fn fingerprints_survive_lines_that_move() {
    let of = |dockerfile: &str| {
        let run = Program::new(&["dockerfile", "--format", "gitlab"])
            .file("Dockerfile", dockerfile)
            .run();
        run.json()[0]["fingerprint"].clone()
    };
    let moved = HIDDEN_GPUS.replace("ENV", "# A remark.\nWORKDIR /app\nENV");
    assert_eq!(of(HIDDEN_GPUS), of(&moved));
}

#[test]
fn nothing_in_a_checked_file_becomes_part_of_the_page() {
    let evil = "<script>alert(1)</script>";
    let folder = format!("{}&amp;\"'><svg onload=alert(1)>", evil.replace('/', ""));
    let run = Program::new(&["dockerfile", "--format", "html", "."])
        .file(
            &format!("{folder}/Dockerfile"),
            format!("# {evil}\nFROM nvidia/cuda:{evil} AS {evil}\nENV CUDA_VISIBLE_DEVICES=all {evil}\n# --> {evil}\n"),
        )
        .run();
    assert!(
        run.stdout.contains("&lt;script&gt;alert(1)"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("<script"), "{}", run.stdout);
    assert!(!run.stdout.contains("<svg"), "{}", run.stdout);
}

#[test]
fn every_format_goes_to_a_file() {
    for format in [
        "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html",
    ] {
        let run = Program::new(&[
            "dockerfile",
            "--format",
            format,
            "--output-file",
            "out/report",
        ])
        .file("Dockerfile", HIDDEN_GPUS)
        .directory("out")
        .run();
        assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{format}");
        let folder = run.folder.path().join("out");
        let report = fs::read_to_string(folder.join("report")).unwrap();
        assert!(report.contains("visible-devices-fixed"), "{report}");
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "{format}");
    }
}

#[test]
fn a_report_takes_the_place_of_no_input() {
    let compose = "services:\n  a:\n    build: .\n    env_file: e\n";
    let program = |arguments: &[&str]| {
        Program::new(arguments)
            .file(
                "Dockerfile",
                "FROM nvidia/cuda:11.8-base-ubuntu22.04\nCOPY r.txt .\nRUN pip install -r r.txt\n",
            )
            .file("r.txt", "torch\n")
            .file("e", "A=b\n")
            .file("compose.yaml", compose)
            .file("env-doctor.toml", "")
            .file("host.json", r#"{"host": {"platform": {}}}"#)
            .file(".gitignore", "x\n")
    };
    let check = ["check", "--fix", "--host", "host.json", "--output-file"];
    let host = ["host", "--host", "host.json", "--output-file"];
    let mut runs = vec![("host.json", &host[..])];
    for name in [
        "Dockerfile",
        "./Dockerfile",
        "r.txt",
        "e",
        "compose.yaml",
        "env-doctor.toml",
        "host.json",
        ".gitignore",
    ] {
        runs.push((name, &check));
    }
    for (name, arguments) in runs {
        let program = program(&[arguments, &[name]].concat());
        let before = fs::read(program.path().join(name)).unwrap();
        let run = program.run();
        assert_eq!(
            run.stderr,
            format!(
                "env-doctor: --output-file {name}: this run has read that file; give the report another name\n"
            )
        );
        assert_eq!(run.status, 2);
        let path = |name: &str| run.folder.path().join(name);
        assert_eq!(fs::read(path(name)).unwrap(), before);
        // Nothing else was written either.
        let dockerfile = fs::read_to_string(path("Dockerfile")).unwrap();
        assert!(dockerfile.contains("11.8-base"));
    }
}
