//! Links and programs, over any system.

use super::{Kind, Metadata, System, Trouble};

/// As many links as Linux follows.
const LINKS: usize = 40;

/// What a path leads to, links at its end followed: the last path and what stands there.
pub fn resolve(system: &(impl System + ?Sized), path: &str) -> Result<(String, Metadata), Trouble> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let metadata = system.metadata(&path)?;
        let Kind::Link(target) = &metadata.kind else {
            return Ok((path, metadata));
        };
        if !is_plain(target) {
            return Err(Trouble::Absent);
        }
        let folder = parent_of(&path);
        path = if target.starts_with("..") {
            join(&real_folder(system, folder)?, target)
        } else {
            join(folder, target)
        };
    }
    Err(Trouble::Other("too many links".to_owned()))
}

/// A folder without links on the way to it: `..` leads above what they lead to.
pub(super) fn real_folder(
    system: &(impl System + ?Sized),
    folder: &str,
) -> Result<String, Trouble> {
    let mut real = "/".to_owned();
    let mut rest: Vec<String> = parts(folder).rev().collect();
    let mut links = 0;
    while let Some(part) = rest.pop() {
        let next = join(&real, &part);
        if let Kind::Link(target) = system.metadata(&next)?.kind {
            links += 1;
            if links > LINKS {
                return Err(Trouble::Other("too many links".to_owned()));
            }
            if target.starts_with('/') {
                "/".clone_into(&mut real);
            }
            rest.extend(parts(&target).rev());
        } else {
            real = next;
        }
    }
    Ok(real)
}

fn parts(path: &str) -> impl DoubleEndedIterator<Item = String> + '_ {
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
}

/// The path of a program: the first executable file in the folders of `PATH`, then in `further` ones.
pub fn which(system: &(impl System + ?Sized), name: &str, further: &[&str]) -> Option<String> {
    let path = system.variable("PATH").unwrap_or_default();
    let folders = path.split(':').filter(|folder| folder.starts_with('/'));
    let mut folders = folders.chain(further.iter().copied());
    folders.find_map(|folder| {
        let candidate = join(folder, name);
        let (_, metadata) = resolve(system, &candidate).ok()?;
        (metadata.kind == Kind::File && metadata.mode & 0o111 != 0).then_some(candidate)
    })
}

/// Whether a name can stand in a line of its own. Nothing that matters is named otherwise.
pub(super) fn is_plain(name: &str) -> bool {
    name.trim() == name && !name.chars().any(char::is_control)
}

/// The folder of an absolute path.
pub fn parent_of(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(at) => &path[..at],
    }
}

/// The last part of a path.
pub fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path in a folder, without `.` and `..`.
pub(super) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let whole = if path.starts_with('/') { "" } else { folder };
    for part in whole.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::RecordedSystem;
    use super::*;

    #[test]
    fn links_are_followed_and_loops_end() {
        let system = RecordedSystem::from_text(
            "# link: /etc/alternatives/docker -> ../../usr/bin/podman\n\
             # file: /usr/bin/podman [mode 0755]\n\
             # link: /a -> b\n\
             # link: /b -> a\n",
        )
        .unwrap();
        let (path, metadata) = resolve(&system, "/etc/alternatives/docker").unwrap();
        assert_eq!(path, "/usr/bin/podman");
        assert_eq!(metadata.kind, Kind::File);
        assert!(resolve(&system, "/a").is_err());
        assert_eq!(resolve(&system, "/c").unwrap_err(), Trouble::Absent);
    }

    #[test]
    fn programs_are_executable_files_in_absolute_folders() {
        let system = RecordedSystem::from_text(
            "# env: PATH=.:/usr/local/bin:/usr/bin\n\
             # file: /usr/local/bin/docker [mode 0644]\n\
             # link: /usr/bin/docker -> podman\n\
             # file: /usr/bin/podman [mode 0755]\n\
             # file: /opt/bin/nvidia-smi [mode 0755]\n",
        )
        .unwrap();
        assert_eq!(which(&system, "docker", &[]).unwrap(), "/usr/bin/docker");
        assert_eq!(which(&system, "nvidia-smi", &[]), None);
        let found = which(&system, "nvidia-smi", &["/opt/bin"]);
        assert_eq!(found.unwrap(), "/opt/bin/nvidia-smi");
    }
}
