use workspace::config::Flags;
use workspace::inputs::{Workspace, projects, unsaid};

use crate::Outcome;
use crate::cli::ComposeOptions;
use crate::finish::finish;

/// Checks Compose projects.
pub(crate) fn run(options: &ComposeOptions) -> anyhow::Result<Outcome> {
    let checking = &options.checking;
    let flags = Flags::new(checking.report.said(), checking.settings()?)?;
    let given = options.paths.iter().chain(&options.files);
    let named = given.clone().chain(&options.env_files);
    let workspace = Workspace::new(checking.policies(flags)?, named);
    let said = compose::Inputs {
        project_directory: options.project_directory.clone(),
        env_files: options.env_files.clone(),
        profiles: options.profiles.clone(),
        ..unsaid()
    };
    let found = projects(&options.files, &options.paths, said, &workspace);
    checking.can_fix(&found)?;
    let checked = workspace.check(found, &checking.progress());
    let given: Vec<_> = given.cloned().collect();
    let scope = workspace
        .scope(&given, options.project_directory.as_deref())
        .showing(&checking.config.config)
        .showing(&options.env_files)
        .showing(&checked.project_directories());
    finish(&workspace, checked, None, &scope, checking)
}
