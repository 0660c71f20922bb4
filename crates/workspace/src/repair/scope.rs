//! What may be written: the files given, and what lies below the directories given. What may be shown: also the
//! repositories that these are in.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::config;
use crate::files::Folders;
use crate::loader::STDIN;

/// The places that the user named.
pub struct Scope {
    looked_up: Arc<Folders>,
    /// Without links.
    files: HashSet<PathBuf>,
    /// Without links.
    folders: Vec<PathBuf>,
    /// Without links; shown, not written.
    shown: Vec<PathBuf>,
}

impl Scope {
    /// Of the paths of a command line; none means the current directory. A file's dependency files may be
    /// written where they lie beside or below it.
    pub(crate) fn new(
        looked_up: &Arc<Folders>,
        paths: &[Utf8PathBuf],
        context: Option<&Utf8Path>,
    ) -> Self {
        let mut scope = Self {
            looked_up: Arc::clone(looked_up),
            files: HashSet::new(),
            folders: Vec::new(),
            shown: Vec::new(),
        };
        if paths.is_empty() {
            scope.folder(Utf8Path::new(""));
        }
        for path in paths {
            if path == "-" {
                scope.folder(Utf8Path::new(""));
            } else if looked_up.is_folder(path) {
                scope.folder(path);
            } else {
                scope.files.extend(looked_up.real(path.as_std_path()));
                scope.folder(path.parent().unwrap_or_else(|| Utf8Path::new("")));
            }
        }
        if let Some(context) = context {
            scope.folder(context);
        }
        let tops = scope
            .folders
            .iter()
            .filter_map(|folder| looked_up.top(folder));
        scope.shown = tops.map(Path::to_owned).collect();
        scope
    }

    /// Shows these files as well, which the user named to be read only.
    #[must_use]
    pub fn showing<'a>(mut self, files: impl IntoIterator<Item = &'a Utf8PathBuf>) -> Self {
        let files = files.into_iter();
        let real = files.filter_map(|file| self.looked_up.real(file.as_std_path()).ok());
        self.shown.extend(real);
        self
    }

    fn folder(&mut self, path: &Utf8Path) {
        self.folders.extend(self.looked_up.full(path.as_std_path()));
    }

    /// Whether the file of this name may be changed; links lead to where they lead.
    pub(crate) fn contains(&self, name: &str) -> bool {
        if name == STDIN {
            return true;
        }
        let path = self.looked_up.real(Path::new(name));
        path.is_ok_and(|path| self.holds(&path))
    }

    fn holds(&self, path: &Path) -> bool {
        self.files.contains(path) || self.folders.iter().any(|folder| path.starts_with(folder))
    }

    /// Whether what the file of this name says may be shown; links lead to where they lead.
    pub(crate) fn shows(&self, name: &str) -> bool {
        if name == STDIN {
            return true;
        }
        let Ok(path) = self.looked_up.real(Path::new(name)) else {
            return false;
        };
        self.holds(&path)
            || self.shown.iter().any(|shown| path.starts_with(shown))
            || self.configures(&path)
    }

    /// Whether this is a configuration of what was given, in a directory above it.
    fn configures(&self, path: &Path) -> bool {
        let folder = path.parent().unwrap_or(path);
        config::is_file_name(path) && self.folders.iter().any(|given| given.starts_with(folder))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_what_was_named_may_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for name in [
            "app/Dockerfile",
            "app/sub/requirements.txt",
            "other/requirements.txt",
        ] {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let scope = Scope::new(&Folders::of_disk(), &[root.join("app/Dockerfile")], None);
        let may = |scope: &Scope, name: &str| scope.contains(root.join(name).as_str());
        assert!(may(&scope, "app/Dockerfile"));
        assert!(may(&scope, "app/sub/requirements.txt"));
        assert!(!may(&scope, "other/requirements.txt"));
        assert!(!may(&scope, "app/../other/requirements.txt"));
        assert!(!may(&scope, "app/missing"));
        assert!(may(
            &Scope::new(&Folders::of_disk(), &[root.to_owned()], None),
            "other/requirements.txt"
        ));
    }

    #[test]
    fn the_repository_of_what_was_named_may_be_shown() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs::create_dir_all(root.join("app/.git")).unwrap();
        fs::create_dir_all(root.join("app/docker")).unwrap();
        for name in [
            "app/docker/Dockerfile",
            "app/r.txt",
            "s.txt",
            "env-doctor.toml",
        ] {
            fs::write(root.join(name), "").unwrap();
        }
        let scope = Scope::new(
            &Folders::of_disk(),
            &[root.join("app/docker/Dockerfile")],
            None,
        );
        let shows = |scope: &Scope, name: &str| scope.shows(root.join(name).as_str());
        assert!(shows(&scope, "app/r.txt") && shows(&scope, "env-doctor.toml"));
        assert!(!scope.contains(root.join("app/r.txt").as_str()));
        assert!(!shows(&scope, "s.txt") && !shows(&scope, "app/missing"));
        assert!(shows(&scope.showing([&root.join("s.txt")]), "s.txt"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_counts_as_what_it_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs::create_dir(root.join("app")).unwrap();
        fs::write(root.join("shared"), "").unwrap();
        std::os::unix::fs::symlink("../shared", root.join("app/Dockerfile")).unwrap();
        let name = root.join("app/Dockerfile");
        assert!(
            !Scope::new(&Folders::of_disk(), &[root.join("app")], None).contains(name.as_str())
        );
        let given = std::slice::from_ref(&name);
        assert!(Scope::new(&Folders::of_disk(), given, None).contains(name.as_str()));
    }
}
