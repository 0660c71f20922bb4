//! The index of the error messages that are known.

use std::fmt::Write as _;

use facts::symptom::{self, Piece, Stage, Symptom};

use super::cell;

/// The order of the page.
const STAGES: [(Stage, &str); 6] = [
    (Stage::Build, "While the image is built"),
    (Stage::Create, "Before the container starts"),
    (Stage::Start, "When the container starts"),
    (Stage::Import, "While the program loads its libraries"),
    (Stage::Call, "At the first use of the GPU"),
    (Stage::Later, "Later, or under load"),
];

/// `docs/messages.md`.
pub(crate) fn page() -> String {
    let mut out = String::from(
        "# Error messages\n\n\
         What `env-doctor explain` knows, by the time at which it appears first. `…` stands for any text. A message is\n\
         explained by its text or by its name: `env-doctor explain nvml-unknown-error`. See [explain.md](explain.md).\n",
    );
    for (stage, title) in STAGES {
        let _ = writeln!(out, "\n## {title}\n");
        out.push_str("| message | name | means |\n| --- | --- | --- |\n");
        let of_stage = |symptom: &&Symptom| symptom.stages.first() == Some(&stage);
        for symptom in symptom::all().iter().filter(of_stage) {
            line(symptom, &mut out);
        }
    }
    out
}

fn line(symptom: &Symptom, out: &mut String) {
    let messages: Vec<String> = symptom
        .messages
        .iter()
        .map(|message| shown(message))
        .collect();
    let (messages, title) = (messages.join("<br>"), cell(&symptom.title));
    let _ = writeln!(out, "| {messages} | `{}` | {title} |", symptom.name);
}

/// A message as code, with `…` for what varies.
fn shown(message: &str) -> String {
    let text = |piece| match piece {
        Piece::Text(text) => text,
        Piece::Variable(_) => "…".to_owned(),
    };
    let text: String = symptom::pieces(message).into_iter().map(text).collect();
    let text = cell(text.trim());
    // A backtick inside needs two around.
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}
