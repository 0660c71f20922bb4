use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::lines::Lines;
use crate::{Span, mask};

/// A file in a [`Sources`]; meaningless outside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A place as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in characters (Unicode scalar values).
    pub column: u32,
}

/// Why bytes are not a text file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Starts with a UTF-16 or UTF-32 byte order mark.
    #[error("the file is {0}, not UTF-8; save it as UTF-8")]
    WideEncoding(&'static str),
    /// Has NUL bytes.
    #[error("the file is binary (NUL byte at offset {0})")]
    Binary(usize),
    /// Does not fit the offsets that findings use.
    #[error("the file has {0} bytes; more than 64 MiB is not checked")]
    TooLarge(usize),
}

/// Larger files are no hand-written configuration; the limit keeps memory bounded.
const MAX_BYTES: usize = 64 << 20;

/// One text file, with the name that messages use for it.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    lossy: bool,
    observed: bool,
    lines: OnceLock<Lines>,
}

impl SourceFile {
    /// A file from text that is known to be UTF-8.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            lossy: false,
            observed: false,
            lines: OnceLock::new(),
        }
    }

    /// What a place that is no text file said: a device, a folder, a program, a socket. `text` is what was seen there,
    /// in a few words; its lines and columns mean nothing.
    pub fn observed(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            observed: true,
            ..Self::new(name, text)
        }
    }

    /// Whether this is what a place said, and no text file.
    pub fn is_observed(&self) -> bool {
        self.observed
    }

    /// The same file with a `*` for every letter and blank: places in it stay what they are.
    #[must_use]
    pub fn masked(&self) -> Self {
        self.with_text(self.text.chars().map(mask::stand_in).collect())
    }

    /// A file from bytes. Bytes that are not UTF-8 become one `?` each, so that every offset in the text
    /// is the offset in the file.
    pub fn decode(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_BYTES {
            return Err(DecodeError::TooLarge(bytes.len()));
        }
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
            return Err(DecodeError::WideEncoding("UTF-16"));
        }
        if let Some(at) = bytes.iter().position(|&b| b == 0) {
            return Err(DecodeError::Binary(at));
        }
        let (text, lossy) = match String::from_utf8(bytes) {
            Ok(text) => (text, false),
            Err(error) => (replace_invalid(error.as_bytes()), true),
        };
        Ok(Self {
            name: name.into(),
            text,
            lossy,
            observed: false,
            lines: OnceLock::new(),
        })
    }

    /// The file as [`mask::shown`] has it.
    #[must_use]
    pub fn shown(self: &Arc<Self>) -> Arc<Self> {
        match mask::shown(&self.text) {
            Cow::Borrowed(_) => Arc::clone(self),
            Cow::Owned(text) => Arc::new(self.with_text(text)),
        }
    }

    /// The same file with another text of the same length.
    fn with_text(&self, text: String) -> Self {
        Self {
            name: self.name.clone(),
            text,
            lossy: self.lossy,
            observed: self.observed,
            lines: OnceLock::new(),
        }
    }

    /// The name shown to users: the path as it was given or found.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text, byte order mark included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether some bytes were not UTF-8 and stand as `?` in the text.
    pub fn is_lossy(&self) -> bool {
        self.lossy
    }

    /// The text of `span`; empty where the span does not lie on character boundaries of this file.
    pub fn slice(&self, span: Span) -> &str {
        work::done();
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Line and column of a byte offset; offsets past the end count as the end.
    pub fn position(&self, offset: u32) -> Position {
        work::done();
        let lines = self.lines();
        let mut offset = offset.min(self.text.len() as u32);
        while !self.text.is_char_boundary(offset as usize) {
            offset -= 1;
        }
        let number = lines.number(offset);
        let start = lines.range(number, &self.text).start as u32;
        Position {
            line: number as u32 + 1,
            column: lines.characters(&self.text, start..offset) + 1,
        }
    }

    /// The line that holds the byte at `offset`, without its line feed; the last one for offsets past the end. How
    /// long the line is makes no difference to the work.
    pub fn line(&self, offset: usize) -> Range<usize> {
        let lines = self.lines();
        let offset = offset.min(self.text.len());
        lines.range(lines.number(offset as u32), &self.text)
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::new(&self.text))
    }
}

fn replace_invalid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n('?', chunk.invalid().len()));
    }
    text
}

/// The files one check looked at. Cheap to clone file by file: texts are shared.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
    /// Files whose values are nobody's business.
    private: BTreeSet<FileId>,
}

impl Sources {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    pub fn add(&mut self, file: Arc<SourceFile>) -> FileId {
        self.files.push(file);
        FileId(self.files.len() as u32 - 1)
    }

    /// The file behind an id that this set gave out.
    pub fn get(&self, id: FileId) -> &Arc<SourceFile> {
        work::done();
        &self.files[id.0 as usize]
    }

    /// Puts another file in the place of one.
    pub fn replace(&mut self, id: FileId, file: Arc<SourceFile>) {
        self.files[id.0 as usize] = file;
    }

    /// The id of the file with this name, if it was added.
    pub fn find(&self, name: &str) -> Option<FileId> {
        work::each(&self.files)
            .position(|file| file.name == name)
            .map(|index| FileId(index as u32))
    }

    /// Keeps the values of an env file from whoever reads a report.
    pub fn keep_private(&mut self, id: FileId) {
        self.private.insert(id);
    }

    /// Whether the values of a file are kept private.
    pub fn is_private(&self, id: FileId) -> bool {
        self.private.contains(&id)
    }

    /// A file as reports may show it: every place in it is where it was.
    #[must_use]
    pub fn shown(&self, id: FileId) -> Arc<SourceFile> {
        let file = self.get(id);
        if !self.is_private(id) {
            return file.shown();
        }
        match mask::values(file.text()) {
            Cow::Borrowed(_) => Arc::clone(file),
            Cow::Owned(text) => Arc::new(file.with_text(text)),
        }
    }

    /// The files as reports may show them.
    #[must_use]
    pub fn for_reports(&self) -> Self {
        Self {
            files: self.iter().map(|(id, _)| self.shown(id)).collect(),
            private: self.private.clone(),
        }
    }

    /// All files in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Arc<SourceFile>)> {
        work::each(&self.files)
            .enumerate()
            .map(|(index, file)| (FileId(index as u32), file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_keep_their_offsets() {
        let file = SourceFile::decode("x", b"a\xff\xfeb".to_vec()).unwrap();
        assert_eq!(file.text(), "a??b");
        assert!(file.is_lossy());
    }

    #[test]
    fn a_masked_file_has_the_same_places() {
        let file = SourceFile::new("x", "a é\r\n\u{20ac} \u{1f600}b\n");
        let masked = file.masked();
        assert_eq!(masked.text(), "**\u{b7}\r\n\u{2022}*\u{1f512}*\n");
        for offset in 0..=file.text().len() as u32 {
            assert_eq!(masked.position(offset), file.position(offset));
        }
    }

    #[test]
    fn columns_count_characters() {
        let file = SourceFile::new("x", "é=1\nü b\n");
        assert_eq!(file.position(2), Position { line: 1, column: 2 });
        assert_eq!(
            file.position(file.text().len() as u32),
            Position { line: 3, column: 1 }
        );
        assert_eq!(file.position(1), Position { line: 1, column: 1 });
    }

    #[test]
    fn positions_agree_with_counting() {
        let text = "é=1\r\n\n".repeat(40) + &"ü€😀x".repeat(200) + "\nlast";
        let file = SourceFile::new("x", text.as_str());
        for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let before = &text[..offset];
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            let at = file.position(offset as u32);
            assert_eq!(at.line as usize, before.matches('\n').count() + 1);
            assert_eq!(at.column as usize, text[start..offset].chars().count() + 1);
            let end = text[offset..]
                .find('\n')
                .map_or(text.len(), |at| offset + at);
            assert_eq!(file.line(offset), start..end);
        }
    }

    #[test]
    fn utf16_and_binary_are_refused_by_name() {
        assert_eq!(
            SourceFile::decode("x", b"\xff\xfeF\0".to_vec()).unwrap_err(),
            DecodeError::WideEncoding("UTF-16")
        );
        assert_eq!(
            SourceFile::decode("x", b"F\0".to_vec()).unwrap_err(),
            DecodeError::Binary(1)
        );
    }
}
