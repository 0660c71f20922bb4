//! Words of instructions, as BuildKit expands them, and of shell commands.

mod common;

use common::{docker_word, instruction, script, shell_word};
use dockerfile::Kind;

#[test]
fn buildkit_words_are_literals_and_variables() {
    assert_eq!(docker_word("/opt/app"), "/opt/app");
    assert_eq!(docker_word("$HOME/x"), "<HOME>/x");
    assert_eq!(docker_word("${HOME}x"), "<HOME>x");
    assert_eq!(docker_word("a$"), "a$");
    assert_eq!(docker_word("$(x)"), "$(x)");
    assert_eq!(docker_word("$1a $10 $?"), "<1>a <10> <?>");
    assert_eq!(docker_word("$größe-x"), "<größe>-x");
}

#[test]
fn buildkit_quotes_and_escapes() {
    assert_eq!(docker_word("'a b'\"c $D\""), "'a b''c '<D>");
    assert_eq!(docker_word(r"a\ b\$C"), "a' 'b'$'C");
    assert_eq!(docker_word(r#""a\"b\$c\d""#), r#"'a''"b''$c\d'"#);
    assert_eq!(docker_word("''"), "''");
    assert_eq!(docker_word("'$X'"), "'$X'");
    assert_eq!(docker_word(r"'a\'b"), r"'a\'b");
}

#[test]
fn the_escape_directive_counts_in_words() {
    let parsed = dockerfile::parse("# escape=`\nFROM a\nWORKDIR C:\\x`$Y\n");
    let Kind::Workdir(word) = &parsed.instructions[1].kind else {
        panic!();
    };
    assert_eq!(common::parts(&word.parts), r"C:\x'$'Y");
}

#[test]
fn buildkit_modifiers() {
    assert_eq!(docker_word("${A:-b}${A-b}"), "<A:-b><A-b>");
    assert_eq!(docker_word("${A:+b}${A+b}"), "<A:+b><A+b>");
    assert_eq!(docker_word("${A:?no}${A?}"), "<A:?><A?>");
    assert_eq!(docker_word("${A#v}${A##*/}"), "<A#v><A##*/>");
    assert_eq!(docker_word("${A%.*}${A%%.*}"), "<A%.*><A%%.*>");
    assert_eq!(docker_word("${A/./-}${A//./}"), "<A/./-><A//./>");
    assert_eq!(docker_word("${A:-${B:-c$D}}"), "<A:-<B:-c<D>>>");
    assert_eq!(docker_word("\"${A:-'b c'}\""), "<A:-'b c'>");
    assert_eq!(docker_word(r"${A%\}}"), r"<A%\}>");
}

#[test]
fn what_buildkit_refuses_is_no_value() {
    for text in [
        "${A@Q}", "${A^^}", "${A=b}", "${A/b}", "${A:1:2}", "${A:-b", "${A",
    ] {
        assert_eq!(docker_word(text), "<A other>", "{text}");
    }
    assert_eq!(docker_word("${}"), "< other>");
    assert_eq!(docker_word("${#A}"), "<# other>");
}

#[test]
fn shell_words_are_literals_variables_and_substitutions() {
    assert_eq!(shell_word("a'b'\"c$D\""), "a'b''c'<D>");
    assert_eq!(shell_word("$(x y)z`w`"), "<?>z<?>");
    assert_eq!(shell_word("$((1 + 2))"), "<?>");
    assert_eq!(shell_word("<(sort a)"), "<?>");
    assert_eq!(shell_word("$10$a.b"), "<1>0<a>.b");
    assert_eq!(shell_word("\"\""), "''");
    assert_eq!(shell_word("a$"), "a$");
    assert_eq!(shell_word("torch==2.1.0+cu121"), "torch==2.1.0+cu121");
    assert_eq!(shell_word("a#b"), "a#b");
    assert_eq!(shell_word("{a,b}"), "{a,b}");
}

#[test]
fn shell_quotes_and_escapes() {
    assert_eq!(shell_word(r#"a\ b"c\"d\e""#), r#"a' 'b'c''"''d\e'"#);
    assert_eq!(shell_word("a\\\nb"), "ab");
    assert_eq!(shell_word("\"a\\\nb\""), "'a''b'");
    assert_eq!(shell_word(r"$'a\tb\x41\101\\c'"), "'a''\t''b''A''A''\\''c'");
    assert_eq!(shell_word("$\"a$B\""), "'a'<B>");
    assert_eq!(shell_word("\"a ${A:-it's} b\""), "'a '<A:-'it's'>' b'");
}

#[test]
fn shell_modifiers() {
    assert_eq!(shell_word("${A:-b}${A:=b}${A+c}"), "<A:-b><A:-b><A+c>");
    assert_eq!(shell_word("${A:?}${A#v}${A%%.*}"), "<A:?><A#v><A%%.*>");
    assert_eq!(shell_word("${A//./-}${A/b}"), "<A//./-><A/b/>");
    assert_eq!(shell_word("\"${A%'}'}\"x"), "<A%'}'>x");
    assert_eq!(shell_word("\"${A:-\"b c\"}\"x"), "<A:-'b c'>x");
    for text in [
        "${A^^}",
        "${A,}",
        "${A:1:2}",
        "${A@Q}",
        "${A[0]}",
        "${#A}",
        "${!A}",
        "${A/#b/c}",
    ] {
        assert_eq!(shell_word(text), "<A other>", "{text}");
    }
}

#[test]
fn literals_are_cut_where_the_source_is() {
    let text = "FROM a\nENV A=one\\\n# why\ntwo\\$x\n";
    let parsed = dockerfile::parse(text);
    let Kind::Env(pairs) = &parsed.instructions[1].kind else {
        panic!();
    };
    let value = &pairs[0].value;
    assert_eq!(value.raw, "onetwo\\$x");
    assert_eq!(value.literal().as_deref(), Some("onetwo$x"));
    let pieces: Vec<&str> = value
        .parts
        .iter()
        .map(|part| &text[part.span().range()])
        .collect();
    assert_eq!(pieces, ["one", "two", "$", "x"]);
}

#[test]
fn a_word_of_several_lines_keeps_its_bytes() {
    let text = "pip install to\\\nrch x";
    let word = &script(text).commands[0].words[2];
    assert_eq!(word.raw, "torch");
    assert_eq!(&text[word.span.range()], "to\\\nrch");
    let pieces: Vec<&str> = word
        .parts
        .iter()
        .map(|part| &text[part.span().range()])
        .collect();
    assert_eq!(pieces, ["to", "rch"]);
}

#[test]
fn json_words_know_their_text() {
    let text = "FROM a\nRUN [\"pip\", \"a\\\"b\", \"$X\"]\n";
    let parsed = dockerfile::parse(text);
    let words = &parsed.instructions[1].args;
    let shown: Vec<String> = words
        .iter()
        .map(|word| common::parts(&word.parts))
        .collect();
    assert_eq!(shown, ["'pip'", "'a''\"''b'", "'$X'"]);
    assert_eq!(&text[words[0].span.range()], "\"pip\"");
    assert_eq!(&text[words[0].parts[0].span().range()], "pip");

    let copy = instruction("COPY [\"a b\", \"$X\"]");
    let shown: Vec<String> = copy
        .args
        .iter()
        .map(|word| common::parts(&word.parts))
        .collect();
    assert_eq!(shown, ["a b", "<X>"]);
}

#[test]
fn nesting_is_bounded() {
    for open in ["${a:-", "\"${a:-", "$(", "\"$(", "`", "<(", "$((", "${a/"] {
        let text = open.repeat(20_000);
        let _ = docker_word(&text[..60_000.min(text.len())]);
        let _ = script(&format!("echo {text}"));
    }
}
