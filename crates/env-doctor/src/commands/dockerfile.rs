use linter::Settings;
use workspace::config::Flags;
use workspace::inputs::{Dockerfile, Workspace, dockerfiles};

use crate::Outcome;
use crate::cli::DockerfileOptions;
use crate::finish::finish;

/// Checks Dockerfiles.
pub(crate) fn run(options: &DockerfileOptions) -> anyhow::Result<Outcome> {
    let checking = &options.checking;
    let settings = Settings {
        stage: options.target.clone(),
        build_args: options.build_args.clone(),
        ..checking.settings()?
    };
    let flags = Flags::new(checking.report.said(), settings)?;
    let workspace = Workspace::new(checking.policies(flags)?, &[]);
    let make = |at| Dockerfile {
        at,
        context: options.context.clone(),
        stage: options.target.clone(),
    };
    let found = dockerfiles(&options.paths, make, &workspace);
    checking.can_fix(&found)?;
    let checked = workspace.check(found, &checking.progress());
    let scope = workspace.scope(&options.paths, options.context.as_deref());
    let scope = scope.showing(&checking.config.config);
    finish(&workspace, checked, None, &scope, checking)
}
