use std::fmt::Write as _;

use anyhow::Context as _;
use facts::image::{self, ImageRef};
use linter::advice::{self, Advice, Install, Question, Tool};
use serde::Serialize;

use crate::cli::{InstallOptions, Installer, ListFormat};
use crate::{Outcome, output};

/// Prints the install command that suits a machine or an image.
pub(crate) fn run(options: &InstallOptions) -> anyhow::Result<Outcome> {
    let advice = advice::advise(&question(options)?);
    let text = match options.format {
        ListFormat::Json => json(&advice, options)?,
        ListFormat::Text => text(&advice, options),
    };
    output::write(None, &text)?;
    Ok(if advice.refused.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

fn question(options: &InstallOptions) -> anyhow::Result<Question> {
    let base = options.base.as_deref().map(base).transpose()?;
    Ok(Question {
        packages: options.packages.clone(),
        target: options.machine.settings(options.format.audience())?.target,
        cuda: options.cuda,
        base,
        python: options.python.clone(),
    })
}

/// What is known of a base image.
fn base(name: &str) -> anyhow::Result<(String, image::ImageFacts)> {
    let reference =
        ImageRef::parse(name).with_context(|| format!("`{name}` is no image reference"))?;
    let facts = image::describe(&reference);
    let facts = facts.with_context(|| {
        format!("the image {name} is not in the tables; say its CUDA version with --cuda")
    })?;
    Ok((name.to_owned(), facts))
}

/// The tools whose commands are printed, with their labels.
fn tools(installer: Installer) -> &'static [(Tool, &'static str)] {
    match installer {
        Installer::Pip => &[(Tool::Pip, "pip")],
        Installer::Uv => &[(Tool::Uv, "uv")],
        Installer::Both => &[(Tool::Pip, "pip"), (Tool::Uv, "uv")],
    }
}

fn line(step: &Install, tool: Tool, options: &InstallOptions) -> String {
    if options.dockerfile {
        step.instruction(tool)
    } else {
        step.command(tool)
    }
}

fn text(advice: &Advice, options: &InstallOptions) -> String {
    let mut out = String::new();
    if !advice.steps.is_empty() {
        for (index, (tool, label)) in tools(options.tool).iter().enumerate() {
            if index > 0 {
                out.push('\n');
            }
            let _ = writeln!(out, "# with {label}");
            for step in &advice.steps {
                let _ = writeln!(out, "{}", line(step, *tool, options));
            }
        }
        out.push('\n');
    }
    let parts = [
        ("why:", &advice.reasons),
        ("plain:", &advice.plain),
        ("needs:", &advice.needs),
        ("assumed:", &advice.assumed),
    ];
    for (label, texts) in parts {
        for text in texts {
            let _ = writeln!(out, "{label:9}{text}");
        }
    }
    for refusal in &advice.refused {
        let _ = writeln!(out, "{:9}{}: {}", "no:", refusal.package, refusal.why);
        if let Some(nearest) = &refusal.nearest {
            let _ = writeln!(out, "{:9}{nearest}", "nearest:");
        }
    }
    let _ = writeln!(out, "{:9}{}", "facts:", facts::DATE);
    out
}

#[derive(Serialize)]
struct Answer<'a> {
    schema_version: u32,
    facts_date: &'static str,
    steps: Vec<Step<'a>>,
    reasons: &'a [String],
    plain: &'a [String],
    needs: &'a [String],
    assumed: &'a [String],
    refused: Vec<No<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    requirements: &'a [String],
    index: Option<&'a str>,
    no_build_isolation: bool,
    commands: Vec<Command>,
}

#[derive(Serialize)]
struct Command {
    tool: &'static str,
    command: String,
}

#[derive(Serialize)]
struct No<'a> {
    package: &'a str,
    why: &'a str,
    nearest: Option<&'a str>,
}

fn json(advice: &Advice, options: &InstallOptions) -> anyhow::Result<String> {
    let steps = advice.steps.iter().map(|step| Step {
        requirements: &step.requirements,
        index: step.index.as_deref(),
        no_build_isolation: step.no_build_isolation,
        commands: tools(options.tool)
            .iter()
            .map(|&(tool, label)| Command {
                tool: label,
                command: line(step, tool, options),
            })
            .collect(),
    });
    let refused = advice.refused.iter().map(|refusal| No {
        package: &refusal.package,
        why: &refusal.why,
        nearest: refusal.nearest.as_deref(),
    });
    let answer = Answer {
        schema_version: 1,
        facts_date: facts::DATE,
        steps: steps.collect(),
        reasons: &advice.reasons,
        plain: &advice.plain,
        needs: &advice.needs,
        assumed: &advice.assumed,
        refused: refused.collect(),
    };
    Ok(serde_json::to_string_pretty(&answer)? + "\n")
}
