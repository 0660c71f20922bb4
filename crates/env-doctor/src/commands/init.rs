use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};

use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use workspace::build_context::repository_root;
use workspace::files::Folders;
use workspace::{config, writing};

use crate::cli::{InitOptions, Tool};
use crate::{Outcome, output};

/// Where the project is published: where tools take the program from unless the user says otherwise.
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// A file to write.
struct Setup {
    /// From the root of the repository.
    path: &'static str,
    text: String,
    /// What is left for the user to do.
    next: &'static str,
}

/// Writes the set-up of tools: all of it, or nothing where a file would be overwritten.
pub(crate) fn run(options: &InitOptions) -> anyhow::Result<Outcome> {
    let setups = options
        .tools
        .iter()
        .map(|tool| setup(*tool, options))
        .collect::<anyhow::Result<Vec<Setup>>>()?;
    if options.print {
        let texts = setups.iter().map(|setup| setup.text.as_str());
        output::write(None, &texts.collect::<String>())?;
        return Ok(Outcome::Clean);
    }
    let root = repository_root(&Folders::of_disk(), Utf8Path::new("")).unwrap_or_default();
    let path = |setup: &Setup| root.join(setup.path);
    if !options.force {
        for path in setups.iter().map(path) {
            if path.symlink_metadata().is_ok() {
                bail!("{}", occupied(&path));
            }
        }
    }
    for setup in &setups {
        let path = path(setup);
        write(&path, &setup.text, options.force)?;
        output::write(None, &format!("wrote {path}: {}\n", setup.next))?;
    }
    Ok(Outcome::Clean)
}

fn occupied(path: &Utf8Path) -> String {
    format!("{path} exists: `--print` shows what to add to it, `--force` replaces it")
}

fn write(path: &Utf8PathBuf, text: &str, force: bool) -> anyhow::Result<()> {
    let failed = || format!("cannot write {path}");
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(failed)?;
    }
    if force {
        return writing::text(path, text).with_context(failed);
    }
    let create = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(text.as_bytes())
    };
    match create() {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!("{}", occupied(path)),
        result => result.with_context(failed),
    }
}

fn setup(tool: Tool, options: &InitOptions) -> anyhow::Result<Setup> {
    let home = options.repository.as_deref().or(published());
    let (path, template, next) = match (tool, home) {
        (Tool::Github, _) => (
            ".github/workflows/env-doctor.yml",
            include_str!("../../templates/github.yml"),
            "commit it",
        ),
        (Tool::Gitlab, _) => (
            ".gitlab/env-doctor.yml",
            include_str!("../../templates/gitlab.yml"),
            "add `include: [{local: .gitlab/env-doctor.yml}]` to .gitlab-ci.yml",
        ),
        (Tool::PreCommit, Some(_)) => (
            ".pre-commit-config.yaml",
            include_str!("../../templates/pre-commit.yaml"),
            "run `pre-commit install`",
        ),
        (Tool::PreCommit, None) => {
            return Ok(Setup {
                path: ".pre-commit-config.yaml",
                text: include_str!("../../templates/pre-commit-local.yaml").to_owned(),
                next: "run `pre-commit install`",
            });
        }
        (Tool::Config, _) => {
            return Ok(Setup {
                path: config::FILE,
                text: include_str!("../../templates/env-doctor.toml").to_owned(),
                next: "switch on what you need",
            });
        }
    };
    let Some(home) = home else {
        bail!(
            "say where the job takes env-doctor from: `--repository URL` names its Git repository"
        );
    };
    let rev = options.rev.as_deref();
    let tag = concat!("v", env!("CARGO_PKG_VERSION"));
    let text = template
        .replace("{repository}", home)
        .replace("{slug}", &slug(home)?)
        .replace("{rev}", rev.unwrap_or(tag));
    Ok(Setup { path, text, next })
}

/// The published home, once there is one.
fn published() -> Option<&'static str> {
    (!HOME.is_empty()).then_some(HOME)
}

/// Owner and name of a repository.
fn slug(address: &str) -> anyhow::Result<String> {
    let address = address.strip_suffix(".git").unwrap_or(address);
    let mut parts = address.rsplit(['/', ':']);
    match (parts.next(), parts.next()) {
        (Some(name), Some(owner)) if !name.is_empty() && !owner.is_empty() => {
            Ok(format!("{owner}/{name}"))
        }
        _ => bail!("{address} names no owner and repository"),
    }
}
