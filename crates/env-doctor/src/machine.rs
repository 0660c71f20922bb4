//! `--host FILE|auto`: the facts of this machine, or of the one where the file was written.

use std::sync::Arc;

use anyhow::Context as _;
use camino::Utf8Path;
use host::HostFacts;
use linter::{Settings, Target};

use crate::cli::TargetOptions;
use crate::loader;

/// The word that stands for this machine.
pub(crate) const AUTO: &str = "auto";

/// Settings with what the options say of the machine; the flags win over what was seen there.
pub(crate) fn settings(options: &TargetOptions) -> anyhow::Result<Settings> {
    let host = options.host.as_deref().map(facts).transpose()?;
    let mut machine = options.target();
    if let Some(host) = &host {
        machine = machine.or(Target::of_host(host));
    }
    Ok(Settings {
        machine,
        host: host.map(Arc::new),
        ..Settings::default()
    })
}

/// The facts that `argument` asks for: a file that `env-doctor host --format json` wrote, or [`AUTO`].
pub(crate) fn facts(argument: &str) -> anyhow::Result<HostFacts> {
    if argument == AUTO {
        anyhow::bail!("this machine cannot be looked at yet; give a file");
    }
    read(Utf8Path::new(argument))
}

fn read(path: &Utf8Path) -> anyhow::Result<HostFacts> {
    let file = loader::read_input(path)
        .map_err(|failure| anyhow::anyhow!("{}: {}", failure.file, failure.message))?;
    HostFacts::from_json(file.text()).with_context(|| path.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_come_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path())
            .unwrap()
            .join("host.json");
        let report = r#"{"host": {"platform": {}, "driver": {"version": "535.129.03"}}}"#;
        std::fs::write(&path, report).unwrap();
        let found = facts(path.as_str()).unwrap();
        assert_eq!(found.driver_version(), Some("535.129.03"));

        std::fs::write(&path, "{}").unwrap();
        let error = format!("{:#}", facts(path.as_str()).unwrap_err());
        assert!(error.contains("host.json: has no facts"), "{error}");
    }
}
