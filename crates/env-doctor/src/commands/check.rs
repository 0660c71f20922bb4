use std::sync::Arc;

use camino::Utf8PathBuf;
use host::HostFacts;
use linter::{Settings, Target};
use workspace::config::Flags;
use workspace::inputs::Workspace;
use workspace::machine;

use crate::Outcome;
use crate::cli::CheckOptions;
use crate::finish::finish;

/// Checks Compose projects, the Dockerfiles that none of them builds, and the machine.
pub(crate) fn run(options: &CheckOptions) -> anyhow::Result<Outcome> {
    let here = [Utf8PathBuf::from(".")];
    let paths: &[Utf8PathBuf] = match options.paths.as_slice() {
        [] => &here,
        paths => paths,
    };
    if paths.iter().any(|path| path == "-") {
        anyhow::bail!(
            "`check` reads files; `dockerfile -` and `docker-compose -` read standard input"
        );
    }
    let checking = &options.checking;
    let facts = checking.machine_facts()?;
    // What will run elsewhere is not compared with a machine that has no GPU, unless that is asked for.
    let is_target = |facts: &Arc<HostFacts>| {
        checking.machine.host.is_some() || linter::derive::machine::is_target(facts)
    };
    let machine = facts.clone().filter(is_target);
    let (named, seen) = match checking.machine.host {
        Some(_) => (machine, None),
        None => (None, machine),
    };
    let settings = Settings {
        stage: options.target.clone(),
        build_args: options.build_args.clone(),
        ..machine::settings_of(checking.machine.target(), named)
    };
    let seen = machine::settings_of(Target::default(), seen);
    let flags = Flags::new(checking.report.said(), settings)?.seeing(seen);
    let workspace = Workspace::new(checking.policies(flags)?, paths);
    let host = facts.map(|facts| workspace.judge_host(facts));
    let checked = workspace.check_all(paths, &checking.progress());
    let scope = workspace
        .scope(paths, None)
        .showing(&checking.config.config);
    finish(&workspace, checked, host, &scope, checking)
}
