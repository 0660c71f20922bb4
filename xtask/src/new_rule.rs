//! The skeleton of a new rule: its page, its file, and the lines that make it known.

use std::fs;

use anyhow::{Context as _, bail};
use camino::Utf8Path;
use clap::ValueEnum;

use xtask::say;

/// What a rule is about: the sections of the catalogue, as `rules --format json` spells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Section {
    BaseImage,
    Pytorch,
    Tensorflow,
    Driver,
    Build,
    Environment,
    Compose,
    Target,
    Host,
}

impl Section {
    /// The folder of its rules.
    fn folder(self) -> &'static str {
        match self {
            Self::BaseImage => "base",
            Self::Pytorch => "torch",
            Self::Tensorflow => "tensorflow",
            Self::Driver => "driver",
            Self::Build => "build",
            Self::Environment => "environment",
            Self::Compose => "compose",
            Self::Target => "target",
            Self::Host => "host",
        }
    }

    /// What its rules look at most often.
    fn subject(self) -> Subject {
        match self {
            Self::Compose => Subject {
                import: "use crate::derive::service::ServiceView;\n",
                check: "Check::Service(check)",
                parameter: "service: ServiceView<'_>",
                report: "Report",
                block: "yaml",
                example: "services:\n  train:\n    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04\n    gpus: all\n",
            },
            Self::Host => Subject {
                import: "use host::facts::Layer;\n\nuse crate::derive::machine::HostView;\n",
                check: "Check::Host(Layer::Gpu, check)",
                parameter: "view: &HostView<'_>",
                report: "HostReport",
                block: "machine",
                example: "",
            },
            _ => Subject {
                import: "use crate::derive::environment::StageView;\n",
                check: "Check::Stage(check)",
                parameter: "stage: StageView<'_>",
                report: "Report",
                block: "dockerfile",
                example: "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\n",
            },
        }
    }
}

/// What a rule looks at, as its file and its page spell it.
struct Subject {
    import: &'static str,
    check: &'static str,
    parameter: &'static str,
    report: &'static str,
    block: &'static str,
    example: &'static str,
}

/// Writes the skeleton, and says what is left to do.
pub(crate) fn run(root: &Utf8Path, name: &str, section: Section) -> anyhow::Result<()> {
    let is_name = !name.is_empty()
        && !name.starts_with('-')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if !is_name {
        bail!("`{name}` is no name of a rule: lower-case words joined by hyphens, without numbers");
    }
    let (folder, module) = (section.folder(), name.replace('-', "_"));
    let rules = root.join("crates/linter/src/rules");
    let page = root.join(format!("crates/linter/docs/rules/{name}.md"));
    let file = rules.join(format!("{folder}/{module}.rs"));
    for path in [&page, &file] {
        if path.exists() {
            bail!("{path} exists");
        }
    }
    let domain = rules.join(folder).join("mod.rs");
    let catalogue = rules.join("mod.rs");
    let domain_text = with_line(&read(&domain)?, "pub(super) mod ", &format!("{module};"))?;
    let entry = format!("{folder}::{module}::RULE,");
    let catalogue_text = with_line(&read(&catalogue)?, "    &", &entry)?;
    for (path, text) in [
        (&page, page_text(name, section)),
        (&file, file_text(name, section)),
        (&domain, domain_text),
        (&catalogue, catalogue_text),
    ] {
        fs::write(path, text).with_context(|| format!("cannot write {path}"))?;
        let path = path.strip_prefix(root).unwrap_or(path);
        say(&format!("wrote {path}"));
    }
    say("write the page first: `cargo test -p env-doctor-linter --test pages` runs its examples;");
    say("then see \"Add a rule\" in CONTRIBUTING.md for what else a rule touches");
    Ok(())
}

fn read(path: &Utf8Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {path}"))
}

/// The text with one more line among those that begin with `prefix`, in the order of the last name in each: rules stand
/// by name, whatever their folder.
fn with_line(text: &str, prefix: &str, rest: &str) -> anyhow::Result<String> {
    let key = |line: &str| {
        let name = line
            .trim_end_matches("::RULE,")
            .trim_end_matches([';', ',']);
        let mut parts = name.rsplit([':', ' ', '&']).filter(|part| !part.is_empty());
        let last = parts.next().unwrap_or(name);
        // Rules that share a file: `suppression::UNUSED` is `suppression-unused`.
        if last.chars().any(char::is_lowercase) {
            last.to_owned()
        } else {
            let file = parts.next().unwrap_or_default();
            format!("{file}_{}", last.to_ascii_lowercase())
        }
    };
    let mut lines: Vec<&str> = text.lines().collect();
    // Helpers of a domain stand among its rules.
    let helper = prefix.strip_prefix("pub(super) ").unwrap_or(prefix);
    let is_entry = |line: &&str| line.starts_with(prefix) || line.starts_with(helper);
    let first = lines.iter().position(is_entry);
    let first = first.context("the list of rules is not where it was")?;
    let count = lines[first..]
        .iter()
        .take_while(|line| is_entry(line))
        .count();
    let line = format!("{prefix}{rest}");
    let new = key(rest);
    let at = lines[first..first + count].partition_point(|line| key(line) < new);
    lines.insert(first + at, &line);
    Ok(lines.join("\n") + "\n")
}

fn file_text(name: &str, section: Section) -> String {
    let Subject {
        import,
        check,
        parameter,
        report,
        ..
    } = section.subject();
    let (uses, gap) = match import.split_once("\n\n") {
        Some((others, own)) => (format!("{others}\nuse source::Severity;\n\n{own}"), ""),
        None => (format!("use source::Severity;\n\n{import}"), ""),
    };
    let argument = parameter.split(':').next().unwrap_or(parameter);
    format!(
        "{uses}{gap}use crate::{{Check, FixAvailability, {report}, Rule, Section, Special}};\n\n\
         /// TODO: what is wrong, in one sentence.\n\
         pub(crate) static RULE: Rule = Rule {{\n    \
             name: \"{name}\",\n    \
             summary: \"TODO: what is wrong, in one line\",\n    \
             section: Section::{section:?},\n    \
             severity: Severity::Warning,\n    \
             fix: FixAvailability::None,\n    \
             page: include_str!(\"../../../docs/rules/{name}.md\"),\n    \
             checks: &[{check}],\n    \
             special: Special::NOTHING,\n\
         }};\n\n\
         fn check({parameter}, report: &mut {report}<'_>) {{\n    \
             // TODO: ask the model; if a fact is missing, derive it for all rules.\n    \
             let _ = ({argument}, report);\n\
         }}\n"
    )
}

fn page_text(name: &str, section: Section) -> String {
    let Subject { block, example, .. } = section.subject();
    let like = if block == "machine" { " like=NAME" } else { "" };
    let finding =
        format!("# finding: warning[{name}] \"part of the message\" @ \"the text it points at\"\n");
    format!(
        "# {name}\n\nTODO: what is wrong, in one sentence.\n\n\
         ## What it finds\n\nTODO: when it speaks, with which severity, and when it is silent.\n\n\
         ## Why it matters\n\nTODO: the error that the user would meet, as the program prints it.\n\n\
         ## Example\n\n```{block} bad{like}\n{finding}{example}```\n\n\
         ## Fix\n\nTODO: what to type.\n\n```{block} good{like}\n{example}```\n\n\
         ## When not to fix\n\nTODO: who is right to ignore it, with an example.\n\n\
         ## Sources\n\nTODO: where the facts were read.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_stands_where_its_name_does() {
        let list = "pub static ALL: &[&Rule] = &[\n    &torch::cpu_wheel::RULE,\n    &base::nvcc_missing::RULE,\n];\n";
        assert_eq!(
            with_line(list, "    &", "compose::gpu_shared::RULE,").unwrap(),
            "pub static ALL: &[&Rule] = &[\n    &torch::cpu_wheel::RULE,\n    &compose::gpu_shared::RULE,\n    &base::nvcc_missing::RULE,\n];\n"
        );
        let modules =
            "//! Rules.\n\npub(super) mod a_rule;\nmod edits;\npub(super) mod z_rule;\n\nuse x;\n";
        assert_eq!(
            with_line(modules, "pub(super) mod ", "k_rule;").unwrap(),
            "//! Rules.\n\npub(super) mod a_rule;\nmod edits;\npub(super) mod k_rule;\npub(super) mod z_rule;\n\nuse x;\n"
        );
        let shared = "    &suppression::UNUSED,\n    &compose::swarm_gpu_ignored::RULE,\n";
        assert_eq!(
            with_line(shared, "    &", "torch::package_lost::RULE,").unwrap(),
            format!("    &torch::package_lost::RULE,\n{shared}")
        );
        assert!(with_line("", "    &", "x").is_err());
    }

    #[test]
    fn every_section_has_its_folder() {
        let rules = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/linter/src/rules");
        for &section in Section::value_variants() {
            let domain = rules.join(section.folder()).join("mod.rs");
            let text = read(&domain).unwrap();
            assert!(
                with_line(&text, "pub(super) mod ", "x;").is_ok(),
                "{domain}"
            );
        }
    }

    #[test]
    fn a_name_that_is_none_is_refused() {
        let root = Utf8Path::new("/nowhere");
        for name in ["Shm-Size", "shm_size", "a1", "", "-a"] {
            assert!(run(root, name, Section::Compose).is_err(), "{name}");
        }
    }
}
