//! Good Compose projects with a key taken out, written twice or misspelt: no fix of what is found then is a defect.

use proptest::prelude::*;

use super::{Files, cases, holds};

const PROJECTS: [&str; 5] = [
    "\
services:
  train:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    environment:
      NVIDIA_VISIBLE_DEVICES: \"0\"
      CUDA_VISIBLE_DEVICES: \"0\"
    deploy:
      resources:
        limits:
          memory: 16g
        reservations:
          devices:
            - driver: nvidia
              device_ids: [\"0\"]
              capabilities: [gpu]
",
    "\
services:
  chat:
    image: ollama/ollama:0.6.2
    gpus: all
    ports:
      - \"11434:11434\"
  other:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    gpus:
      - driver: nvidia
        count: 1
",
    "\
x-gpu: &gpu
  deploy:
    resources:
      reservations:
        devices:
          - driver: nvidia
            count: all
            capabilities: [gpu, utility, compute]
services:
  a:
    <<: *gpu
    image: pytorch/pytorch:2.6.0-cuda12.4-cudnn9-runtime
    command: [python, train.py]
  b:
    <<: *gpu
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
",
    "\
services:
  a:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}
  b:
    extends:
      service: a
    profiles: [extra]
    devices:
      - \"/dev/fuse:/dev/fuse\"
",
    "\
services:
  legacy:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    runtime: nvidia
    environment:
      - NVIDIA_VISIBLE_DEVICES=all
  cdi:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    devices:
      - \"nvidia.com/gpu=all\"
  none:
    image: nginx
    deploy:
      replicas: 2
",
];

#[derive(Clone, Copy, Debug)]
enum Change {
    TakeOut,
    Double,
    DropLetter,
    DoubleLetter,
    SwapLetters,
    OtherLetter,
    Capital,
    Prefix,
}

const CHANGES: [Change; 8] = [
    Change::TakeOut,
    Change::Double,
    Change::DropLetter,
    Change::DoubleLetter,
    Change::SwapLetters,
    Change::OtherLetter,
    Change::Capital,
    Change::Prefix,
];

/// Where the keys of a text are, in blocks as in `{…}`.
fn keys(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    for (colon, _) in text.match_indices(':') {
        let head = text[..colon]
            .trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        let is_key = head.is_empty() || head.ends_with([' ', '{', '\n']);
        if is_key && head.len() < colon && text[colon + 1..].starts_with([' ', '\n']) {
            found.push(head.len()..colon);
        }
    }
    found
}

/// The lines of a key and what is indented below it.
fn block(text: &str, key: usize) -> std::ops::Range<usize> {
    let start = text[..key].rfind('\n').map_or(0, |at| at + 1);
    let depth = |line: &str| line.len() - line.trim_start().len();
    let own = depth(&text[start..]);
    let mut end = start;
    for (number, line) in text[start..].split_inclusive('\n').enumerate() {
        if number > 0 && depth(line) <= own {
            break;
        }
        end += line.len();
    }
    start..end
}

fn changed(text: &str, key: usize, letter: usize, change: Change) -> String {
    let keys = keys(text);
    let Some(key) = keys.get(key % keys.len().max(1)) else {
        return text.to_owned();
    };
    let mut new = text.to_owned();
    let lines = block(text, key.start);
    let name = &text[key.clone()];
    let at = letter % name.len();
    let misspelt = match change {
        Change::TakeOut => {
            new.replace_range(lines, "");
            return new;
        }
        Change::Double => {
            new.insert_str(lines.end, &text[lines]);
            return new;
        }
        Change::DropLetter => [&name[..at], &name[at + 1..]].concat(),
        Change::DoubleLetter => [&name[..=at], &name[at..]].concat(),
        Change::SwapLetters => {
            let next = (at + 1).min(name.len() - 1);
            let mut letters = name.as_bytes().to_vec();
            letters.swap(at, next);
            String::from_utf8(letters).unwrap()
        }
        Change::OtherLetter => [&name[..at], "q", &name[at + 1..]].concat(),
        Change::Capital => name.to_ascii_uppercase(),
        Change::Prefix => format!("w {name}"),
    };
    new.replace_range(key.clone(), &misspelt);
    new
}

fn project(text: String) -> Files {
    Files::from([("compose.yaml".to_owned(), text)])
}

#[test]
fn every_key_changed_in_every_way() {
    for text in PROJECTS {
        holds("compose.yaml", &project(text.to_owned()), &[]);
        let count = keys(text).len();
        assert!(count > 8, "{count} keys in {text}");
        for key in 0..count {
            for change in CHANGES {
                let text = changed(text, key, key + 1, change);
                holds("compose.yaml", &project(text), &[]);
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn several_keys_changed(
        which in 0..PROJECTS.len(),
        changes in proptest::collection::vec(
            (any::<usize>(), any::<usize>(), proptest::sample::select(&CHANGES[..])), 2..5),
    ) {
        let text = changes.into_iter().fold(PROJECTS[which].to_owned(), |text, (key, letter, change)| {
            changed(&text, key, letter, change)
        });
        holds("compose.yaml", &project(text), &[]);
    }
}
