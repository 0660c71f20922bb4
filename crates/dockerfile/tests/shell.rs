//! RUN bodies taken apart into commands.

mod common;

use common::{commands, programs_where, run, script};
use dockerfile::shell::{self, Options};
use dockerfile::{Kind, Logical, Run};

/// The commands of a text that the shell accepts.
#[track_caller]
fn split(text: &str) -> Vec<String> {
    let script = script(text);
    assert!(script.problems.is_empty(), "{:?}", script.problems);
    commands(&script)
}

#[test]
fn lists_and_pipelines() {
    assert_eq!(
        split("a && b || c; d | e |& f & g"),
        ["a", "&& b", "|| c", "; d", "| e", "| f", "& g"]
    );
    assert_eq!(split("a\nb\n\nc"), ["a", "; b", "; c"]);
    assert_eq!(
        split("a &&\n b ||\n\n c |\n d"),
        ["a", "&& b", "|| c", "| d"]
    );
    assert_eq!(split("! a | b"), ["a", "| b"]);
    assert_eq!(split("time -p a; time b"), ["a", "; b"]);
    assert_eq!(split("time -f %e a"), ["time -f %e a"]);
    assert_eq!(split(""), Vec::<String>::new());
}

#[test]
fn a_version_without_quotes_is_a_redirection() {
    let text = "pip install fastapi>=0.112 uvicorn 'torch>=2' \"a>b\"";
    let script = script(text);
    assert_eq!(
        commands(&script),
        ["pip install fastapi uvicorn 'torch>=2' \"a>b\" >(=0.112)"]
    );
    let redirect = &script.commands[0].redirects[0];
    assert_eq!(&text[redirect.span.range()], ">=0.112");
    assert_eq!(&text[redirect.target.span.range()], "=0.112");
    assert_eq!(&text[script.commands[0].words[3].span.range()], "uvicorn");
}

#[test]
fn redirections_anywhere() {
    assert_eq!(
        split(">f a 2>&1 b <g &>h c >>i >|j <>k &>>l 3<&-"),
        ["a b c >(f) >&(1) <(g) &>(h) >>(i) >|(j) <>(k) &>>(l) <&(-)"]
    );
    assert_eq!(split("a2>f b 2 >g"), ["a2 b 2 >(f) >(g)"]);
    assert_eq!(split("cat <<<\"$x\""), ["cat <<<(\"$x\")"]);
}

#[test]
fn assignments_before_a_command() {
    assert_eq!(split("A=1 B+=2 c D=3"), ["A=1 B+=2 c D=3"]);
    assert_eq!(split("A= B='x y' C=$(d e)"), ["A= B='x y' C=$(d e)", "d e"]);
    assert_eq!(
        split("a=(1 $(b) \"3\") c[0]=d e"),
        ["a=(1 $(b) \"3\") c=d e", "b"]
    );
    assert_eq!(split("declare -a x=(1 2) y"), ["declare -a x=(1 2) y"]);
    assert_eq!(split("a-b=c d"), ["a-b=c d"]);
    let text = "CUDA=12.1 pip";
    let assignment = &script(text).commands[0].assignments[0];
    assert_eq!(&text[assignment.span.range()], "CUDA=12.1");
    assert_eq!(&text[assignment.value.span.range()], "12.1");
}

#[test]
fn groups_and_subshells() {
    assert_eq!(split("(a; b) && { c; d; } > f"), ["a", "; b", "c", "; d"]);
    assert_eq!(split("((a); (b))"), ["a", "b"]);
    assert_eq!(split("((x = (1) + 2)) && a"), ["&& a"]);
    assert_eq!(
        programs_where("(a; { b; }); c", |c| c.place.in_subshell),
        ["a", "b"]
    );
    let depths: Vec<u32> = script("a; (b; (c)); d")
        .commands
        .iter()
        .map(|c| c.depth)
        .collect();
    assert_eq!(depths, [0, 1, 2, 0]);
}

#[test]
fn conditions_and_branches() {
    let text = "if a; then b; elif c && d; then e; else f; fi; g";
    assert_eq!(
        split(text),
        ["a", "b", "c", "&& d", "e", "f", "g"].map(|name| match name {
            "g" => "; g".to_owned(),
            name => name.to_owned(),
        })
    );
    assert_eq!(
        programs_where(text, |c| c.place.in_condition),
        ["a", "c", "d"]
    );
    assert_eq!(programs_where(text, |c| c.place.in_branch), ["b", "e", "f"]);
}

#[test]
fn loops() {
    let text = "for x in $(a) b; do c; done; while d; do e; done < f; until g; do h; done; for ((;;)); do i; done";
    assert_eq!(split(text), ["a", "c", "d", "e", "g", "h", "i"]);
    assert_eq!(
        programs_where(text, |c| c.place.in_loop),
        ["c", "d", "e", "g", "h", "i"]
    );
    assert_eq!(programs_where(text, |c| c.place.in_condition), ["d", "g"]);
    assert_eq!(split("for x do a; done"), ["a"]);
    assert_eq!(split("select x in 1 2\ndo a\ndone"), ["a"]);
}

#[test]
fn case_branches() {
    let text =
        "case \"$(uname -m)\" in x86_64|amd64) a ;; (arm*) b; c ;& 'x)') ;; *) d ;;& esac; e";
    assert_eq!(split(text), ["uname -m", "a", "b", "; c", "d", "; e"]);
    assert_eq!(
        programs_where(text, |c| c.place.in_branch),
        ["a", "b", "c", "d"]
    );
    assert_eq!(split("case x in a) b\nesac"), ["b"]);
    assert_eq!(
        split("x=$(case y in (z) a ;; w) b ;; esac) c"),
        ["x=$(case y in (z) a ;; w) b ;; esac) c", "a", "b"]
    );
}

#[test]
fn functions() {
    let text = "f() { a; }; function g { b; }; h () (c); f";
    assert_eq!(split(text), ["a", "b", "c", "; f"]);
    assert_eq!(
        programs_where(text, |c| c.place.in_function),
        ["a", "b", "c"]
    );
}

#[test]
fn brackets_hold_operators() {
    assert_eq!(
        split("[[ a && b || ( c > d ) ]] && e"),
        ["[[ a && b || ( c > d ) ]]", "&& e"]
    );
    assert_eq!(
        split("[[ $x =~ ^(a|b c)$ ]] || e"),
        ["[[ $x =~ ^(a|b c)$ ]]", "|| e"]
    );
    assert_eq!(split("[ a ] && [ b -o c ]"), ["[ a ]", "&& [ b -o c ]"]);
}

#[test]
fn substitutions_are_listed_in_source_order() {
    let text = "a $(b $(c)) `d` \"$(e \"f\")\" <(g) ${h:-$(i)} $(( $(j) + 1 ))";
    let found = programs_where(text, |_| true);
    assert_eq!(found, ["a", "b", "c", "d", "e", "g", "i", "j"]);
    assert_eq!(
        programs_where(text, |c| c.place.in_substitution),
        found[1..]
    );
    assert_eq!(
        split("a `b \\`c\\` \"d\"`"),
        ["a `b \\`c\\` \"d\"`", "b `c` \"d\"", "c"]
    );
    assert_eq!(
        split("a \"`b \\\"c d\\\"`\""),
        ["a \"`b \\\"c d\\\"`\"", "b \"c d\""]
    );
    assert_eq!(split("a $((b); c)"), ["a $((b); c)", "b", "; c"]);
}

#[test]
fn comments_end_with_their_line() {
    assert_eq!(split("a # b; c\nd#e # f"), ["a", "; d#e"]);
    assert_eq!(split("# a\n\n  # b"), Vec::<String>::new());
    assert_eq!(split("a && # why\n b"), ["a", "&& b"]);
}

#[test]
fn escaped_line_breaks_join() {
    assert_eq!(
        split("pip \\\n install \\\n  torch\\\n==2"),
        ["pip install torch==2"]
    );
    assert_eq!(split("a \\\r\n && b"), ["a", "&& b"]);
}

#[test]
fn heredocs_in_a_script() {
    let text = "cat <<A <<-'B' > f && b\none $(c)\nA\n\ttwo $(d)\n\tB\ne";
    let script = script(text);
    assert_eq!(
        commands(&script),
        ["cat <<(A) <<-('B') >(f)", "&& b", "c", "; e"]
    );
    let bodies: Vec<&str> = script.commands[0]
        .redirects
        .iter()
        .filter_map(|redirect| Some(redirect.body.as_ref()?.text()))
        .collect();
    assert_eq!(bodies, ["one $(c)\n", "two $(d)\n"]);
    assert_eq!(
        split("x=$(cat <<E\nit's )\nE\n) y"),
        ["x=$(cat <<E\nit's )\nE\n) y", "cat <<(E)"]
    );
    assert_eq!(split("while a; do b; done <<E\nc\nE\nd"), ["a", "b", "; d"]);
}

#[test]
fn heredocs_of_the_instruction() {
    let text = "FROM a\nRUN python - <<PY && b <<X\nimport torch\nPY\n$(c)\nX\n";
    let script = run(&dockerfile::parse(text));
    assert_eq!(commands(&script), ["python - <<(PY)", "&& b <<(X)", "c"]);
    let body = script.commands[0].redirects[0].body.as_ref().unwrap();
    assert_eq!(body.text(), "import torch\n");
    assert_eq!(
        &text[body.span(0..body.text().len()).range()],
        "import torch\n"
    );
}

#[test]
fn a_heredoc_alone_is_the_script() {
    let text = "FROM a\nRUN <<EOF\npip install \\\n  torch\nEOF\n";
    let script = run(&dockerfile::parse(text));
    assert_eq!(commands(&script), ["pip install torch"]);
    assert_eq!(&text[script.commands[0].words[2].span.range()], "torch");

    let parsed = dockerfile::parse("FROM a\nRUN <<EOF\n#!/usr/bin/env python\nimport torch\nEOF\n");
    let Kind::Run(Run::Script { interpreter, body }) = &parsed.instructions[1].kind else {
        panic!();
    };
    assert_eq!(interpreter.as_deref(), Some("/usr/bin/env python"));
    assert_eq!(body.text(), "\nimport torch\n");
}

#[test]
fn words_of_a_continued_run_have_their_bytes() {
    let text = "FROM a\nRUN pip install \\\n    # the framework\n    torch==2.1 \\\n\n    numpy && \\\n    b\n";
    let script = run(&dockerfile::parse(text));
    assert_eq!(commands(&script), ["pip install torch==2.1 numpy", "&& b"]);
    let words = &script.commands[0].words;
    let shown: Vec<&str> = words.iter().map(|word| &text[word.span.range()]).collect();
    assert_eq!(shown, ["pip", "install", "torch==2.1", "numpy"]);
    assert_eq!(&text[script.commands[1].connector_span.range()], "&&");
}

#[test]
fn which_failures_are_tolerated() {
    let tolerated = |text: &str| programs_where(text, |c| c.place.failure_tolerated);
    assert_eq!(tolerated("a && b"), Vec::<String>::new());
    assert_eq!(tolerated("a; b && c; d"), ["a", "b", "c"]);
    assert_eq!(tolerated("a && b || c && d"), ["a", "b"]);
    assert_eq!(tolerated("a || exit 1; b"), ["a", "exit"]);
    assert_eq!(tolerated("a || exit 1"), Vec::<String>::new());
    assert_eq!(tolerated("a || { b; exit 1; }"), ["b"]);
    assert_eq!(tolerated("a || { b; exit 0; }"), ["a", "b"]);
    assert_eq!(tolerated("(a || true) && b"), ["a"]);
    assert_eq!(tolerated("a | b"), ["a"]);
    assert_eq!(tolerated("! a"), ["a"]);
    assert_eq!(tolerated("a & b"), ["a"]);
    assert_eq!(tolerated("if a; then b; fi"), ["a"]);
    assert_eq!(tolerated("x=$(a); y=$(b)"), ["", "a"]);
    assert_eq!(tolerated("echo $(a)"), ["a"]);
}

#[test]
fn set_e_counts_from_where_it_stands() {
    let tolerated = |text: &str| programs_where(text, |c| c.place.failure_tolerated);
    assert_eq!(tolerated("set -e; a; b"), Vec::<String>::new());
    assert_eq!(tolerated("a; set -ex; b; c"), ["a"]);
    assert_eq!(tolerated("set -e; a; set +e; b; c"), ["set", "b"]);
    assert_eq!(tolerated("set -e; a && b; c"), ["a"]);
    assert_eq!(
        tolerated("set -euxo pipefail; a | b; c"),
        Vec::<String>::new()
    );
    assert_eq!(tolerated("set -o pipefail; a | b; c"), ["set", "a", "b"]);
    assert_eq!(tolerated("set -- -e; a; b"), ["set", "a"]);
    assert_eq!(tolerated("(set -e; a); b; c"), ["set", "a", "b"]);
}

#[test]
fn a_shell_may_start_with_options() {
    let body = Logical::contiguous("a | b; c", 0);
    let options = Options {
        errexit: true,
        pipefail: true,
    };
    let script = shell::split_with(&body, &[], options);
    assert!(script.commands.iter().all(|c| !c.place.failure_tolerated));
}

#[test]
fn what_may_not_run() {
    let unsure = |text: &str| programs_where(text, |c| c.place.after_or);
    assert_eq!(unsure("a && b || c && d"), ["c", "d"]);
    assert_eq!(unsure("[ -f x ] && a; b"), ["a"]);
    assert_eq!(unsure("! command -v pip && a"), ["a"]);
    assert_eq!(unsure("a | grep b && c"), ["c"]);
    assert_eq!(unsure("a && b"), Vec::<String>::new());
}

#[test]
fn errors_lose_nothing_that_stands_before() {
    let broken = |text: &str| {
        let script = script(text);
        assert!(!script.problems.is_empty(), "{text}");
        commands(&script)
    };
    assert_eq!(broken("a && b && 'c"), ["a", "&& b", "&& 'c"]);
    assert_eq!(broken("a && b \"c"), ["a", "&& b \"c"]);
    assert_eq!(broken("a; (b"), ["a", "b"]);
    assert_eq!(broken("a; if b; then c"), ["a", "b", "c"]);
    assert_eq!(broken("a &&"), ["a"]);
    assert_eq!(broken("a )b; c"), ["a", "b", "; c"]);
    assert_eq!(broken("a; fi; b"), ["a", "; b"]);
    assert_eq!(broken("a; done | b"), ["a", "| b"]);
    assert_eq!(broken("case x in a b) c ;; esac; d"), ["c", "; d"]);
    assert_eq!(broken("a $(b; c"), ["a $(b; c", "b", "; c"]);
    assert_eq!(broken("a ${b"), ["a ${b"]);
    assert_eq!(broken("&& a"), ["&& a"]);
    assert_eq!(broken("a;; b"), ["a", "; b"]);
    assert_eq!(broken("a >; b"), ["a >()", "; b"]);
    assert_eq!(broken("echo (a)"), ["echo", "a"]);
}

#[test]
fn the_problem_points_at_the_cause() {
    let at = |text: &str| {
        let script = script(text);
        let span = script.problems[0];
        (span.start, text[span.range()].to_owned())
    };
    assert_eq!(at("a 'b"), (2, "'".to_owned()));
    assert_eq!(at("a && \"b"), (5, "\"".to_owned()));
    assert_eq!(at("a (b"), (2, "(".to_owned()));
    assert_eq!(at("a && (b"), (5, "(".to_owned()));
    assert_eq!(at("a $(b"), (3, "(".to_owned()));
}
