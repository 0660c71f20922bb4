//! Any bytes are a log, and what is found in it does not depend on how it comes in.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linter::symptoms::{Scanner, scan};

fuzz_target!(|log: &[u8]| {
    let whole = scan(log);
    let mut scanner = Scanner::default();
    for piece in log.chunks(7) {
        scanner.feed(piece);
    }
    let pieces = scanner.finish();
    assert_eq!(whole.lines, pieces.lines);
    assert_eq!(whole.hits.len(), pieces.hits.len());
    for (one, other) in whole.hits.iter().zip(&pieces.hits) {
        assert_eq!((one.line, one.count), (other.line, other.count));
        assert!(one.line >= 1 && one.line <= whole.lines.max(1));
    }
});
