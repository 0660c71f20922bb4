//! What comments in the files of a Compose project cover.

use std::collections::HashMap;

use compose::Project;
use source::{FileId, Sources, Span};

use super::{Layout, Part};

/// Where the comments of each Compose file stand, and what they may cover: services and top-level keys.
pub fn project_layouts(project: &Project, sources: &Sources) -> Vec<(FileId, Layout)> {
    let mut layouts: Vec<(FileId, Layout)> = Vec::new();
    for file in &project.files {
        let layout = Layout {
            comments: file.comments.clone(),
            parts: Vec::new(),
            begin: first_content(sources.get(file.id).text()),
        };
        layouts.push((file.id, layout));
    }
    let files = layouts.iter().enumerate();
    let numbers: HashMap<FileId, usize> =
        files.map(|(number, (file, _))| (*file, number)).collect();
    let sections = project.sections.as_mapping().into_iter().flatten();
    let keys = sections
        .chain(&project.version)
        .map(|entry| (entry.key_location, entry.value.location));
    let services = project.services.iter();
    let services = services.map(|service| (service.key_location, service.value.location));
    for (key, value) in keys.chain(services) {
        let number = numbers.get(&key.file);
        let Some((_, layout)) = number.and_then(|&number| layouts.get_mut(number)) else {
            continue;
        };
        let inside = value.file == key.file && value.span.end > key.span.end;
        let end = if inside { value.span.end } else { key.span.end };
        layout.parts.push(Part {
            span: Span::new(key.span.start, end),
            from_within: true,
        });
    }
    for (_, layout) in &mut layouts {
        layout.parts.sort_by_key(|part| part.span.start);
    }
    layouts
}

/// Where the first line begins that is neither blank nor a comment nor a document's head.
fn first_content(text: &str) -> u32 {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches('\u{FEFF}').trim();
        if !(content.is_empty() || content.starts_with(['#', '%']) || content == "---") {
            break;
        }
        offset += line.len();
    }
    u32::try_from(offset).unwrap_or(u32::MAX)
}
