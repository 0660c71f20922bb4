//! What to install for a machine: the exact command, its reason, and what the plain one would have given. Everything
//! rests on the tables; what is not in them is refused, never guessed.

pub mod index;
mod machine;
mod other;
mod requirement;
mod step;
mod tensorflow;
mod torch;
mod wheels;

#[cfg(test)]
mod tests;

use facts::package;

pub use machine::Question;
pub use requirement::Wanted;
pub use step::{Install, Tool};
pub(crate) use torch::index_for;

/// The answer to a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advice {
    /// What to type, in order.
    pub steps: Vec<Install>,
    /// Why this and nothing else.
    pub reasons: Vec<String>,
    /// What the plain command would have given.
    pub plain: Vec<String>,
    /// What the image must have besides.
    pub needs: Vec<String>,
    /// What was taken for granted.
    pub assumed: Vec<String>,
    /// What cannot be installed so.
    pub refused: Vec<Refusal>,
}

/// A package that cannot be installed as wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// As it was asked for.
    pub package: String,
    /// Why not.
    pub why: String,
    /// The nearest that can.
    pub nearest: Option<String>,
}

impl Advice {
    fn refuse(&mut self, package: &Wanted, why: impl Into<String>, nearest: Option<String>) {
        self.refused.push(Refusal {
            package: package.to_string(),
            why: why.into(),
            nearest,
        });
    }
}

/// What to install.
#[must_use]
pub fn advise(question: &Question) -> Advice {
    let mut advice = Advice::default();
    if let Some((name, image)) = &question.base
        && image.musl
    {
        for wanted in &question.packages {
            let why = format!("{name} is Alpine, where no CUDA wheel can be installed");
            advice.refuse(
                wanted,
                why,
                Some("the same on a Debian or Ubuntu base".to_owned()),
            );
        }
        return advice;
    }
    let mut rest = Vec::new();
    let mut family = torch::Family::default();
    for wanted in &question.packages {
        if torch::is_family(&wanted.name) {
            family.wanted.push(wanted);
        } else {
            rest.push(wanted);
        }
    }
    // Packages that pin torch, or are built or run with it, decide about it before it is chosen.
    for wanted in &rest {
        let known = package::find(&wanted.name);
        if known.is_some_and(torch::belongs_to_torch) {
            family.needed_by.push(wanted);
        }
    }
    let chosen = torch::advise(question, &family, &mut advice);
    for wanted in rest {
        match wanted.name.as_str() {
            "tensorflow" | "tensorflow-gpu" | "tf-nightly" => {
                tensorflow::advise(question, wanted, &mut advice);
            }
            _ if wheels::advise(question, wanted, &mut advice) => {}
            _ => other::advise(question, wanted, chosen, &mut advice),
        }
    }
    if !advice.steps.is_empty() {
        machine::assume(question, &mut advice);
    }
    advice
}
