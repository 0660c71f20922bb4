use std::fs;
use std::process::Command;

use crate::program::Program;

#[cfg(unix)]
/// What Bash offers for the last of `words`.
fn bash_offers(words: &[&str]) -> Vec<String> {
    let script = Program::new(&["completions", "bash"]).run();
    assert_eq!(script.status, 0);
    let file = script.folder.path().join("env-doctor.bash");
    fs::write(&file, &script.stdout).unwrap();
    // The way Bash itself calls what `complete -F` names.
    let ask = r#"
        set -u
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        [[ $(complete -p env-doctor) =~ -F\ ([^ ]+) ]]
        "${BASH_REMATCH[1]}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let output = Command::new("bash")
        .args(["--noprofile", "--norc", "-c", ask, "bash"])
        .arg(&file)
        .args(words)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let offers = String::from_utf8(output.stdout).unwrap();
    offers.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    assert_eq!(bash_offers(&["env-doctor", "dockerf"]), ["dockerfile"]);
    assert_eq!(
        bash_offers(&["env-doctor", "dockerfile", "--form"]),
        ["--format"]
    );
    assert_eq!(
        bash_offers(&["env-doctor", "dockerfile", "--format", "g"]),
        ["github", "gitlab"]
    );
    assert_eq!(
        bash_offers(&["env-doctor", "compose", "--prof"]),
        ["--profile"]
    );
}

#[test]
fn bash_completes_the_names_of_rules() {
    let expected = ["torch-index-missing", "torch-index-unknown"];
    assert_eq!(
        bash_offers(&["env-doctor", "explain", "torch-in"]),
        expected
    );
    let words = ["env-doctor", "dockerfile", "--ignore", "torch-in"];
    assert_eq!(bash_offers(&words), expected);
}

#[test]
fn every_shell_has_a_script() {
    // PowerShell and Elvish are offered names only.
    let names = ["dockerfile", "format"].as_slice();
    let and_values = ["dockerfile", "format", "sarif", "torch-index-missing"].as_slice();
    for (shell, parts) in [
        ("bash", and_values),
        ("zsh", and_values),
        ("fish", and_values),
        ("powershell", names),
        ("elvish", names),
    ] {
        let run = Program::new(&["completions", shell]).run();
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{shell}");
        for part in parts {
            assert!(run.stdout.contains(part), "{shell}: {part}");
        }
    }
}
