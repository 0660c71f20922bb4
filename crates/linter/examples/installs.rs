//! Prints what the tables say that `pip install` takes, for comparison with real installers: each line of the input is
//! `MINOR MACHINE REQUIREMENT…` (`12 x86_64 torch==2.6.0 xformers`), each line of the output `NAME==VERSION`, `NAME=?`
//! where it is open, or `impossible`.

use std::io::{self, BufRead as _, Write as _};

use facts::pypi::Machine;
use linter::derive::environment::installed::{Pick, takes};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split_whitespace();
        let (minor, machine) = (words.next(), words.next());
        let machine = match machine {
            Some("aarch64") => Machine::Aarch64,
            _ => Machine::X86_64,
        };
        let minor = minor.and_then(|minor| minor.parse().ok()).unwrap_or(12);
        let requirements: Vec<&str> = words.collect();
        let said = match takes(&requirements, minor, machine) {
            None => "impossible".to_owned(),
            Some(choices) => {
                let all = choices.iter().map(|choice| match &choice.pick {
                    Pick::Takes(versions) => format!("{}=={}", choice.name, versions.join("|")),
                    Pick::Stays | Pick::Open => format!("{}=?", choice.name),
                });
                all.collect::<Vec<_>>().join(" ")
            }
        };
        writeln!(out, "{said}")?;
    }
    Ok(())
}
