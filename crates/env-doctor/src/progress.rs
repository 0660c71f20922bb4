//! How far a long scan is: a line on standard error, where that is a terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use workspace::inputs::Watch;

/// Shorter scans show nothing.
const LONG: Duration = Duration::from_secs(1);
/// How often the line changes.
const PACE: Duration = Duration::from_millis(100);

/// The inputs of a scan, counted from several threads; the line is gone when the scan ends.
pub(crate) struct Progress {
    is_shown: bool,
    line: Mutex<Option<Line>>,
}

impl Progress {
    /// For scans that a person may wait for.
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            is_shown: !quiet && io::stderr().is_terminal(),
            line: Mutex::default(),
        }
    }
}

impl Watch for Progress {
    fn begin(&self, total: usize) {
        if self.is_shown
            && let Ok(mut line) = self.line.lock()
        {
            *line = Some(Line::new(total, Instant::now()));
        }
    }

    fn step(&self) {
        if self.is_shown
            && let Ok(mut line) = self.line.lock()
            && let Some(text) = line.as_mut().and_then(|line| line.step(Instant::now()))
        {
            show(&text);
        }
    }

    fn end(&self) {
        if self.is_shown
            && let Ok(mut line) = self.line.lock()
            && let Some(text) = line.take().and_then(|line| line.erase())
        {
            show(&text);
        }
    }
}

/// A terminal that cannot be written to is no reason to stop.
fn show(text: &str) {
    let mut terminal = io::stderr().lock();
    let _ = terminal.write_all(text.as_bytes());
    let _ = terminal.flush();
}

/// What stands in the terminal.
struct Line {
    total: usize,
    done: usize,
    /// Not before this moment does it change.
    next: Instant,
    /// Letters of it that are there now.
    width: usize,
}

impl Line {
    fn new(total: usize, now: Instant) -> Self {
        Self {
            total,
            done: 0,
            next: now + LONG,
            width: 0,
        }
    }

    fn step(&mut self, now: Instant) -> Option<String> {
        self.done += 1;
        if now < self.next {
            return None;
        }
        self.next = now + PACE;
        let text = format!("{} of {} checked", self.done, self.total);
        // It only gets longer, so that nothing of the last one is left.
        self.width = text.len();
        Some(format!("\r{text}"))
    }

    fn erase(&self) -> Option<String> {
        (self.width > 0).then(|| format!("\r{}\r", " ".repeat(self.width)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_scan_shows_nothing() {
        let now = Instant::now();
        let mut line = Line::new(2, now);
        assert_eq!(line.step(now), None);
        assert_eq!(line.step(now + LONG / 2), None);
        assert_eq!(line.erase(), None);
    }

    #[test]
    fn a_long_scan_shows_how_far_it_is_and_leaves_no_trace() {
        let now = Instant::now();
        let late = now + LONG * 2;
        let mut line = Line::new(300, now);
        let first = line.step(late).unwrap_or_default();
        assert_eq!(first, "\r1 of 300 checked");
        assert_eq!(line.step(late + PACE / 2), None);
        let third = line.step(late + PACE).unwrap_or_default();
        assert_eq!(third, "\r3 of 300 checked");
        let erased = line.erase().unwrap_or_default();
        assert_eq!(erased.len(), third.len() + 1);
        assert_eq!(erased.trim(), "");
    }
}
