//! What engines and loggers put before the text of a line.

/// Who wrote a part of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Section {
    /// The log does not tell.
    #[default]
    Unknown,
    /// A build.
    Build,
    /// A container of a Compose project.
    Run,
}

impl Section {
    /// The word used in conditions and JSON.
    #[must_use]
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Unknown => None,
            Self::Build => Some("build"),
            Self::Run => Some("run"),
        }
    }
}

/// How long the prefix of a line is, and what the line belongs to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) length: usize,
    pub(super) section: Section,
}

/// What the lines before say of a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State {
    /// Inside the summary of a failed step.
    summary: bool,
    /// After a step of the classic builder.
    classic: bool,
    section: Section,
}

/// As syslog writes them.
const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// Names of services are shorter.
const MAX_NAME: usize = 64;

impl State {
    /// What the last line belonged to.
    pub(super) fn section(self) -> Section {
        self.section
    }

    /// Takes the next line in.
    pub(super) fn line(&mut self, line: &[u8]) -> Prefix {
        let (mut length, mut section) = (0, Section::Unknown);
        // A log of logs has several.
        for _ in 0..4 {
            let rest = &line[length..];
            let found = if let Some(step) = step(rest) {
                section = Section::Build;
                step
            } else if let Some(name) = service(rest) {
                section = Section::Run;
                name
            } else if let Some(other) = timestamp(rest).or_else(|| worker(rest)) {
                other
            } else {
                break;
            };
            length = (length + found).min(line.len());
        }
        let rest = &line[length..];
        self.summary = (self.summary || rest.starts_with(b" > [")) && !rest.starts_with(b"----");
        self.classic = match section {
            Section::Unknown if rest.starts_with(b"Step ") && rest.contains(&b'/') => true,
            Section::Unknown => self.classic && !rest.starts_with(b"Successfully "),
            Section::Build | Section::Run => false,
        };
        if section == Section::Unknown && (self.summary || self.classic) {
            section = Section::Build;
            length += seconds(rest).unwrap_or(0);
        }
        self.section = section;
        Prefix { length, section }
    }
}

/// `#12 3.456 ` of BuildKit.
fn step(line: &[u8]) -> Option<usize> {
    let rest = line.strip_prefix(b"#")?;
    let number = digits(rest);
    if number == 0 || number > 5 || rest.get(number) != Some(&b' ') {
        return None;
    }
    let length = number + 2;
    Some(length + seconds(&line[length..]).unwrap_or(0))
}

/// `3.456 ` of BuildKit.
fn seconds(line: &[u8]) -> Option<usize> {
    let whole = digits(line);
    let fraction = line.get(whole + 1..).map_or(0, digits);
    let fits = whole > 0 && fraction > 0 && line[whole] == b'.';
    let end = whole + 1 + fraction;
    (fits && line.get(end) == Some(&b' ')).then_some(end + 1)
}

/// `service-1  | ` of Compose.
fn service(line: &[u8]) -> Option<usize> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let name = line
        .iter()
        .take(MAX_NAME)
        .take_while(|byte| is_name(byte))
        .count();
    let rest = &line[name..];
    let blanks = rest
        .iter()
        .take(MAX_NAME)
        .take_while(|&&byte| byte == b' ')
        .count();
    let bar = name > 0 && blanks > 0 && rest.get(blanks) == Some(&b'|');
    bar.then_some(name + blanks + 1 + usize::from(rest.get(blanks + 1) == Some(&b' ')))
}

/// `2026-11-28T17:53:10.123Z `, `[2026-11-28 17:53:10,123] `, `Nov 28 17:53:10 host dockerd[12]: `.
fn timestamp(line: &[u8]) -> Option<usize> {
    let bracket = usize::from(line.first() == Some(&b'['));
    let rest = &line[bracket..];
    let is_date = rest.len() > 19
        && digits(rest) == 4
        && rest[4] == b'-'
        && rest[7] == b'-'
        && matches!(rest[10], b'T' | b' ')
        && rest[13] == b':'
        && rest[16] == b':';
    if is_date {
        let is_time = |byte: &u8| byte.is_ascii_digit() || b".,:+-Z]".contains(byte);
        let tail = rest[11..].iter().take_while(|byte| is_time(byte)).count();
        let end = bracket + 11 + tail;
        return Some(end + usize::from(line.get(end) == Some(&b' ')));
    }
    let is_syslog = line.len() > 16
        && MONTHS.iter().any(|month| line.starts_with(*month))
        && line[9] == b':'
        && line[12] == b':';
    is_syslog.then_some(16)
}

/// `(EngineCore_0 pid=123) ` of programs with several processes.
fn worker(line: &[u8]) -> Option<usize> {
    let rest = line.strip_prefix(b"(")?;
    let end = rest.iter().take(MAX_NAME).position(|&byte| byte == b')')?;
    let is_worker = rest[..end].windows(4).any(|part| part == b"pid=");
    let blank = rest.get(end + 1) == Some(&b' ');
    is_worker.then_some(end + 2 + usize::from(blank))
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::Section::{Build, Run, Unknown};
    use super::*;

    /// The text and the section of each line.
    fn read(log: &str) -> Vec<(&str, Section)> {
        let mut state = State::default();
        log.lines()
            .map(|line| {
                let prefix = state.line(line.as_bytes());
                (&line[prefix.length..], prefix.section)
            })
            .collect()
    }

    #[test]
    fn prefixes_of_engines_and_loggers_are_known() {
        for (line, text, section) in [
            ("#12 3.456 RuntimeError", "RuntimeError", Build),
            ("#12 ERROR: process", "ERROR: process", Build),
            ("app-1  | RuntimeError", "RuntimeError", Run),
            (
                "app-1  | 2026-11-28T17:53:10.123Z RuntimeError",
                "RuntimeError",
                Run,
            ),
            (
                "2026-11-28 17:53:10,123 RuntimeError",
                "RuntimeError",
                Unknown,
            ),
            (
                "[2026-11-28 17:53:10] RuntimeError",
                "RuntimeError",
                Unknown,
            ),
            (
                "Nov 28 17:53:10 gpu01 dockerd[12]: x",
                "gpu01 dockerd[12]: x",
                Unknown,
            ),
            (
                "(EngineCore_0 pid=123) RuntimeError",
                "RuntimeError",
                Unknown,
            ),
            ("12.8 mismatches", "12.8 mismatches", Unknown),
            ("#hash", "#hash", Unknown),
            ("a | b", "b", Run),
            ("", "", Unknown),
        ] {
            assert_eq!(
                read(line),
                if line.is_empty() {
                    vec![]
                } else {
                    vec![(text, section)]
                }
            );
        }
    }

    #[test]
    fn the_summary_of_a_failed_step_is_of_the_build() {
        let log = " > [3/5] RUN pip install flash-attn:\n0.392 OSError\n------\nend";
        let sections: Vec<_> = read(log).into_iter().map(|(_, section)| section).collect();
        assert_eq!(sections, [Build, Build, Unknown, Unknown]);
        assert_eq!(read(log)[1].0, "OSError");
    }

    #[test]
    fn the_classic_builder_counts_steps() {
        let log =
            "Step 3/7 : RUN nvidia-smi\n/bin/sh: nvidia-smi: not found\nSuccessfully built\nx";
        let sections: Vec<_> = read(log).into_iter().map(|(_, section)| section).collect();
        assert_eq!(sections, [Build, Build, Unknown, Unknown]);
    }
}
