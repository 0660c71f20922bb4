//! What stages say of each other, where BuildKit refuses it after reading the file.

use std::collections::HashMap;

use crate::model::{Dockerfile, From, Instruction, Kind, Problem, ProblemKind};
use crate::word::Word;

/// A stage and the stages it copies or mounts from.
struct Node<'d> {
    from: &'d Instruction,
    name: Option<String>,
    needs: Vec<usize>,
}

/// What BuildKit refuses once the rest has been read: numbers of stages that do not exist, and the first stage that
/// needs itself through `--from` and `from=`.
#[must_use]
pub fn stage_problems(dockerfile: &Dockerfile) -> Vec<Problem> {
    let mut nodes: Vec<Node<'_>> = Vec::new();
    for instruction in &dockerfile.instructions {
        if let Kind::From(From { name, .. }) = &instruction.kind {
            let name = name.as_ref().map(|name| name.raw.to_ascii_lowercase());
            nodes.push(Node {
                from: instruction,
                name,
                needs: Vec::new(),
            });
        }
    }
    // Of several stages with one name, the last counts here.
    let names: HashMap<String, usize> = nodes
        .iter()
        .enumerate()
        .filter_map(|(index, node)| Some((node.name.clone()?, index)))
        .collect();
    let mut problems = Vec::new();
    let mut stages = 0_usize;
    for instruction in &dockerfile.instructions {
        if matches!(instruction.kind, Kind::From(_)) {
            stages += 1;
            continue;
        }
        for (word, written) in sources(instruction) {
            let found = match written.parse::<usize>() {
                Ok(number) if number < nodes.len() => Some(number),
                Ok(number) => {
                    problems.push(problem(
                        instruction,
                        word,
                        format!("invalid stage index {number}"),
                    ));
                    None
                }
                Err(_) => names.get(&written.to_ascii_lowercase()).copied(),
            };
            if let (Some(found), Some(node)) = (found, stages.checked_sub(1)) {
                nodes[node].needs.push(found);
            }
        }
    }
    problems.extend(circular(&nodes));
    problems
}

/// The stages or images that an instruction takes files from, as written.
fn sources(instruction: &Instruction) -> Vec<(&Word, String)> {
    if let Kind::Copy(copy) = &instruction.kind {
        let from = copy.from.as_ref();
        return from
            .and_then(|word| Some((word, word.literal()?)))
            .into_iter()
            .collect();
    }
    let mounts = instruction
        .flags
        .iter()
        .filter(|flag| flag.name == "mount")
        .filter_map(|flag| flag.value.as_ref());
    mounts
        .filter_map(|word| {
            let value = word.literal()?;
            let from = value
                .split(',')
                .find_map(|option| option.strip_prefix("from="))?;
            // A mount takes names only: its number would be an image.
            let named = from.parse::<usize>().is_err();
            named.then(|| (word, from.to_owned()))
        })
        .collect()
}

fn problem(instruction: &Instruction, word: &Word, message: String) -> Problem {
    Problem {
        kind: ProblemKind::Stages,
        message,
        span: word.span,
        line: instruction.first_line,
    }
}

/// How far a stage has been followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

fn circular(nodes: &[Node<'_>]) -> Option<Problem> {
    let mut states = vec![State::New; nodes.len()];
    for start in 0..nodes.len() {
        // A stack of its own: thousands of stages may need each other in a row.
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let need = nodes[node].needs.get(*next).copied();
            *next += 1;
            match need {
                _ if states[node] == State::Done => {
                    path.pop();
                }
                None => {
                    states[node] = State::Done;
                    path.pop();
                }
                Some(need) => {
                    states[node] = State::Open;
                    if need == node || states[need] == State::Open {
                        return Some(needs_itself(start, &nodes[start]));
                    }
                    path.push((need, 0));
                }
            }
        }
    }
    None
}

fn needs_itself(index: usize, node: &Node<'_>) -> Problem {
    let name = node
        .name
        .clone()
        .unwrap_or_else(|| format!("stage-{index}"));
    Problem {
        kind: ProblemKind::Stages,
        message: format!("circular dependency detected on stage: {name}"),
        span: node.from.keyword_span,
        line: node.from.first_line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn messages(text: &str) -> Vec<String> {
        let dockerfile = parse(text);
        let problems = stage_problems(&dockerfile);
        problems
            .into_iter()
            .map(|problem| problem.message)
            .collect()
    }

    #[test]
    fn a_stage_may_copy_from_a_later_one_but_not_in_a_circle() {
        let forward = "FROM a AS x\nCOPY --from=y /f /f\nFROM b AS y\n";
        assert!(messages(forward).is_empty());
        let circle =
            "FROM a AS x\nCOPY --from=y /f /f\nFROM b AS y\nRUN --mount=from=x,target=/x true\n";
        assert_eq!(
            messages(circle),
            ["circular dependency detected on stage: x"]
        );
        assert_eq!(
            messages("FROM a\nCOPY --from=0 /f /f\n"),
            ["circular dependency detected on stage: stage-0"]
        );
    }

    #[test]
    fn numbers_name_stages_that_exist() {
        assert_eq!(
            messages("FROM a\nFROM b\nCOPY --from=2 /f /f\n"),
            ["invalid stage index 2"]
        );
        assert!(messages("FROM a\nFROM b\nCOPY --from=0 /f /f\n").is_empty());
        assert!(messages("FROM a\nRUN --mount=from=7,target=/x true\n").is_empty());
        assert!(messages("FROM a\nCOPY --from=$N /f /f\n").is_empty());
    }

    #[test]
    fn thousands_of_stages_need_each_other_in_a_row() {
        let stage = |index| format!("FROM a AS s{index}\nCOPY --from=s{} /f /f\n", index + 1);
        let text: String = (0..5000).map(stage).collect();
        assert!(messages(&text).is_empty());
        let closed = text + "FROM a AS s5000\nCOPY --from=s0 /f /f\n";
        assert_eq!(
            messages(&closed),
            ["circular dependency detected on stage: s0"]
        );
    }
}
