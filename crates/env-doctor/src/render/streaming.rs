//! Reports leave the program while they are made.

use std::io::{self, Write};

use workspace::report::Report;

use super::text::{Detail, Style};
use super::{concise, github, gitlab, html, json, junit, sarif, testing, text};

/// What is written at once at most; a finding takes far less.
const PIECE: usize = 16 << 10;

/// The largest piece and the sum of all.
#[derive(Default)]
struct Pieces {
    largest: usize,
    sum: usize,
}

impl Write for Pieces {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.largest = self.largest.max(piece.len());
        self.sum += piece.len();
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Render = fn(&Report, &mut dyn Write) -> io::Result<()>;

fn terminal(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let style = Style {
        detail: Detail::Normal,
        colored: false,
        ascii: true,
    };
    text::render(report, style, out)
}

#[test]
fn no_format_holds_more_than_a_finding() {
    let report = testing::many(2_000);
    let formats: [(&str, Render); 8] = [
        ("text", terminal),
        ("concise", concise::render),
        ("github", github::render),
        ("gitlab", gitlab::render),
        ("html", html::render),
        ("json", json::render),
        ("junit", junit::render),
        ("sarif", sarif::render),
    ];
    for (name, render) in formats {
        let mut pieces = Pieces::default();
        render(&report, &mut pieces).unwrap();
        let Pieces { largest, sum } = pieces;
        assert!(sum > 2_000 * 40, "{name}: {sum}");
        assert!(largest < PIECE, "{name}: {largest} at once");
    }
}

#[test]
fn nothing_more_is_made_once_nobody_reads() {
    struct Closed(usize);
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            self.0 += 1;
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut out = Closed(0);
    let error = json::render(&testing::many(100), &mut out).unwrap_err();
    assert_eq!((error.kind(), out.0), (io::ErrorKind::BrokenPipe, 1));
}
