//! Where a Dockerfile's COPY sources and dependency files are looked for.

use camino::{Utf8Path, Utf8PathBuf};

use crate::files::Folders;
use crate::paths::simplify;

/// The directory given, or the Dockerfile's own and then the root of its repository.
pub(crate) fn contexts(
    folders: &Folders,
    file: &Utf8Path,
    given: Option<&Utf8Path>,
) -> Vec<Utf8PathBuf> {
    if let Some(given) = given {
        return vec![given.to_owned()];
    }
    let directory = file.parent().unwrap_or_else(|| Utf8Path::new(""));
    let mut contexts = vec![directory.to_owned()];
    contexts.extend(repository_root(folders, directory));
    contexts
}

/// The nearest parent with `.git`, spelt relative to `directory` so that names stay as the user gave them; `None`
/// where it is `directory` itself, or there is none.
pub fn repository_root(folders: &Folders, directory: &Utf8Path) -> Option<Utf8PathBuf> {
    let full = folders.full(directory.as_std_path())?;
    let full = Utf8Path::from_path(&full)?;
    let root = Utf8Path::from_path(folders.top(full.as_std_path())?)?;
    let depth = full.ancestors().position(|ancestor| ancestor == root)?;
    let up: Utf8PathBuf = std::iter::repeat_n("..", depth).collect();
    let short = simplify(&directory.join(up));
    // Behind a symbolic link, a step up leads elsewhere.
    let same = folders.full(short.as_std_path());
    let same = same.is_some_and(|path| path == root.as_std_path());
    (depth > 0).then(|| if same { short } else { root.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_context_is_the_only_one() {
        let given = contexts(
            &Folders::of_disk(),
            Utf8Path::new("a/Dockerfile"),
            Some(Utf8Path::new("ctx")),
        );
        assert_eq!(given, ["ctx"]);
    }

    #[test]
    fn the_repository_root_follows_the_own_directory() {
        let top = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(top.path())
            .unwrap()
            .canonicalize_utf8()
            .unwrap();
        std::fs::create_dir_all(top.join("docker/gpu")).unwrap();
        std::fs::create_dir(top.join(".git")).unwrap();
        let folders = Folders::of_disk();
        let nested = contexts(&folders, &top.join("docker/gpu/Dockerfile"), None);
        assert_eq!(nested, [top.join("docker/gpu"), top.clone()]);
        assert_eq!(contexts(&folders, &top.join("Dockerfile"), None), [top]);
    }
}
