use facts::release::Form::{CdiDevice, GpusAll, GpusList, Reservation};
use facts::symptom::{self, Piece, Symptom};
use proptest::prelude::*;

use super::*;
use crate::{Target, rules};

fn sample(symptom: &Symptom, name: &str) -> &'static str {
    symptom.variable(name).unwrap().sample.as_str()
}

/// A message with its variable parts filled in.
fn filled(symptom: &Symptom, message: &str) -> String {
    let text = |piece| match piece {
        Piece::Text(text) => text,
        Piece::Variable(name) => sample(symptom, name).to_owned(),
    };
    symptom::pieces(message).into_iter().map(text).collect()
}

fn names(log: &[u8]) -> Vec<&'static str> {
    scan(log)
        .hits
        .iter()
        .map(|hit| hit.symptom.name.as_str())
        .collect()
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
        assert!(
            names(message.as_bytes()).contains(&symptom.name.as_str()),
            "{message}"
        );
        let shouted = format!("docker: Error: {}.", message.to_uppercase());
        assert!(
            names(shouted.as_bytes()).contains(&symptom.name.as_str()),
            "{shouted}"
        );
        assert_eq!(names(message.as_bytes())[0], symptom.name, "{message}");
    }
}

#[test]
fn what_the_variable_parts_hold_is_known() {
    for symptom in symptom::all() {
        for message in &symptom.messages {
            let text = filled(symptom, message);
            let log = scan(text.as_bytes());
            let hit = log
                .hits
                .iter()
                .find(|hit| hit.symptom.name == symptom.name)
                .unwrap();
            for piece in symptom::pieces(message) {
                if let Piece::Variable(name) = piece {
                    let value = hit.values.get(name).map(String::as_str);
                    assert_eq!(value, Some(sample(symptom, name)), "{text}");
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
            let lines: Vec<String> = letters
                .chunks(width)
                .map(|line| line.iter().collect())
                .collect();
            for prefix in [
                "",
                "    ",
                "app-1  | ",
                "#12 3.456 ",
                "2026-11-28T17:53:10.123Z ",
            ] {
                let log: Vec<String> = lines.iter().map(|line| format!("{prefix}{line}")).collect();
                let log = log.join("\n");
                assert!(
                    names(log.as_bytes()).contains(&symptom.name.as_str()),
                    "{log}"
                );
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
    let log = format!(
        "{filler}RuntimeError: No CUDA GPUs are available\n{filler}CUDA out of memory\n{filler}CUDA out of memory"
    );
    let found = scan(log.as_bytes());
    let hits: Vec<_> = found
        .hits
        .iter()
        .map(|hit| (hit.symptom.name.as_str(), hit.line, hit.count))
        .collect();
    assert_eq!(
        hits,
        [
            ("no-cuda-gpus", 20_001, 1),
            ("gpu-out-of-memory", 40_002, 2)
        ]
    );
    assert_eq!(found.lines, 60_003);
    for size in [1, 7, 4096, 300_000] {
        let mut scanner = Scanner::default();
        // Single bytes of all of it would only take long.
        let log = if size < 100 {
            &log.as_bytes()[1_070_000..]
        } else {
            log.as_bytes()
        };
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

/// The causes of the first message of a text, nothing else being known.
fn likely(text: &str, evidence: &[Evidence]) -> Vec<Likely> {
    let log = scan(text.as_bytes());
    let mut answers = answers(&log, &Target::default(), evidence);
    answers.swap_remove(0).causes
}

#[test]
fn the_first_cause_of_the_tables_comes_first() {
    for (symptom, message) in messages() {
        let first = &likely(&message, &[])[0];
        assert!(
            std::ptr::eq(first.cause, &raw const symptom.causes[0]),
            "{message}: {}",
            first.what
        );
    }
}

#[test]
fn every_rule_is_one_and_every_name_in_a_text_is_known() {
    for symptom in symptom::all() {
        let own = symptom
            .variables
            .iter()
            .map(|variable| variable.name.as_str());
        let mut known: Vec<&str> = own.chain(values::ALWAYS).collect();
        let derived = values::DERIVED
            .iter()
            .filter(|(from, _)| symptom.variable(from).is_some());
        known.extend(derived.flat_map(|(_, names)| names.iter().copied()));
        if symptom
            .variables
            .iter()
            .any(|variable| variable.kind == symptom::Kind::Soname)
        {
            known.push("wanted");
        }
        for cause in &symptom.causes {
            for rule in &cause.rules {
                assert!(rules::find(rule).is_some(), "{rule}");
            }
            let fix = cause.fix.iter().map(symptom::Step::text);
            for text in [cause.what.as_str(), &cause.tell]
                .into_iter()
                .chain(cause.exact.as_deref())
                .chain(fix)
            {
                for piece in symptom::pieces(text) {
                    if let Piece::Variable(name) = piece {
                        let (name, otherwise) = name.split_once('|').unwrap_or((name, ""));
                        let always = name.starts_with("pypi-") || own_value(symptom, name);
                        let fallback =
                            !otherwise.is_empty() || cause.exact.as_deref() == Some(text);
                        assert!(fallback || always, "{text}");
                        assert!(
                            known.contains(&name) || name == "index",
                            "{}: {name}",
                            symptom.name
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_short_text_and_a_log_are_searched_alike() {
    let patterns = pattern::Patterns::get();
    let all: String = symptom::all()
        .iter()
        .flat_map(|symptom| symptom.messages.texts().map(|text| filled(symptom, text)))
        .collect();
    let mut plain = plain::Plain::default();
    plain.fill(all.as_bytes(), &mut prefix::State::default(), true);
    let shown = |found: Vec<(usize, &pattern::Pattern)>| -> Vec<(usize, Vec<u8>)> {
        let shown = found.into_iter();
        shown
            .map(|(at, pattern)| (at, pattern.anchor().to_vec()))
            .collect()
    };
    let each = shown(patterns.each_anchor(&plain.letters));
    assert!(each.len() > symptom::all().len());
    assert_eq!(each, shown(patterns.all_anchors(&plain.letters)));
}

/// Whether every message of a symptom holds a value.
fn own_value(symptom: &Symptom, name: &str) -> bool {
    let holds = |message| symptom::pieces(message).contains(&Piece::Variable(name));
    symptom.messages.texts().all(holds)
}

#[test]
fn the_values_of_a_message_decide_between_causes() {
    let first = |driver: &str, capabilities: &str| {
        let text = format!(
            "could not select device driver \"{driver}\" with capabilities: {capabilities}"
        );
        likely(&text, &[]).swap_remove(0).what
    };
    assert!(first("", "[[gpu]]").starts_with("the NVIDIA Container Toolkit is not installed"));
    assert_eq!(first("cdi", "[]"), "CDI is switched off in the engine");
    assert_eq!(
        first("nvidia-container-runtime", "[[gpu]]"),
        "the request names a driver that the engine does not know: nvidia-container-runtime"
    );
    assert_eq!(
        first("", "[[GPUs]]"),
        "the request asks for capabilities that no driver offers: [[GPUs]]"
    );
}

#[test]
fn a_build_has_no_gpu_whatever_the_request() {
    let first = |log: &str| likely(log, &[]).swap_remove(0).what;
    let built = first("#9 1.52 RuntimeError: Found no NVIDIA driver on your system.");
    assert_eq!(built, "a build step uses the GPU; a build has none");
    let run = first("app-1  | RuntimeError: Found no NVIDIA driver on your system.");
    assert_eq!(run, "no GPU is requested for this container");
}

#[test]
fn the_exact_pair_is_said() {
    let exact = |log: &str| likely(log, &[]).swap_remove(0).exact.unwrap_or_default();
    assert_eq!(
        exact(
            "torch 2.11.0+cu130\nThe NVIDIA driver on your system is too old (found version 12080)."
        ),
        "the driver supports CUDA 12.8 (branch 570); the wheel needs 13.0"
    );
    assert_eq!(
        exact(
            "NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current PyTorch installation."
        ),
        "the GPU is sm_120 (Blackwell); PyTorch has code for it since 2.7.0 (cu128), and not in cu126"
    );
    assert_eq!(
        exact(
            "GTX 1080 with CUDA capability sm_61 is not compatible with the current PyTorch installation."
        ),
        "the GPU is sm_61 (Pascal); the newest PyTorch with code for it is 2.14.1 (cu126), and not in cu130"
    );
    assert_eq!(
        exact("ImportError: libcudart.so.13: cannot open shared object file"),
        "the package wants libcudart.so.13, that is CUDA 13"
    );
    assert_eq!(
        exact("No matching distribution found for torch==2.5.1+cu122"),
        "there was never an index cu122; the nearest is cu121"
    );
    assert_eq!(
        exact("manifest for nvidia/cuda:11.8-runtime-ubuntu22.04 not found: manifest unknown"),
        "nvidia/cuda:11.8-runtime-ubuntu22.04: tags need the patch number: 11.8.N; the nearest is nvidia/cuda:11.8.0-runtime-ubuntu22.04"
    );
}

#[test]
fn what_was_found_here_comes_first() {
    let found = Evidence {
        rule: "library-path-overwritten".to_owned(),
        place: "Dockerfile:3".to_owned(),
        message: "LD_LIBRARY_PATH is overwritten".to_owned(),
        help: None,
        weight: Weight::Fault,
    };
    let causes = likely("libcuda.so.1: cannot open shared object file", &[found]);
    assert!(
        causes[0].what.starts_with("the image hides it"),
        "{}",
        causes[0].what
    );
    assert_eq!(causes[0].here.len(), 1);
    assert!(causes[1].here.is_empty());
}

/// The texts of a symptom, one after the other.
fn texts(name: &str) -> String {
    let mut all = String::new();
    for cause in &symptom::find(name).unwrap().causes {
        let fix = cause.fix.iter().map(symptom::Step::text);
        let texts = [cause.what.as_str(), &cause.tell].into_iter();
        for text in texts.chain(cause.exact.as_deref()).chain(fix) {
            all = format!("{all}{text}\n");
        }
    }
    all
}

#[test]
fn the_numbers_in_the_texts_are_those_of_the_tables() {
    let says = |name: &str, part: &str| assert!(texts(name).contains(part), "{name}: {part}");
    for major in [11, 12, 13] {
        let driver = facts::cuda::min_driver(major).unwrap();
        says("driver-insufficient", &format!("CUDA {major} "));
        says("driver-insufficient", driver);
    }

    let major = |version: &str| facts::torch::release(version).unwrap().cuda.major;
    assert_eq!((major("2.10"), major("2.11")), (12, 13));
    says(
        "torch-driver-too-old",
        "CUDA 13 by default since torch 2.11",
    );

    let blackwell = facts::ComputeCapability::parse("sm_120").unwrap();
    let mut releases = facts::torch::all().iter();
    let first = releases.find(|release| {
        let mut builds = release.archs.iter();
        builds.any(|build| release.runs_on(&build.suffix, blackwell) == Some(true))
    });
    assert_eq!(first.unwrap().version, "2.7.0");
    let toolkit = facts::arch::capability(blackwell).unwrap().first_toolkit;
    says(
        "gpu-architecture-missing",
        &format!("torch 2.7 for CUDA {toolkit}"),
    );

    let mut eras = facts::install::eras("onnxruntime-gpu").peekable();
    let major = eras.peek().unwrap().cuda;
    let newest = eras.take_while(|era| era.cuda == major).last().unwrap();
    let from = newest.from.unwrap();
    says(
        "onnxruntime-cuda-provider",
        &format!("a CUDA {} build since {from}", newest.cuda),
    );
    says(
        "onnxruntime-cuda-provider",
        &format!("onnxruntime-gpu<{from}"),
    );
    let newest = facts::install::eras("ctranslate2").next().unwrap();
    says(
        "cuda-library-not-found",
        &format!(
            "CTranslate2 {} and newer wants CUDA {} with cuDNN {}",
            newest.from.unwrap(),
            newest.cuda,
            newest.cudnn
        ),
    );

    for (name, form) in [
        ("compose-gpus-not-allowed", GpusList),
        ("compose-gpus-not-allowed", Reservation),
        ("compose-gpus-not-a-list", GpusAll),
        ("compose-devices-not-allowed", Reservation),
        ("raw-device-missing", CdiDevice),
    ] {
        let since = facts::release::feature(form).unwrap().since.to_string();
        says(name, since.trim_end_matches(".0"));
    }

    let never = |minor: u16| {
        let suffix = facts::CudaVersion::new(12, minor).suffix();
        let found = facts::pytorch_index::find(&suffix);
        let never = matches!(found, facts::pytorch_index::IndexStatus::NeverExisted(_));
        assert_eq!(
            never,
            texts("torch-not-found").contains(&suffix),
            "{suffix}"
        );
    };
    (0..=9).for_each(never);
}
