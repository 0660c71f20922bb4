//! What holds for every text.

mod common;

use dockerfile::shell::{self, Command};
use dockerfile::{Dockerfile, Heredoc, Instruction, Kind, Logical, Operation, Part, Run, Word};
use proptest::prelude::*;
use source::Span;

/// Pieces that, strung together, come near every rule of both grammars.
const FRAGMENTS: &[&str] = &[
    "FROM a AS b\n",
    "RUN ",
    "COPY ",
    "ENV ",
    "ONBUILD ",
    "SHELL ",
    "HEALTHCHECK ",
    "LABEL ",
    "ARG ",
    "CMD ",
    "# escape=`\n",
    "# syntax=x\n",
    "#",
    "\n",
    "\r\n",
    "\\\n",
    "`\n",
    "\\",
    "`",
    " ",
    "\t",
    "\u{FEFF}",
    "é",
    "\u{a0}",
    "<<EOF",
    "<<-'A b'",
    "<< X",
    "<<<",
    "EOF\n",
    "\tA b\n",
    "X\n",
    "3<<Y",
    "Y\n",
    "--mount=type=cache ",
    "--from=",
    "--",
    "=",
    "\"",
    "'",
    "$",
    "${",
    "}",
    ":-",
    "##",
    "//",
    "/",
    "$(",
    ")",
    "(",
    "((",
    "))",
    "$((",
    "&&",
    "||",
    "|",
    "|&",
    "&",
    ";",
    ";;",
    "{",
    "} ",
    "if ",
    "then ",
    "elif ",
    "else ",
    "fi",
    "for x in ",
    "do ",
    "done",
    "while ",
    "case ",
    " in ",
    "esac",
    "f() ",
    "function ",
    "[[ ",
    " ]]",
    "=~",
    "! ",
    "time ",
    ">",
    ">=0.1",
    "2>&1",
    "<(",
    "a=",
    "a=(",
    "[",
    "]",
    "\"a\"",
    ",",
    "[\"a\", \"b\"]",
    "set -e",
    "exit 1",
    "$'",
    "\\'",
    "\\x41",
    "@(",
    "NONE",
    "a",
    "1",
];

fn text() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        9 => proptest::sample::select(FRAGMENTS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(fragment, 0..40).prop_map(|pieces| pieces.concat())
}

/// Checks spans and texts against the source.
struct Checker<'a> {
    source: &'a str,
}

impl Checker<'_> {
    fn span(&self, span: Span) {
        let text = self.source.get(span.range());
        assert!(text.is_some(), "{span:?} is no text of {:?}", self.source);
    }

    /// Every byte of a joined text is the byte it says it comes from.
    fn logical(&self, logical: &Logical) {
        for (at, byte) in logical.text().bytes().enumerate() {
            let from = logical.source_offset(at) as usize;
            assert_eq!(self.source.as_bytes().get(from), Some(&byte));
        }
        self.span(logical.span(0..logical.text().len()));
    }

    fn word(&self, word: &Word) {
        self.span(word.span);
        self.parts(&word.parts);
    }

    fn parts(&self, parts: &[Part]) {
        for part in parts {
            let span = part.span();
            self.span(span);
            match part {
                Part::Literal { text, span, .. } => {
                    if text.len() == span.len() as usize {
                        assert_eq!(text, &self.source[span.range()]);
                    }
                }
                Part::Variable { operation, .. } => self.operation(operation.as_ref()),
                Part::Opaque { .. } => {}
            }
        }
    }

    fn operation(&self, operation: Option<&Operation>) {
        match operation {
            Some(Operation::Default { word, .. } | Operation::Alternate { word, .. }) => {
                self.parts(word);
            }
            Some(
                Operation::RemovePrefix { pattern, .. } | Operation::RemoveSuffix { pattern, .. },
            ) => {
                self.parts(pattern);
            }
            Some(Operation::Replace { pattern, with, .. }) => {
                self.parts(pattern);
                self.parts(with);
            }
            Some(Operation::Required { .. } | Operation::Other) | None => {}
        }
    }

    fn command(&self, command: &Command) {
        self.span(command.span);
        self.span(command.connector_span);
        for word in &command.words {
            self.word(word);
            assert!(command.span.contains(word.span));
        }
        for assignment in &command.assignments {
            self.span(assignment.span);
            self.word(&assignment.value);
        }
        for redirect in &command.redirects {
            self.span(redirect.span);
            self.word(&redirect.target);
            if let Some(body) = &redirect.body {
                self.logical(body);
            }
        }
    }

    fn script(&self, body: &Logical, heredocs: &[Heredoc]) {
        self.logical(body);
        let script = shell::split(body, heredocs);
        for command in &script.commands {
            self.command(command);
        }
        for problem in &script.problems {
            self.span(*problem);
        }
        let starts: Vec<u32> = script
            .commands
            .iter()
            .map(|command| command.span.start)
            .collect();
        assert!(starts.is_sorted());
    }

    fn instruction(&self, instruction: &Instruction) {
        self.span(instruction.span);
        self.span(instruction.keyword_span);
        self.logical(&instruction.logical);
        for heredoc in &instruction.heredocs {
            self.span(heredoc.opener);
            self.logical(&heredoc.body);
        }
        for flag in &instruction.flags {
            self.span(flag.span);
        }
        match &instruction.kind {
            Kind::Run(run) | Kind::Cmd(run) | Kind::Entrypoint(run) => match run {
                Run::Shell(body) => self.script(body, &instruction.heredocs),
                Run::Script { body, .. } => self.script(body, &[]),
                Run::Exec(_) => {}
            },
            Kind::Onbuild(inner) => self.instruction(inner),
            _ => {}
        }
    }

    fn dockerfile(&self, parsed: &Dockerfile) {
        for word in common::words(parsed) {
            self.word(word);
        }
        for comment in &parsed.comments {
            self.span(*comment);
        }
        for problem in &parsed.problems {
            self.span(problem.span);
        }
        let mut end = 0;
        for instruction in &parsed.instructions {
            self.instruction(instruction);
            assert!(instruction.span.start >= end, "instructions overlap");
            end = instruction.span.end;
            assert!(instruction.first_line <= instruction.last_line);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn spans_are_right_for_strung_fragments(source in text()) {
        Checker { source: &source }.dockerfile(&dockerfile::parse(&source));
    }

    #[test]
    fn spans_are_right_for_run_bodies(body in text()) {
        let source = format!("FROM a\nRUN <<'THE END'\n{body}\nTHE END\nRUN {body}");
        Checker { source: &source }.dockerfile(&dockerfile::parse(&source));
    }

    #[test]
    fn spans_are_right_for_any_characters(source in any::<String>()) {
        Checker { source: &source }.dockerfile(&dockerfile::parse(&source));
        Checker { source: &source }.script(&Logical::contiguous(source.as_str(), 0), &[]);
    }

    #[test]
    fn what_stands_before_an_instruction_does_not_change_it(body in "[a-z $&|;'\"(){}<>=]{0,30}") {
        let alone = dockerfile::parse(&format!("FROM a\nRUN {body}"));
        let after = dockerfile::parse(&format!("FROM a\nUSER b\nRUN {body}"));
        if let (Some(one), Some(two)) = (alone.instructions.get(1), after.instructions.get(2)) {
            prop_assert_eq!(one.logical.text(), two.logical.text());
            prop_assert_eq!(one.args.len(), two.args.len());
        }
    }
}

/// Inputs that drive a parser with look-ahead or recursion to its limits; each is read in a moment.
#[test]
fn hostile_texts_end() {
    let repeated = [
        "$(",
        "`",
        "((",
        "$((",
        "( ",
        "{ ",
        "if ",
        "case x in ",
        "f() ",
        "\"$(",
        "${a:-",
        "<(",
        "! ",
        "time ",
        "a;",
        "a&&",
        "a|",
        "<<A ",
        "<<A\n",
        "[[ ",
        "a=(",
        "((' ",
        "$((\\",
        "@(",
        "'",
        "\"",
        "\\\n",
        ">",
        "#\n",
    ];
    for fragment in repeated {
        let body = fragment.repeat(100_000 / fragment.len());
        let source = format!("FROM a\nRUN <<'THE END'\n{body}\nTHE END\nRUN {body}");
        let parsed = dockerfile::parse(&source);
        Checker { source: &body }.script(&Logical::contiguous(body.as_str(), 0), &[]);
        assert!(parsed.instructions.len() >= 2);
    }
    for line in [
        "RUN a <<X\n",
        "RUN <<X <<Y\n",
        "ENV A=${",
        "COPY <<\"\n",
        "\\\n",
        "# syntax=a\n",
        "ONBUILD ",
    ] {
        let source = format!("FROM a\n{}", line.repeat(20_000));
        let _ = dockerfile::parse(&source);
    }
}
