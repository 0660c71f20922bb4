//! BuildKit's line grammar where others go wrong.

mod common;

use common::instruction;
use dockerfile::{Dockerfile, Keyword, Kind, ProblemKind, Run};

fn problems(text: &str) -> Vec<String> {
    let parsed = dockerfile::parse(text);
    let problems = parsed.problems.iter();
    problems
        .map(|problem| format!("{}: {}", problem.line, problem.message))
        .collect()
}

/// What BuildKit says of one instruction behind `FROM a`.
fn problem(text: &str) -> Option<String> {
    let parsed = dockerfile::parse(&format!("FROM a\n{text}\n"));
    parsed.problems.into_iter().next().map(|p| p.message)
}

fn logical(text: &str) -> Vec<String> {
    let parsed = dockerfile::parse(text);
    let instructions = parsed.instructions.iter();
    instructions.map(|i| i.logical.text().to_owned()).collect()
}

fn directives(parsed: &Dockerfile) -> Vec<(&str, &str)> {
    let directives = parsed.directives.iter();
    directives
        .map(|d| (d.name.as_str(), d.value.as_str()))
        .collect()
}

#[test]
fn directives_stand_before_anything_else() {
    let parsed =
        dockerfile::parse("# Syntax = docker/dockerfile:1\n#check=skip=all\n# escape=`\nFROM a\n");
    assert_eq!(
        directives(&parsed),
        [
            ("syntax", "docker/dockerfile:1"),
            ("check", "skip=all"),
            ("escape", "`")
        ]
    );
    assert_eq!(parsed.escape, '`');
    for before in ["\n", "# a comment\n", "# other=1\n", "ARG x\n"] {
        let parsed = dockerfile::parse(&format!("{before}# escape=`\nFROM a\n"));
        assert_eq!(parsed.escape, '\\', "{before}");
    }
}

#[test]
fn a_byte_order_mark_hides_no_directive() {
    let text = "\u{FEFF}# escape=`\r\nFROM a\r\n";
    let parsed = dockerfile::parse(text);
    assert_eq!(parsed.escape, '`');
    assert_eq!(&text[parsed.directives[0].span.range()], "# escape=`");
    assert_eq!(&text[parsed.instructions[0].span.range()], "FROM a");
}

#[test]
fn a_repeated_directive_is_an_error() {
    let text = "# escape=`\n# escape=`\nFROM a\n";
    assert_eq!(
        problems(text),
        ["2: only one escape parser directive can be used"]
    );
}

#[test]
fn a_shebang_ends_all_directives_but_syntax_and_check() {
    let parsed = dockerfile::parse("#!/usr/bin/env x\n# syntax=a/b\n# escape=`\nFROM a\n");
    assert_eq!(directives(&parsed)[0], ("syntax", "a/b"));
    assert_eq!(parsed.escape, '\\');
}

#[test]
fn an_escape_before_blanks_continues() {
    assert_eq!(logical("FROM a\nRUN b \\ \t\n  c\n")[1], "RUN b   c");
    assert_eq!(
        logical("FROM a\nRUN b \\\\\nRUN c\n")[1..],
        ["RUN b \\\\", "RUN c"]
    );
    assert_eq!(
        logical("# escape=`\nFROM a\nRUN b `\n c\\\n")[1],
        "RUN b  c\\"
    );
    assert_eq!(logical("FROM a\nRUN b \\"), ["FROM a", "RUN b "]);
    assert_eq!(problem("\\"), Some("unknown instruction: ".to_owned()));
}

#[test]
fn comments_and_blank_lines_inside_are_dropped() {
    let text = "FROM a\n  RUN b \\\n# one\n   # two \\\n\n \t\n  c\n";
    assert_eq!(logical(text)[1], "RUN b   c");
    let parsed = dockerfile::parse(text);
    let comments: Vec<&str> = parsed
        .comments
        .iter()
        .map(|span| &text[span.range()])
        .collect();
    assert_eq!(comments, ["# one", "# two \\"]);
    assert_eq!(
        (
            parsed.instructions[1].first_line,
            parsed.instructions[1].last_line
        ),
        (2, 7)
    );
}

#[test]
fn a_keyword_may_be_split() {
    let text = "FROM a\nRU\\\nN echo\n";
    let parsed = dockerfile::parse(text);
    assert_eq!(parsed.instructions[1].keyword, Keyword::Run);
    assert_eq!(
        &text[parsed.instructions[1].keyword_span.range()],
        "RU\\\nN"
    );
}

#[test]
fn heredocs_belong_to_run_copy_add_and_their_triggers() {
    for before in ["RUN cat", "COPY", "ADD", "ONBUILD RUN cat", "onbuild copy"] {
        let parsed =
            dockerfile::parse(&format!("FROM a\n{before} <<EOF /x\nFROM b\nEOF\nUSER c\n"));
        assert_eq!(parsed.problems, [], "{before}");
        assert_eq!(parsed.instructions.len(), 3, "{before}");
        assert_eq!(parsed.instructions[1].heredocs[0].body.text(), "FROM b\n");
    }
    for before in ["CMD cat", "ENV A=", "RUN [\"a\"] #", "LABEL x="] {
        let text = format!("FROM a\n{before}<<EOF\nUSER b\n");
        assert_eq!(dockerfile::parse(&text).instructions.len(), 3, "{before}");
    }
    assert!(instruction("RUN [\"a\", \"<<EOF\"]").heredocs.is_empty());
}

#[test]
fn heredoc_forms() {
    let text = "FROM a\nRUN cat <<A 3<<-\"B C\" << D\none\nA\n\ttwo\n\tB C\nthree\nD\n";
    let parsed = dockerfile::parse(text);
    assert_eq!(parsed.problems, []);
    let run = &parsed.instructions[1];
    let shown: Vec<_> = run
        .heredocs
        .iter()
        .map(|h| {
            (
                h.name.as_str(),
                h.body.text(),
                h.expand,
                h.strip_tabs,
                h.descriptor,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("A", "one\n", true, false, 0),
            ("B C", "two\n", false, true, 3),
            ("D", "three\n", true, false, 0)
        ]
    );
    assert_eq!(&text[run.heredocs[1].opener.range()], "3<<-\"B C\"");
    assert_eq!((run.first_line, run.last_line), (2, 8));
}

#[test]
fn carriage_returns_are_no_part_of_a_body() {
    let text = "FROM a\r\nRUN <<EOF\r\na\r\nb\r\nEOF\r\n";
    let parsed = dockerfile::parse(text);
    let body = &parsed.instructions[1].heredocs[0].body;
    assert_eq!(body.text(), "a\nb\n");
    assert_eq!(&text[body.span(0..4).range()], "a\r\nb\r\n");
    assert_eq!(&text[body.span(2..3).range()], "b");
}

#[test]
fn quotes_and_odd_substitutions_switch_heredocs_off() {
    for line in [
        "echo it's <<EOF",
        "echo ${a@Q} <<EOF",
        "echo \"${a^}\" <<EOF",
    ] {
        assert!(instruction(&format!("RUN {line}")).heredocs.is_empty());
    }
    let parsed = dockerfile::parse("FROM a\nRUN echo ${a:0:2} <<EOF\nx\nEOF\n");
    assert_eq!(parsed.instructions[1].heredocs.len(), 1);
}

#[test]
fn an_unterminated_heredoc_loses_no_instruction() {
    let text = "FROM a\nRUN <<EOF\nimport torch\nEOFF\nUSER b\n";
    let parsed = dockerfile::parse(text);
    assert_eq!(problems(text), ["2: unterminated heredoc"]);
    assert_eq!(parsed.instructions.len(), 3);
    assert_eq!(parsed.instructions[2].keyword, Keyword::User);
    assert_eq!(&text[parsed.problems[0].span.range()], "<<EOF");
    assert_eq!(
        problem("RUN echo $((1 << 3))"),
        Some("unterminated heredoc".to_owned())
    );
}

#[test]
fn flags_stand_before_the_arguments() {
    let shown = |text: &str| {
        let instruction = instruction(text);
        let flags: Vec<String> = instruction
            .flags
            .iter()
            .map(|flag| {
                format!(
                    "{}={:?}",
                    flag.name,
                    flag.value.as_ref().map(|v| v.raw.as_str())
                )
            })
            .collect();
        let args: Vec<String> = instruction.args.iter().map(|arg| arg.raw.clone()).collect();
        (flags.join(" "), args.join("|"))
    };
    let both = |flags: &str, args: &str| (flags.to_owned(), args.to_owned());
    assert_eq!(
        shown("COPY --from=b --link --chown=\"a b\" x --y z"),
        both(
            "from=Some(\"b\") link=None chown=Some(\"\\\"a b\\\"\")",
            "x|--y|z"
        )
    );
    assert_eq!(shown("RUN -- --mount=x"), both("", "--mount=x"));
    assert_eq!(
        shown("RUN --mount=type=cache,target=/x pip"),
        both("mount=Some(\"type=cache,target=/x\")", "pip")
    );
}

#[test]
fn broken_json_is_the_shell_form() {
    for text in ["RUN ['a']", "RUN [\"a\",]", "RUN [ -f x ]", "RUN [\"a\"] b"] {
        let run = instruction(text);
        assert!(!run.json, "{text}");
        assert!(matches!(run.kind, Kind::Run(Run::Shell(_))), "{text}");
    }
    assert!(instruction("RUN []").json);
    assert!(instruction("ENTRYPOINT [ \"a\" , \"b\" ]").json);
    let refused = "when using JSON array syntax, arrays must be comprised of strings only";
    assert_eq!(problem("CMD [1, \"a\"]").as_deref(), Some(refused));
    assert_eq!(problem("COPY [null] b").as_deref(), None);
}

#[test]
fn the_old_env_form_takes_the_whole_line() {
    let Kind::Env(pairs) = instruction("ENV A  b c=d \"e\"").kind else {
        panic!();
    };
    assert_eq!(pairs.len(), 1);
    assert_eq!(
        (pairs[0].key.raw.as_str(), pairs[0].value.raw.as_str()),
        ("A", "b c=d \"e\"")
    );
    assert!(pairs[0].legacy);
    let Kind::Env(pairs) = instruction("ENV A=\"b c\" D=e\\ f G=").kind else {
        panic!();
    };
    let shown: Vec<_> = pairs
        .iter()
        .map(|p| (p.key.raw.as_str(), p.value.raw.as_str()))
        .collect();
    assert_eq!(shown, [("A", "\"b c\""), ("D", "e\\ f"), ("G", "")]);
}

#[test]
fn a_line_has_at_most_65535_bytes() {
    let refused = "dockerfile line greater than max allowed size of 65535";
    let line = |length: usize| format!("RUN {}", "x".repeat(length - 4));
    assert_eq!(problem(&line(65_535)), None);
    assert_eq!(problem(&line(65_536)).as_deref(), Some(refused));
    // The instruction says so, for no build comes to it; the next one is another.
    let text = format!("FROM a\n{}\nRUN b\n", line(65_536));
    let parsed = dockerfile::parse(&text);
    let too_long: Vec<bool> = parsed
        .instructions
        .iter()
        .map(|instruction| instruction.too_long)
        .collect();
    assert_eq!(too_long, [false, true, false]);
}

#[test]
fn only_arg_stands_before_from() {
    assert_eq!(problems("ARG A=1\nFROM a\nRUN b\n"), Vec::<String>::new());
    assert_eq!(
        problems("RUN b\nUSER c\nFROM a\n"),
        ["1: no build stage in current context"]
    );
    let parsed = dockerfile::parse("ARG A\nARG B\nFROM a\nRUN b\nFROM c AS d\nUSER e\nRUN f\n");
    assert_eq!(parsed.preamble().len(), 2);
    assert_eq!(parsed.stages(), [2..4, 4..7]);
    assert_eq!(dockerfile::parse("ARG A\n").preamble().len(), 1);
}

#[test]
fn names_of_stages() {
    let from = |text: &str| problems(&format!("FROM a AS {text}\n")).into_iter().next();
    for name in ["b", "B-1_c.d", "scratch", "context"] {
        assert_eq!(from(name), None, "{name}");
    }
    let refused = "1: invalid name for build stage: \"1b\", name can't start with a number or contain symbols";
    assert_eq!(from("1b").as_deref(), Some(refused));
    assert!(from("a/b").is_some());
}

#[test]
fn unknown_instructions_have_a_suggestion() {
    let says = |text: &str| problem(text).unwrap();
    assert_eq!(
        says("RNU a"),
        "unknown instruction: RNU (did you mean RUN?)"
    );
    assert_eq!(
        says("copyy a"),
        "unknown instruction: copyy (did you mean copy?)"
    );
    assert_eq!(says("apt-get install"), "unknown instruction: apt-get");
    assert_eq!(problem("ONBUILD FOO a"), None);
}

#[test]
fn flags_are_checked_as_buildkit_does() {
    let says = |text: &str| problem(text).unwrap();
    assert_eq!(
        says("RUN --mont=x a"),
        "unknown flag: --mont (did you mean mount?)"
    );
    assert_eq!(says("RUN --network=x a"), "invalid network mode \"x\"");
    assert_eq!(says("RUN --security=x a"), "security \"x\" is not valid");
    assert_eq!(says("RUN --device=a,b=c d"), "unexpected key 'b' in 'b=c'");
    assert_eq!(
        says("RUN --mount=from=$x,target=/y a"),
        "'from' doesn't support variable expansion, define alias stage instead"
    );
    assert_eq!(
        says("COPY --link=x a b"),
        "expecting boolean value for flag --link, not: x"
    );
    assert_eq!(says("COPY --from a b"), "missing a value on flag: --from");
    assert_eq!(
        says("COPY --from=a --from=b c d"),
        "duplicate flag specified: --from"
    );
    assert_eq!(says("USER --x a"), "unknown flag: --x");
    for text in [
        "RUN --mount=type=bind,from=a --mount=type=cache,target=/x --network=none --security=insecure a",
        "RUN --device=nvidia.com/gpu=all,required a",
        "COPY --link --parents=false --exclude=*.a --exclude=*.b --chmod=\"755\" a b",
        "ADD --checksum=sha256:x --keep-git-dir --unpack=true a b",
        "ARG --x y",
        "STOPSIGNAL --x 9",
    ] {
        assert_eq!(problem(text), None, "{text}");
    }
}

#[test]
fn healthchecks() {
    let says = |text: &str| problem(&format!("HEALTHCHECK {text}"));
    assert_eq!(says("--interval=1m30s --retries=3 CMD x"), None);
    assert_eq!(says("--interval=abc NONE"), None);
    for (text, message) in [
        ("NONE x", "HEALTHCHECK NONE takes no arguments"),
        ("CMD", "Missing command after HEALTHCHECK CMD"),
        ("CMD []", "Missing command after HEALTHCHECK CMD"),
        ("run x", "Unknown type \"RUN\" in HEALTHCHECK (try CMD)"),
        ("--timeout=5 CMD x", "time: missing unit in duration \"5\""),
        (
            "--timeout=5us CMD x",
            "Interval \"timeout\" cannot be less than 1ms",
        ),
        ("--retries=-1 CMD x", "--retries cannot be negative (-1)"),
        (
            "--retries=x CMD x",
            "strconv.ParseInt: parsing \"x\": invalid syntax",
        ),
    ] {
        assert_eq!(says(text).as_deref(), Some(message), "{text}");
    }
}

#[test]
fn counts_and_blank_names() {
    let says = |text: &str| problem(text).unwrap();
    assert_eq!(says("WORKDIR"), "WORKDIR requires exactly one argument");
    assert_eq!(
        says("SHELL a b"),
        "SHELL requires the arguments to be in JSON form"
    );
    assert_eq!(says("SHELL []"), "SHELL requires at least one argument");
    assert_eq!(says("ENV =a"), "ENV names can not be blank");
    assert_eq!(says("ARG =a"), "ARG names can not be blank");
    assert_eq!(says("ENV A"), "ENV must have two arguments");
    assert_eq!(
        says("VOLUME [\" \"]"),
        "VOLUME specified can not be an empty string"
    );
    assert_eq!(
        says("COPY a <<EOF\nEOF"),
        "COPY cannot accept a heredoc as a destination"
    );
    assert_eq!(
        says("ONBUILD FROM b"),
        "FROM isn't allowed as an ONBUILD trigger"
    );
}

#[test]
fn what_is_wrong_does_not_hide_what_follows() {
    let text = "FORM a\nFROM a b\nENV A\nCMD [1]\nRUN c\n";
    let parsed = dockerfile::parse(text);
    assert_eq!(parsed.instructions.len(), 5);
    let kinds: Vec<ProblemKind> = parsed.problems.iter().map(|p| p.kind).collect();
    assert_eq!(
        kinds,
        [
            ProblemKind::Syntax,
            ProblemKind::Syntax,
            ProblemKind::Semantic,
            ProblemKind::Semantic,
            ProblemKind::Semantic
        ]
    );
}

#[test]
fn continued_blanks_are_an_instruction_without_a_name() {
    for text in [
        "FROM a\n\\\n    \\\n# b\n",
        "FROM a\n\\\n    \\\n",
        "\\\n \\",
    ] {
        assert_eq!(problem(text).as_deref(), Some("unknown instruction: "));
    }
}
