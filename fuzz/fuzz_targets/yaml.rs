//! Any text is read as YAML, and loaded as a Compose project, without panic; every node's bytes are text.
#![no_main]

use compose::{Inputs, MemoryLoader, yaml};
use libfuzzer_sys::fuzz_target;
use source::Sources;

fuzz_target!(|text: &str| {
    let stream = yaml::parse(text);
    let mut open = stream.documents.clone();
    while let Some(id) = open.pop() {
        let node = stream.node(id);
        assert!(text.get(node.span.range()).is_some());
        match &node.kind {
            yaml::NodeKind::Mapping { pairs, .. } => {
                open.extend(pairs.iter().flat_map(|&(key, value)| [key, value]));
            }
            yaml::NodeKind::Sequence { items, .. } => open.extend(items),
            yaml::NodeKind::Scalar { .. } | yaml::NodeKind::Alias { .. } => {}
        }
    }
    for comment in &stream.comments {
        assert!(text[comment.range()].starts_with('#'));
    }
    let loader = MemoryLoader::new().with("compose.yaml", text);
    let inputs = Inputs {
        files: vec!["compose.yaml".into()],
        ..Inputs::default()
    };
    let mut sources = Sources::new();
    // Refusing a text is an answer too.
    let _ = compose::load(&mut sources, &inputs, &loader);
});
