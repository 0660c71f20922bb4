//! Where a here-document can end, known before its lines are read.

use std::collections::HashMap;

/// The last place of every line, so that a missing terminator is noticed without reading to the end each time.
#[derive(Debug)]
pub(super) struct Terminators<'a> {
    text: &'a str,
    /// Line text to the offset of the last such line; with leading tabs and without. Made on first use.
    last: Option<[HashMap<&'a str, usize>; 2]>,
}

impl<'a> Terminators<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, last: None }
    }

    /// Whether a line that is `name`, or `name` behind tabs, begins at or after `position`.
    pub(super) fn follows(&mut self, name: &str, strip_tabs: bool, position: usize) -> bool {
        let [exact, stripped] = self.last.get_or_insert_with(|| index(self.text));
        let last = if strip_tabs { stripped } else { exact };
        last.get(name).is_some_and(|at| *at >= position)
    }
}

fn index(text: &str) -> [HashMap<&str, usize>; 2] {
    let mut exact = HashMap::new();
    let mut stripped = HashMap::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\r', '\n']);
        exact.insert(content, at);
        stripped.insert(content.trim_start_matches('\t'), at);
        at += line.len();
    }
    [exact, stripped]
}
