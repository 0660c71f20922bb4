//! Writing the text of a recorded machine.

use std::fmt::{self, Display, Write as _};

use super::text::section;
use super::{Entry, Kind, Output, RecordedSystem, Trouble};

impl Display for RecordedSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# machine: {} {}", self.os, self.arch)?;
        for (name, value) in &self.variables {
            writeln!(f, "# env: {name}={value}")?;
        }
        for (path, entry) in &self.entries {
            write_entry(f, path, entry)?;
        }
        for (line, result) in &self.runs {
            write_run(f, line, result)?;
        }
        for ((socket, path), result) in &self.gets {
            match result {
                Err(trouble) => writeln!(f, "# get: {socket} {path} [{}]", Why(trouble))?,
                Ok(reply) => {
                    let (encoding, body) = encode(&reply.body);
                    let mut words = vec![format!("status {}", reply.status)];
                    words.extend(encoding.map(str::to_owned));
                    write!(f, "# get: {socket} {path}")?;
                    write_words(f, &words)?;
                    writeln!(f, "{body}")?;
                }
            }
        }
        for (folder, bytes) in &self.space {
            writeln!(f, "# space: {folder} {bytes}")?;
        }
        Ok(())
    }
}

fn write_entry(f: &mut fmt::Formatter<'_>, path: &str, entry: &Entry) -> fmt::Result {
    let Ok(metadata) = &entry.metadata else {
        return writeln!(f, "# hidden: {path}");
    };
    let mut words = Vec::new();
    let usual = match &metadata.kind {
        Kind::File => {
            write!(f, "# file: {path}")?;
            0o644
        }
        Kind::Folder => {
            write!(f, "# folder: {path}")?;
            0o755
        }
        Kind::Link(target) => {
            write!(f, "# link: {path} -> {target}")?;
            0o777
        }
        Kind::Device { major, minor } => {
            write!(f, "# node: {path} {major}:{minor}")?;
            0o666
        }
        Kind::Socket => {
            write!(f, "# socket: {path}")?;
            0o660
        }
        Kind::Other => {
            write!(f, "# other: {path}")?;
            0o644
        }
    };
    if metadata.mode != usual {
        words.push(format!("mode {:04o}", metadata.mode));
    }
    words.extend(metadata.changed.map(|changed| format!("changed {changed}")));
    let placed = metadata
        .placed
        .filter(|_| metadata.placed != metadata.changed);
    words.extend(placed.map(|placed| format!("placed {placed}")));
    words.extend(
        entry
            .trouble
            .as_ref()
            .map(|trouble| Why(trouble).to_string()),
    );
    let (encoding, body) = encode(&entry.bytes);
    words.extend(encoding.map(str::to_owned));
    write_words(f, &words)?;
    if body.is_empty() {
        Ok(())
    } else {
        writeln!(f, "{body}")
    }
}

/// Words in brackets, and the end of the line.
fn write_words(f: &mut fmt::Formatter<'_>, words: &[String]) -> fmt::Result {
    if words.is_empty() {
        writeln!(f)
    } else {
        writeln!(f, " [{}]", words.join(", "))
    }
}

fn write_run(
    f: &mut fmt::Formatter<'_>,
    line: &str,
    result: &Result<Output, Trouble>,
) -> fmt::Result {
    let output = match result {
        Ok(output) => output,
        Err(trouble) => return writeln!(f, "# run: {line} [{}]", Why(trouble)),
    };
    let end = match output.status {
        Some(status) => format!("exit {status}"),
        None => "signal".to_owned(),
    };
    let (encoding, body) = encode_text(&output.stdout);
    let mut words = vec![end];
    words.extend(encoding.map(str::to_owned));
    write!(f, "# run: {line}")?;
    write_words(f, &words)?;
    writeln!(f, "{body}")?;
    if !output.stderr.is_empty() {
        let (encoding, body) = encode_text(&output.stderr);
        let words: Vec<String> = encoding.map(str::to_owned).into_iter().collect();
        write!(f, "# stderr:")?;
        write_words(f, &words)?;
        writeln!(f, "{body}")?;
    }
    Ok(())
}

/// A trouble as the words in brackets say it.
struct Why<'a>(&'a Trouble);

impl Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Trouble::Denied => f.write_str("denied"),
            Trouble::Refused => f.write_str("refused"),
            Trouble::TimedOut(_) => f.write_str("hangs"),
            // Commas and brackets end a word.
            trouble => write!(
                f,
                "fails {}",
                trouble.to_string().replace([',', '[', ']', '\n'], " ")
            ),
        }
    }
}

/// Words that say how a body is written, and the body; a line end follows each.
fn encode(bytes: &[u8]) -> (Option<&'static str>, String) {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.ends_with('\0') && !text.contains('\n') => {
            (Some("nul"), escape(&text.replace('\0', "\n")))
        }
        Ok(text) if !text.contains(['\0', '\r']) => encode_text(text),
        _ => {
            let mut hex = String::with_capacity(bytes.len() * 2 + bytes.len() / 32 + 1);
            for line in bytes.chunks(32) {
                for byte in line {
                    let _ = write!(hex, "{byte:02x}");
                }
                hex.push('\n');
            }
            (Some("hex"), hex)
        }
    }
}

fn encode_text(text: &str) -> (Option<&'static str>, String) {
    if text.is_empty() || text.ends_with('\n') {
        (None, escape(text))
    } else {
        (Some("no newline"), escape(&format!("{text}\n")))
    }
}

/// Marks lines that look like sections.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if section(line.trim_start_matches('\\')).is_some() {
            escaped.push('\\');
        }
        escaped.push_str(line);
    }
    escaped
}
