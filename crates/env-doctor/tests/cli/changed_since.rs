//! `--changed-since`, in real repositories.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::program::{CLEAN, HIDDEN_GPUS, Program, Run};

/// A repository with one commit on `main`.
struct Repository(TempDir);

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        for (path, text) in files {
            repository.write(path, text);
        }
        repository.commit();
        repository
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgSign=false", "-c", "core.autocrlf=false"])
            .args(arguments)
            .current_dir(self.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("HOME", self.path())
            .status()
            .unwrap();
        assert!(status.success(), "{arguments:?}");
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        run(self.path(), arguments)
    }

    /// The places of findings since a revision.
    fn since(&self, revision: &str) -> Vec<String> {
        let run = self.run(&[".", "--format=concise", "--changed-since", revision]);
        assert!(run.stderr.is_empty(), "{}", run.stderr);
        let place = |line: &str| line.split(": ").next().unwrap().to_owned();
        run.stdout.lines().map(place).collect()
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    let mut all = vec!["dockerfile"];
    all.extend(arguments);
    Program::new(&all)
        .within(folder)
        .env("PATH", &std::env::var("PATH").unwrap())
        .run()
}

const NONE: [&str; 0] = [];

#[test]
fn only_changed_lines_count() {
    let repository = Repository::new(&[("Dockerfile", HIDDEN_GPUS)]);
    assert_eq!(repository.since("HEAD"), NONE);
    let more = format!("# moved\n{HIDDEN_GPUS}ENV A=b CUDA_VISIBLE_DEVICES=all\n");
    repository.write("Dockerfile", &more);
    assert_eq!(repository.since("HEAD"), ["Dockerfile:4:30"]);
    repository.git(&["add", "--all"]);
    assert_eq!(repository.since("HEAD"), ["Dockerfile:4:30"]);
    repository.commit();
    assert_eq!(repository.since("HEAD"), NONE);
    assert_eq!(repository.since("HEAD~1"), ["Dockerfile:4:30"]);

    let run = repository.run(&["--changed-since", "HEAD"]);
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    left out 2 findings on unchanged lines
    Dockerfile: 1 stage, CUDA 12.6: no problems   facts of [DATE]
    ");
    let run = repository.run(&["--changed-since", "HEAD", "--format", "json"]);
    assert_eq!(run.json()["summary"]["unchanged"], 2);
}

#[test]
fn new_files_are_all_new_tracked_or_not() {
    let repository = Repository::new(&[("Dockerfile", HIDDEN_GPUS)]);
    repository.write("a/Dockerfile", HIDDEN_GPUS);
    assert_eq!(repository.since("HEAD"), ["a/Dockerfile:2:26"]);
    repository.commit();
    assert_eq!(repository.since("HEAD~1"), ["a/Dockerfile:2:26"]);
}

#[test]
fn a_branch_answers_for_its_own_changes_only() {
    let repository = Repository::new(&[("Dockerfile", CLEAN)]);
    repository.git(&["switch", "--quiet", "--create", "feature"]);
    repository.write("feature/Dockerfile", HIDDEN_GPUS);
    repository.commit();
    repository.git(&["switch", "--quiet", "main"]);
    repository.write(
        "Dockerfile",
        "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\n# other\n",
    );
    repository.commit();
    repository.git(&["switch", "--quiet", "feature"]);
    assert_eq!(repository.since("main"), ["feature/Dockerfile:2:26"]);
}

#[test]
fn a_file_keeps_its_lines_under_another_name() {
    let long = format!("{HIDDEN_GPUS}{}", "# a line that stays\n".repeat(20));
    let repository = Repository::new(&[("Dockerfile", &long)]);
    repository.git(&["mv", "Dockerfile", "Dockerfile.gpu"]);
    assert_eq!(repository.since("HEAD"), NONE);
    repository.write(
        "Dockerfile.gpu",
        &format!("{long}ENV CUDA_VISIBLE_DEVICES=all\n"),
    );
    assert_eq!(repository.since("HEAD"), ["Dockerfile.gpu:23:26"]);
}

#[test]
fn a_finding_in_a_dependency_file_counts_by_its_own_line() {
    let dockerfile = "FROM python:3.12\nCOPY r.txt .\nRUN pip install -r r.txt\n";
    let repository = Repository::new(&[("Dockerfile", dockerfile), ("r.txt", "tensorflow-gpu\n")]);
    repository.write(
        "Dockerfile",
        &dockerfile.replace("pip ", "pip --no-cache-dir "),
    );
    let run = repository.run(&[
        "--format=concise",
        "--select=tensorflow-gpu-package",
        "--changed-since=HEAD",
    ]);
    assert_eq!(run.stdout, "");
    repository.write("r.txt", "numpy\ntensorflow-gpu # new\n");
    let run = repository.run(&[
        "--format=concise",
        "--select=tensorflow-gpu-package",
        "--changed-since=HEAD",
    ]);
    assert!(run.stdout.starts_with("r.txt:2:1"), "{}", run.stdout);
}

#[test]
fn names_may_be_anything() {
    let name = "sub dir/\u{e9}'\"$(x)/Dockerfile";
    let repository = Repository::new(&[(name, HIDDEN_GPUS)]);
    assert_eq!(repository.since("HEAD"), NONE);
    assert_eq!(repository.since("main"), NONE);
}

#[test]
fn it_works_below_the_root_and_beside_it() {
    let repository = Repository::new(&[("a/Dockerfile", HIDDEN_GPUS), ("b/Dockerfile", CLEAN)]);
    let arguments = [
        "../a",
        "Dockerfile",
        "--format=concise",
        "--changed-since=HEAD",
    ];
    let run = run(&repository.path().join("b"), &arguments);
    assert_eq!(run.all(), "exit 0\n");
}

#[test]
fn what_cannot_be_compared_with_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Dockerfile"), CLEAN).unwrap();
    let outside = run(folder.path(), &["--changed-since", "HEAD"]);
    assert_eq!(outside.status, 2);
    assert!(
        outside.stderr.contains("not a git repository"),
        "{}",
        outside.stderr
    );

    let repository = Repository::new(&[("Dockerfile", CLEAN)]);
    let unknown = repository.run(&["--changed-since", "origin/main"]);
    insta::assert_snapshot!(unknown.all(), @"
    exit 2
    --- stderr
    env-doctor: --changed-since: there is no revision `origin/main` here; fetch it first
    ");
    let option = repository.run(&["--changed-since=--output=x"]);
    assert_eq!(option.status, 2);

    repository.git(&["switch", "--quiet", "--orphan", "other"]);
    repository.commit();
    repository.write("Dockerfile", CLEAN);
    let unrelated = repository.run(&["--changed-since", "main"]);
    insta::assert_snapshot!(unrelated.all(), @"
    exit 2
    --- stderr
    env-doctor: --changed-since: `main` and HEAD have no commit in common; in a shallow clone, fetch more of the history
    ");
}

#[cfg(unix)]
mod what_a_repository_names {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use super::*;

    /// A file of a working tree that passes through whatever its repository names.
    const ATTRIBUTES: (&str, &str) = (".gitattributes", "* filter=evil diff=evil\n");

    impl Repository {
        /// A program that leaves a mark when it runs.
        fn program(&self, name: &str, then: &str) -> PathBuf {
            let path = self.path().join(name);
            let mark = self.mark();
            let mark = mark.display();
            fs::write(&path, format!("#!/bin/sh\ntouch '{mark}'\n{then}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            path
        }

        fn mark(&self) -> PathBuf {
            self.path().join("ran")
        }

        /// Whether something ran since this was asked last.
        fn ran(&self) -> bool {
            fs::remove_file(self.mark()).is_ok()
        }
    }

    fn changed() -> (Repository, PathBuf) {
        let repository = Repository::new(&[("Dockerfile", HIDDEN_GPUS), ATTRIBUTES]);
        let program = repository.program("evil.sh", "cat");
        repository.write("Dockerfile", &format!("{HIDDEN_GPUS}# changed\n"));
        (repository, program)
    }

    const KEYS: [&str; 19] = [
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "diff.evil.command",
        "diff.evil.textconv",
        "diff.external",
        "core.fsmonitor",
        "core.pager",
        "pager.rev-parse",
        "pager.diff-index",
        "core.sshCommand",
        "core.editor",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "credential.helper",
        "gpg.program",
        "alias.rev-parse",
        "uploadpack.packObjectsHook",
    ];

    #[test]
    fn no_program_is_run() {
        for key in KEYS {
            let (repository, program) = changed();
            let value = match key {
                "alias.rev-parse" => format!("!{}", program.display()),
                _ => program.display().to_string(),
            };
            repository.git(&["config", key, &value]);
            repository.ran();
            assert_eq!(repository.since("HEAD"), NONE, "{key}");
            assert!(!repository.ran(), "{key}");
        }
    }

    #[test]
    fn no_program_of_an_included_configuration_is_run() {
        let (repository, program) = changed();
        let program = program.display();
        let more = format!("[core]\n\tfsmonitor = {program}\n[diff]\n\texternal = {program}\n");
        repository.write(".git/more", &more);
        for key in ["include.path", "includeIf.gitdir:**.path"] {
            repository.git(&["config", key, "more"]);
            repository.ran();
            assert_eq!(repository.since("HEAD"), NONE, "{key}");
            assert!(!repository.ran(), "{key}");
        }
        // Git by itself does run it.
        let mut status = Command::new("git");
        let _ = status.arg("status").current_dir(repository.path()).output();
        assert!(repository.ran());
    }

    #[test]
    fn no_hook_is_run() {
        let (repository, program) = changed();
        let hooks = repository.path().join("hooks");
        fs::create_dir(&hooks).unwrap();
        for name in [
            "post-index-change",
            "reference-transaction",
            "fsmonitor-watchman",
        ] {
            fs::copy(&program, hooks.join(name)).unwrap();
        }
        repository.git(&["config", "core.hooksPath", hooks.to_str().unwrap()]);
        repository.ran();
        assert_eq!(repository.since("HEAD"), NONE);
        assert!(!repository.ran());
    }

    #[test]
    fn no_submodule_is_entered() {
        let inner = Repository::new(&[("Dockerfile", HIDDEN_GPUS)]);
        let (outer, program) = changed();
        let url = inner.path().to_str().unwrap();
        outer.git(&[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            url,
            "sub",
        ]);
        outer.commit();
        let key = program.display().to_string();
        let sub = outer.path().join("sub");
        let config = Command::new("git")
            .args(["config", "core.fsmonitor", &key])
            .current_dir(&sub)
            .status();
        assert!(config.unwrap().success());
        outer.git(&["config", "submodule.recurse", "true"]);
        outer.git(&["config", "diff.submodule", "log"]);
        fs::write(sub.join("Dockerfile"), CLEAN).unwrap();
        outer.ran();
        assert_eq!(outer.since("HEAD"), NONE);
        assert!(!outer.ran());
    }

    /// Where Git is.
    fn git() -> PathBuf {
        let path = std::env::var_os("PATH").unwrap();
        let mut folders = std::env::split_paths(&path);
        folders
            .find_map(|folder| Some(folder.join("git")).filter(|git| git.is_file()))
            .unwrap()
    }

    /// A folder with a Git that does not know how to leave objects where they are.
    fn old_git() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("git");
        let script = format!(
            "#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec '{}' \"$@\"\n",
            git().display()
        );
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        folder
    }

    #[test]
    fn an_object_that_is_elsewhere_is_not_fetched() {
        let old = old_git();
        let path = format!("{}:/usr/bin:/bin", old.path().display());
        let ways = |program: &str| {
            [
                vec![("url", format!("ext::{program}"))],
                vec![
                    ("url", "/nowhere".to_owned()),
                    ("uploadpack", program.to_owned()),
                ],
                vec![("url", "ssh://nobody@localhost/x".to_owned())],
                vec![("url", "git://localhost/x".to_owned())],
            ]
        };
        for way in 0..4 {
            let (repository, _) = changed();
            let program = repository.program("evil.sh", "exit 1");
            let program = program.to_str().unwrap().to_owned();
            repository.git(&["config", "core.sshCommand", &program]);
            repository.git(&["config", "core.gitProxy", &program]);
            repository.git(&["config", "core.repositoryFormatVersion", "1"]);
            repository.git(&["config", "extensions.partialClone", "origin"]);
            repository.git(&["config", "remote.origin.promisor", "true"]);
            for name in ["ext", "file", "ssh", "git"] {
                let key = format!("protocol.{name}.allow");
                repository.git(&["config", &key, "always"]);
            }
            for (key, value) in &ways(&program)[way] {
                repository.git(&["config", &format!("remote.origin.{key}"), value]);
            }
            // The old Dockerfile is not here any more.
            let object = Command::new("git")
                .args(["rev-parse", "HEAD:Dockerfile"])
                .current_dir(repository.path())
                .output()
                .unwrap();
            let object = String::from_utf8(object.stdout).unwrap();
            let object = object.trim();
            let file = format!(".git/objects/{}/{}", &object[..2], &object[2..]);
            fs::remove_file(repository.path().join(file)).unwrap();
            repository.ran();

            let run = Program::new(&["dockerfile", ".", "--changed-since", "HEAD"])
                .within(repository.path())
                .env("PATH", &path)
                .run();
            assert!(!repository.ran(), "{way}");
            assert_eq!(run.status, 1, "{}", run.all());
            // Git by itself does run it.
            let mut fetch = Command::new("git");
            let fetch = fetch.args(["cat-file", "-p", object]);
            let _ = fetch
                .stdin(Stdio::null())
                .current_dir(repository.path())
                .output();
            assert!(repository.ran(), "{way}");
        }
    }

    #[test]
    fn git_is_no_program_of_the_directory() {
        let repository = Repository::new(&[("Dockerfile", HIDDEN_GPUS)]);
        repository.program("git", "exit 1");
        let git = git();
        let real = git.parent().unwrap().display();
        for path in [
            format!(".:{real}"),
            format!(":{real}"),
            format!("./:{real}"),
        ] {
            let run = Program::new(&["dockerfile", ".", "--changed-since", "HEAD"])
                .within(repository.path())
                .env("PATH", &path)
                .run();
            assert!(!repository.ran(), "{path}");
            assert_eq!(run.status, 0, "{}", run.all());
        }
        let run = Program::new(&["dockerfile", ".", "--changed-since", "HEAD"])
            .within(repository.path())
            .env("PATH", ".")
            .run();
        assert!(!repository.ran());
        assert_eq!(
            run.stderr,
            "env-doctor: `git` is not on PATH, and --changed-since needs it\n"
        );
    }

    #[test]
    fn a_repository_among_the_files_of_another_is_none() {
        let (repository, program) = changed();
        let bare = repository.path().join("bare");
        let bare_name = bare.to_str().unwrap();
        repository.git(&["init", "--quiet", "--bare", bare_name]);
        let config = format!(
            "[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = {}\n",
            program.display()
        );
        fs::write(bare.join("config"), config).unwrap();
        fs::write(bare.join("Dockerfile"), HIDDEN_GPUS).unwrap();
        repository.ran();
        let run = run(&bare, &[".", "--changed-since", "HEAD"]);
        assert_eq!(run.status, 2, "{}", run.all());
        assert!(run.stderr.contains("bare repository"), "{}", run.all());
        assert!(!repository.ran());
    }
}
