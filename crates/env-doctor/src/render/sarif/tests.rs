use serde_json::{Value, json};

use super::*;
use crate::render::testing;

fn rendered(report: &Report) -> Value {
    serde_json::from_str(&testing::text(|out| render(report, out))).unwrap()
}

#[test]
fn a_finding_is_a_result_with_its_derivation_and_fix() {
    let mut log = rendered(&testing::report());
    let result = log["runs"][0]["results"][0].as_object_mut().unwrap();
    assert!(result.remove("ruleIndex").unwrap().is_u64());
    let pretty = serde_json::to_string_pretty(result).unwrap();
    insta::assert_snapshot!(pretty, @r#"
    {
      "fixes": [
        {
          "artifactChanges": [
            {
              "artifactLocation": {
                "uri": "docker/Dockerfile",
                "uriBaseId": "%SRCROOT%"
              },
              "replacements": [
                {
                  "deletedRegion": {
                    "endColumn": 73,
                    "endLine": 4,
                    "startColumn": 68,
                    "startLine": 4
                  },
                  "insertedContent": {
                    "text": "cu118"
                  }
                }
              ]
            }
          ],
          "description": {
            "text": "use cu118"
          },
          "properties": {
            "applicability": "safe"
          }
        }
      ],
      "level": "error",
      "locations": [
        {
          "message": {
            "text": "wheel built for CUDA 12.1"
          },
          "physicalLocation": {
            "artifactLocation": {
              "uri": "docker/Dockerfile",
              "uriBaseId": "%SRCROOT%"
            },
            "region": {
              "endColumn": 73,
              "endLine": 4,
              "startColumn": 68,
              "startLine": 4
            }
          }
        }
      ],
      "message": {
        "text": "PyTorch for CUDA 12.1 next to a CUDA 11.8 compiler\nwhy: torch refuses: \"The detected CUDA version (11.8) mismatches …\"\nhelp: use the CUDA 11.8 wheels"
      },
      "partialFingerprints": {
        "envDoctorFinding/v1": "e8c836fa9621346abd4a46e7190d62f2"
      },
      "relatedLocations": [
        {
          "id": 1,
          "message": {
            "text": "CUDA 11.8 comes from this default"
          },
          "physicalLocation": {
            "artifactLocation": {
              "uri": "docker/Dockerfile",
              "uriBaseId": "%SRCROOT%"
            },
            "region": {
              "endColumn": 24,
              "endLine": 1,
              "startColumn": 18,
              "startLine": 1
            }
          }
        }
      ],
      "ruleId": "torch-cuda-mismatch"
    }
    "#);
}

#[test]
fn what_was_not_checked_or_not_known_is_a_notification() {
    let log = rendered(&testing::report());
    let pretty = serde_json::to_string_pretty(&log["runs"][0]["invocations"]).unwrap();
    insta::assert_snapshot!(pretty, @r#"
    [
      {
        "executionSuccessful": false,
        "toolExecutionNotifications": [
          {
            "level": "error",
            "locations": [
              {
                "physicalLocation": {
                  "artifactLocation": {
                    "uri": "broken/Dockerfile",
                    "uriBaseId": "%SRCROOT%"
                  }
                }
              }
            ],
            "message": {
              "text": "permission denied"
            }
          },
          {
            "level": "note",
            "locations": [
              {
                "physicalLocation": {
                  "artifactLocation": {
                    "uri": "docker/Dockerfile",
                    "uriBaseId": "%SRCROOT%"
                  },
                  "region": {
                    "endColumn": 5,
                    "endLine": 3,
                    "startColumn": 1,
                    "startLine": 3
                  }
                }
              }
            ],
            "message": {
              "text": "the context is unknown"
            }
          }
        ]
      }
    ]
    "#);
}

#[test]
fn every_rule_is_described_whatever_was_found() {
    let log = rendered(&testing::clean());
    let rules = &log["runs"][0]["tool"]["driver"]["rules"];
    assert_eq!(rules.as_array().unwrap().len(), linter::rules::ALL.len());
    assert_eq!(log["runs"][0]["results"], json!([]));
    let other = rendered(&testing::report());
    assert_eq!(&other["runs"][0]["tool"]["driver"]["rules"], rules);
}

#[test]
fn the_index_of_a_result_is_that_of_its_rule() {
    let log = rendered(&testing::report());
    let run = &log["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(
            run["tool"]["driver"]["rules"][index]["id"],
            result["ruleId"]
        );
    }
}

#[test]
fn the_byte_order_mark_is_no_column() {
    let file = SourceFile::new("x", "\u{feff}FROM x\nRUN y\n");
    assert_eq!(position(&file, 3).column, 1);
    assert_eq!(position(&file, 0).column, 1);
    assert_eq!(position(&file, 10).column, 1);
    assert_eq!(position(&file, 11).column, 2);
}
