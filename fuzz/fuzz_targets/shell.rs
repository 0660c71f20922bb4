//! Any script is split without panic; commands stand in order, their words inside them.
#![no_main]

use dockerfile::{Logical, shell};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let script = shell::split(&Logical::contiguous(text, 0), &[]);
    let mut start = 0;
    for command in &script.commands {
        assert!(command.span.start >= start, "commands out of order");
        start = command.span.start;
        assert!(text.get(command.span.range()).is_some());
        assert!(text.get(command.connector_span.range()).is_some());
        for word in &command.words {
            assert!(command.span.contains(word.span));
            assert!(text.get(word.span.range()).is_some());
        }
        for redirect in &command.redirects {
            assert!(text.get(redirect.span.range()).is_some());
        }
    }
    for problem in &script.problems {
        assert!(text.get(problem.range()).is_some());
    }
});
