//! How long projects take to load.

use std::fmt::Write as _;

use compose::{Inputs, MemoryLoader, load};
use source::Sources;

fn main() {
    divan::main();
}

/// A file of usual size: seven services, anchors, variables, GPU requests.
fn usual() -> String {
    let mut text = String::from(
        "x-gpu: &gpu\n  deploy:\n    resources:\n      reservations:\n        devices:\n          - driver: nvidia\n            count: ${GPUS:-1}\n            capabilities: [gpu]\nservices:\n",
    );
    for index in 0..7 {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "  service-{index}:\n    <<: *gpu\n    image: \"registry.example.com/team/app-{index}:${{TAG:-latest}}\"\n    restart: unless-stopped\n    ports:\n      - \"80{index}0:80\"\n    environment:\n      - LOG_LEVEL=${{LOG_LEVEL:-info}}\n      - DATABASE_URL=postgres://user:secret@db:5432/app\n    volumes:\n      - ./data/{index}:/data\n      - cache:/cache\n    healthcheck:\n      test: [CMD, curl, -f, http://localhost/health]\n      interval: 30s\n      retries: 3\n"
        );
    }
    text.push_str("volumes:\n  cache:\n");
    text
}

fn run(loader: &MemoryLoader) -> usize {
    let inputs = Inputs {
        files: vec!["compose.yaml".into()],
        ..Inputs::default()
    };
    let mut sources = Sources::new();
    load(&mut sources, &inputs, loader).map_or(0, |project| project.services.len())
}

#[divan::bench]
fn one_usual_file(bencher: divan::Bencher<'_, '_>) {
    let loader = MemoryLoader::new().with("compose.yaml", usual());
    bencher.bench(|| run(&loader));
}

#[divan::bench(sample_count = 20)]
fn a_thousand_files_on_two_threads(bencher: divan::Bencher<'_, '_>) {
    let loader = MemoryLoader::new().with("compose.yaml", usual());
    bencher.bench(|| {
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| (0..500).map(|_| run(&loader)).sum::<usize>());
            }
        });
    });
}

#[divan::bench(sample_count = 5)]
fn twenty_thousand_services(bencher: divan::Bencher<'_, '_>) {
    let mut text = String::from("services:\n");
    for index in 0..20_000 {
        let _ = writeln!(text, "  s{index}: {{image: x, environment: [A=1]}}");
    }
    let loader = MemoryLoader::new().with("compose.yaml", text);
    bencher.bench(|| run(&loader));
}
