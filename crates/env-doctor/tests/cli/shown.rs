//! What a report shows of files and their surroundings, and what never leaves the machine.

use std::fs;

use crate::program::{Program, Run};

/// Every format of a report.
const FORMATS: [&str; 9] = [
    "text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html",
];

/// Addresses with user info in front of, in and behind what is wrong, and in a file that is installed from.
const CREDENTIALS: &str = "\
FROM nvidia/cuda:11.8.0-runtime-ubuntu22.04
RUN pip install tensorflow-gpu git+https://t0ken99@host/repo.git --extra-index-url https://ann:s3cr3t@host/simple
RUN curl \"https://ann:p@ss:w0rd@host/x\" && apt-get update && apt-get install -y nvidia-driver-535
RUN pip install torch==2.3.0 --extra-index-url https://ann:s3cr3t@download.pytorch.org/whl/cu999
COPY requirements.txt .
RUN pip install -r requirements.txt
";

fn with_credentials(arguments: &[&str]) -> Program {
    Program::new(arguments)
        .file("Dockerfile", CREDENTIALS)
        .file(
            "requirements.txt",
            "--extra-index-url https://ann:s3cr3t@host/simple\ntorch\ntensorflow-gpu\n",
        )
}

fn assert_none(run: &Run, secrets: &[&str], what: &str) {
    let all = run.all();
    for secret in secrets {
        assert!(!all.contains(secret), "{what} shows {secret}:\n{all}");
    }
}

/// What stands between `//` and `@`, and parts of it.
const SECRETS: [&str; 4] = ["s3cr3t", "t0ken99", "p@ss", "w0rd"];

#[test]
fn user_info_of_addresses_is_in_no_report() {
    for format in FORMATS {
        let run = with_credentials(&["dockerfile", "--format", format]).run();
        assert_eq!(run.status, 1, "{format}");
        assert!(run.stdout.contains("tensorflow-gpu"), "{format}");
        assert_none(&run, &SECRETS, format);
    }
    let run = with_credentials(&["dockerfile", "--diff", "--unsafe-fixes"]).run();
    assert!(
        run.stdout.contains("://***:******@host/simple"),
        "{}",
        run.stdout
    );
    assert_none(&run, &SECRETS, "--diff");
}

#[test]
fn an_excerpt_keeps_its_columns_where_user_info_is_covered() {
    let run = with_credentials(&["dockerfile"]).run();
    let lines = "torch==2.3.0 --extra-index-url https://***:******@download.pytorch.org/whl/cu999\n  |                                                                                            ^^^^^";
    assert!(run.stdout.contains(lines), "{}", run.stdout);
}

#[test]
fn fixes_keep_the_user_info_in_the_file() {
    let run = with_credentials(&["dockerfile", "--fix", "--unsafe-fixes"]).run();
    let fixed = fs::read_to_string(run.folder.path().join("Dockerfile")).unwrap();
    assert_ne!(fixed, CREDENTIALS);
    assert!(fixed.contains("https://ann:s3cr3t@host/simple"), "{fixed}");
    assert!(!fixed.contains("**"), "{fixed}");
}

#[test]
fn a_baseline_and_a_log_have_no_user_info() {
    let run = with_credentials(&["dockerfile", "--write-baseline", "baseline.json"]).run();
    let baseline = fs::read_to_string(run.folder.path().join("baseline.json")).unwrap();
    assert!(baseline.contains("tensorflow-gpu"), "{baseline}");
    for secret in SECRETS {
        assert!(!baseline.contains(secret), "{baseline}");
    }
    let log = "#9 https://ann:s3cr3t@host/simple ERROR: Could not find a version that satisfies the requirement torch==9.9\n";
    for format in ["text", "json"] {
        let run = Program::new(&["explain", "--log", "log", "--format", format])
            .file("log", &format!("first\n{log}"))
            .run();
        assert_none(&run, &SECRETS, format);
    }
}

#[test]
fn characters_that_turn_the_direction_of_writing_are_in_no_report() {
    let text = "FROM nvidia/cuda:11.8.0-runtime-ubuntu22.04\n\
        # \u{202e}above\n\
        RUN pip install torch \u{2066}x\u{2069} # \u{202e}beside\n\
        # \u{202d}below\n";
    for format in FORMATS {
        let run = Program::new(&["dockerfile", "--format", format, "."])
            .file("a\u{202e}b/Dockerfile", text)
            .run();
        let json = matches!(format, "json" | "sarif" | "gitlab");
        for c in run.stdout.chars() {
            let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            // Programs need the name of the file.
            assert!(
                !turns || (json && c == '\u{202e}'),
                "{format}: {}",
                run.stdout
            );
        }
    }
}
