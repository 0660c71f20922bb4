//! How far a long scan is: a line on standard error, where that is a terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Shorter scans show nothing.
const LONG: Duration = Duration::from_secs(1);
/// How often the line changes.
const PACE: Duration = Duration::from_millis(100);

/// The inputs of a scan, counted from several threads; the line is gone when this is dropped.
pub(crate) struct Progress(Option<Mutex<Line>>);

impl Progress {
    /// For a scan of `total` inputs that begins now.
    pub(crate) fn new(total: usize, quiet: bool) -> Self {
        let shown = !quiet && io::stderr().is_terminal();
        Self(shown.then(|| Mutex::new(Line::new(total, Instant::now()))))
    }

    /// One more input is done.
    pub(crate) fn step(&self) {
        if let Some(line) = &self.0
            && let Ok(mut line) = line.lock()
            && let Some(text) = line.step(Instant::now())
        {
            show(&text);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(line) = &self.0
            && let Ok(line) = line.lock()
            && let Some(text) = line.erase()
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
