//! Any text is parsed without panic; instructions stand in order, and every joined byte is the byte that it says
//! it comes from.
#![no_main]

use dockerfile::{Instruction, Kind, Logical, Run};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = dockerfile::parse(text);
    let mut end = 0;
    for instruction in &parsed.instructions {
        assert!(instruction.span.start >= end, "instructions overlap");
        end = instruction.span.end;
        check(text, instruction);
    }
    for problem in &parsed.problems {
        assert!(text.get(problem.span.range()).is_some());
    }
    for comment in &parsed.comments {
        assert!(text[comment.range()].starts_with('#'));
    }
});

fn check(text: &str, instruction: &Instruction) {
    assert!(text.get(instruction.span.range()).is_some());
    assert!(text.get(instruction.keyword_span.range()).is_some());
    logical(text, &instruction.logical);
    for heredoc in &instruction.heredocs {
        logical(text, &heredoc.body);
    }
    match &instruction.kind {
        Kind::Run(Run::Shell(body) | Run::Script { body, .. }) => {
            for command in &dockerfile::shell::split(body, &instruction.heredocs).commands {
                assert!(text.get(command.span.range()).is_some());
            }
        }
        Kind::Onbuild(inner) => check(text, inner),
        _ => {}
    }
}

fn logical(text: &str, joined: &Logical) {
    for (at, byte) in joined.text().bytes().enumerate() {
        let from = joined.source_offset(at) as usize;
        assert_eq!(text.as_bytes().get(from), Some(&byte));
    }
}
