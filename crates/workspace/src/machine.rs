//! `--host FILE|DIR|auto`: the facts of this machine, or of the one where the file was written.

use std::sync::Arc;

use camino::Utf8Path;
use host::{Audience, HostFacts, OsSystem, RecordedSystem};
use linter::derive::machine;
use linter::{Settings, Target};

use crate::files::{Asked, Disk};
use crate::{Error, Result, loader};

/// The word that stands for this machine.
pub const AUTO: &str = "auto";

/// Settings with what is said of the machine, `host` as [`facts()`] takes it.
pub fn settings(said: Target, host: Option<&str>, audience: Audience) -> Result<Settings> {
    let host = host.map(|host| facts(host, audience)).transpose()?;
    Ok(settings_of(said, host.map(Arc::new)))
}

/// Settings with what is known of a machine; what is said wins over what was seen there.
pub fn settings_of(said: Target, host: Option<Arc<HostFacts>>) -> Settings {
    let mut target = said;
    let mut default_runtime = None;
    if let Some(host) = &host {
        target = target.or(Target::of_host(host));
        default_runtime = machine::default_runtime(host);
    }
    Settings {
        target,
        default_runtime,
        host,
        ..Settings::default()
    }
}

/// The facts that `argument` asks for: a file that `env-doctor host --format json` wrote, a folder that
/// `env-doctor host --record` wrote, or [`AUTO`].
pub fn facts(argument: &str, audience: Audience) -> Result<HostFacts> {
    if argument == AUTO {
        return Ok(here(audience));
    }
    read(Utf8Path::new(argument))
}

/// The facts of this machine, as who gets the report may see them.
pub fn here(audience: Audience) -> HostFacts {
    host::probe_for(&OsSystem, audience)
}

/// Larger files are none that `host` wrote: of what it reads, it keeps little.
const MAX: u64 = 4 << 20;

/// The facts of a machine that was written down.
pub fn read(path: &Utf8Path) -> Result<HostFacts> {
    let recorded = path.is_dir();
    let path = if recorded {
        path.join(host::system::MACHINE_FILE)
    } else {
        path.to_owned()
    };
    let file = loader::read_within(&Disk, &path, Asked::ByName, MAX).map_err(|mut failure| {
        let hint = if recorded {
            "; --host takes a folder of `env-doctor host --record`, and this machine is --host=auto"
        } else {
            ""
        };
        failure.message.push_str(hint);
        failure
    })?;
    if recorded || file.text().trim_start().starts_with("# machine:") {
        let system = RecordedSystem::from_text(file.text());
        let system = system.map_err(|error| Error::about(&path, &error))?;
        return Ok(host::probe(&system));
    }
    HostFacts::from_json(file.text()).map_err(|error| Error::about(&path, &error))
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
        let found = facts(path.as_str(), Audience::Anyone).unwrap();
        assert_eq!(found.driver_version(), Some("535.129.03"));

        std::fs::write(&path, "# A page\n\nof a manual.\n").unwrap();
        assert!(facts(path.as_str(), Audience::Anyone).is_err());

        std::fs::write(&path, "{}").unwrap();
        let error = format!("{:#}", facts(path.as_str(), Audience::Anyone).unwrap_err());
        assert!(error.contains("host.json: has no facts"), "{error}");
    }

    #[test]
    fn facts_come_from_a_recorded_machine() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let machine = "# machine: linux x86_64\n# file: /sys/module/nvidia/version\n580.95.05\n";
        std::fs::write(folder.join("machine.txt"), machine).unwrap();
        let found = facts(folder.as_str(), Audience::Anyone).unwrap();
        assert_eq!(found.driver_version(), Some("580.95.05"));
        let found = facts(folder.join("machine.txt").as_str(), Audience::Anyone).unwrap();
        assert_eq!(found.driver_version(), Some("580.95.05"));
    }
}
