use facts::symptom::{self, Piece, Symptom};
use proptest::prelude::*;

use super::*;

/// A message with its variable parts filled in.
fn filled(symptom: &Symptom, message: &str) -> String {
    let text = |piece| match piece {
        Piece::Text(text) => text,
        Piece::Variable(name) => symptom.variables[name].sample.clone(),
    };
    symptom::pieces(message).into_iter().map(text).collect()
}

fn names(log: &[u8]) -> Vec<&'static str> {
    scan(log).hits.iter().map(|hit| hit.symptom.name.as_str()).collect()
}

/// Every message, filled in.
fn messages() -> impl Iterator<Item = (&'static Symptom, String)> {
    symptom::all().iter().flat_map(|symptom| {
        let messages = symptom.messages.iter();
        messages.map(move |message| (symptom, filled(symptom, message)))
    })
}

#[test]
fn every_message_is_found_in_each_of_its_spellings() {
    for (symptom, message) in messages() {
        assert!(names(message.as_bytes()).contains(&symptom.name.as_str()), "{message}");
        let shouted = format!("docker: Error: {}.", message.to_uppercase());
        assert!(names(shouted.as_bytes()).contains(&symptom.name.as_str()), "{shouted}");
        assert_eq!(names(message.as_bytes())[0], symptom.name, "{message}");
    }
}

#[test]
fn what_the_variable_parts_hold_is_known() {
    for symptom in symptom::all() {
        for message in &symptom.messages {
            let text = filled(symptom, message);
            let log = scan(text.as_bytes());
            let hit = log.hits.iter().find(|hit| hit.symptom.name == symptom.name).unwrap();
            for piece in symptom::pieces(message) {
                if let Piece::Variable(name) = piece {
                    let value = hit.values.get(name);
                    assert_eq!(value, Some(&symptom.variables[name].sample), "{text}");
                }
            }
        }
    }
}

#[test]
fn every_message_is_found_however_it_is_wrapped() {
    for (symptom, message) in messages() {
        let letters: Vec<char> = message.chars().collect();
        for width in [20, 47] {
            let lines: Vec<String> = letters.chunks(width).map(|line| line.iter().collect()).collect();
            for prefix in ["", "    ", "app-1  | ", "#12 3.456 ", "2026-11-28T17:53:10.123Z "] {
                let log: String = lines.iter().map(|line| format!("{prefix}{line}\n")).collect();
                assert!(names(log.as_bytes()).contains(&symptom.name.as_str()), "{log}");
            }
        }
    }
}

#[test]
fn words_that_go_on_are_other_words() {
    assert_eq!(names(b"Too many open files"), ["too-many-open-files"]);
    assert!(names(b"Too many open filesystems").is_empty());
    assert!(names(b"notCUDA out of memory").is_empty());
    assert!(names(b"a log that is about something else").is_empty());
    assert!(names(b"").is_empty());
}

#[test]
fn a_message_that_says_more_hides_those_on_its_line() {
    let line = "could not apply required modification to OCI specification: error modifying OCI spec: \
                failed to inject CDI devices: unresolvable CDI devices nvidia.com/gpu=all";
    assert_eq!(names(line.as_bytes()), ["runtime-cdi-injection-failed"]);
}

#[test]
fn a_log_is_read_in_pieces() {
    let filler = "epoch 1, loss 0.25, and nothing else of interest here\n".repeat(20_000);
    let log = format!("{filler}RuntimeError: No CUDA GPUs are available\n{filler}CUDA out of memory\n{filler}CUDA out of memory");
    let found = scan(log.as_bytes());
    let hits: Vec<_> = found.hits.iter().map(|hit| (hit.symptom.name.as_str(), hit.line, hit.count)).collect();
    assert_eq!(hits, [("no-cuda-gpus", 20_001, 1), ("gpu-out-of-memory", 40_002, 2)]);
    assert_eq!(found.lines, 60_003);
    for size in [1, 7, 4096, 300_000] {
        let mut scanner = Scanner::default();
        // Single bytes of all of it would only take long.
        let log = if size < 100 { &log.as_bytes()[1_070_000..] } else { log.as_bytes() };
        log.chunks(size).for_each(|part| scanner.feed(part));
        let counts: Vec<usize> = scanner.finish().hits.iter().map(|hit| hit.count).collect();
        assert_eq!(counts.last(), Some(&2), "{size}");
    }
}

#[test]
fn wheels_are_noticed() {
    let log = scan(b"Downloading torch-2.11.0+cu130-cp312-cp312-manylinux_2_28_x86_64.whl");
    assert_eq!(log.wheel.as_deref(), Some("cu130"));
    assert_eq!(scan(b"1+cup").wheel, None);
}

proptest! {
    #[test]
    fn any_bytes_are_a_log(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = scan(&bytes);
    }

    #[test]
    fn scraps_of_messages_are_a_log(scraps in proptest::collection::vec((0usize..300, 0usize..80, 0usize..80), 0..30)) {
        let all: Vec<String> = messages().map(|(_, message)| message).collect();
        let mut log = Vec::new();
        for (which, from, length) in scraps {
            let message = all[which % all.len()].as_bytes();
            let from = from.min(message.len());
            log.extend_from_slice(&message[from..message.len().min(from + length)]);
            log.extend_from_slice([&b"\n"[..], b" ", b"", b"\x1b[", b"#1 ", b" > ["][which % 6]);
        }
        let found = scan(&log);
        prop_assert!(found.hits.iter().all(|hit| hit.line >= 1 && hit.line <= found.lines.max(1)));
    }
}
