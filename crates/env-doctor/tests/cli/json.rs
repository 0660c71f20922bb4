use crate::program::{CLEAN, HIDDEN_GPUS, Program};

#[test]
fn the_keys_are_a_contract() {
    let run = Program::new(&["dockerfile", "--format", "json"])
        .file("Dockerfile", HIDDEN_GPUS)
        .run();
    insta::assert_snapshot!(run.all(), @r#"
    exit 1
    --- stdout
    {
      "schema_version": 1,
      "tool": {
        "name": "env-doctor",
        "version": "[VERSION]",
        "facts_date": "[DATE]"
      },
      "files": [
        "Dockerfile"
      ],
      "diagnostics": [
        {
          "rule": "visible-devices-fixed",
          "severity": "error",
          "message": "CUDA_VISIBLE_DEVICES=all hides every GPU",
          "file": "Dockerfile",
          "range": {
            "start": {
              "line": 2,
              "column": 26,
              "offset": 66
            },
            "end": {
              "line": 2,
              "column": 29,
              "offset": 69
            }
          },
          "context": {
            "stage": "0",
            "service": null,
            "profile": null
          },
          "related": [],
          "why": "CUDA stops reading the list at the first entry that is no GPU number or UUID; with `all` that is the first one, so programs report \"no CUDA-capable device is detected\". `all` is a value of NVIDIA_VISIBLE_DEVICES",
          "help": "remove it: without it a program sees all GPUs of its container",
          "url": "crates/linter/docs/rules/visible-devices-fixed.md",
          "fixes": [
            {
              "title": "leave CUDA_VISIBLE_DEVICES to whoever starts the container",
              "applicability": "unsafe",
              "consequence": "programs see every GPU that their container is given",
              "edits": [
                {
                  "file": "Dockerfile",
                  "range": {
                    "start": {
                      "line": 2,
                      "column": 1,
                      "offset": 41
                    },
                    "end": {
                      "line": 3,
                      "column": 1,
                      "offset": 70
                    }
                  },
                  "replacement": ""
                }
              ]
            }
          ]
        }
      ],
      "notes": [],
      "errors": [],
      "summary": {
        "files": 1,
        "error": 1,
        "warning": 0,
        "info": 0,
        "fixable": 1,
        "fixed": 0,
        "suppressed": 0,
        "baseline": 0,
        "unchanged": 0,
        "stale": 0
      }
    }
    "#);
}

#[test]
fn lines_and_columns_count_characters_and_offsets_bytes() {
    let run = Program::new(&["dockerfile", "--format", "json"])
        .file(
            "Dockerfile",
            "\u{feff}FROM nvidia/cuda:12.6.3-base-ubuntu22.04\r\n\
             ENV A=\"ééé\" CUDA_VISIBLE_DEVICES=all\r\n",
        )
        .run();
    let report = run.json();
    let range = &report["diagnostics"][0]["range"];
    assert_eq!(range["start"]["line"], 2);
    assert_eq!(range["start"]["column"], 34);
    // A byte order mark of 3 bytes, a first line of 42, and three letters of two bytes each.
    assert_eq!(range["start"]["offset"], 3 + 42 + 33 + 3);
    assert_eq!(range["end"]["column"], 37);
}

#[test]
fn findings_are_in_the_order_of_file_and_offset() {
    let two = format!("{HIDDEN_GPUS}ENV NVIDIA_DRIVER_CAPABILITIES=gpu\n");
    let run = Program::new(&["dockerfile", "--format", "json", "b", "a"])
        .file("a/Dockerfile", &two)
        .file("b/Dockerfile", &two)
        .run();
    let report = run.json();
    let places: Vec<String> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| format!("{} {}", finding["file"], finding["range"]["start"]["line"]))
        .collect();
    let expected = [
        "\"a/Dockerfile\" 2",
        "\"a/Dockerfile\" 3",
        "\"b/Dockerfile\" 2",
        "\"b/Dockerfile\" 3",
    ];
    assert_eq!(places, expected);
}

#[test]
fn failures_are_listed_beside_what_was_checked() {
    let run = Program::new(&["dockerfile", "--format", "json", "missing", "Dockerfile"])
        .file("Dockerfile", CLEAN)
        .run();
    assert_eq!(run.status, 2);
    let report = run.json();
    assert_eq!(report["files"], serde_json::json!(["Dockerfile"]));
    assert_eq!(report["errors"][0]["file"], "missing");
    assert_eq!(report["errors"][0]["message"], "no such file or directory");
    assert_eq!(report["summary"]["files"], 1);
}

#[test]
fn what_could_not_be_known_is_listed() {
    let run = Program::new(&["dockerfile", "--format", "json"])
        .file("Dockerfile", "ARG BASE\nFROM ${BASE}\n")
        .run();
    assert_eq!(run.status, 0);
    let notes = &run.json()["notes"];
    assert_eq!(notes[0]["file"], "Dockerfile");
    assert_eq!(notes[0]["range"]["start"]["line"], 2);
}
