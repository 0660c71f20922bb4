//! [environment.yml](https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html):
//! channels, conda packages, and a pip section.

use crate::action::{Action, CondaInstall, PythonTool};
use crate::call::Call;
use crate::conda::specification;
use crate::files::yaml::Node;
use crate::python::builder::{Builder, Opened};
use crate::python::{pip, requirements_file};
use crate::text::Text;

/// Adds what the file lists to the installation. Returned: what its pip section installs.
pub(crate) fn read(call: &Call<'_>, install: &mut CondaInstall, opened: &Opened) -> Vec<Action> {
    let Some(root) = Node::parse(opened.id, opened.file.text()) else {
        return Vec::new();
    };
    let channels = root.get("channels").map(Node::items).unwrap_or_default();
    install
        .channels
        .extend(channels.iter().filter_map(Node::text).cloned());
    let mut found = Vec::new();
    for item in root
        .get("dependencies")
        .map(Node::items)
        .unwrap_or_default()
    {
        match item {
            Node::Scalar(spec) => specification::add(install, spec),
            Node::Map(_) => {
                let lines: Vec<Text> = item
                    .get("pip")
                    .map(Node::items)
                    .unwrap_or_default()
                    .iter()
                    .filter_map(Node::text)
                    .cloned()
                    .collect();
                if !lines.is_empty() {
                    found.push(pip_section(call, install, opened, &lines));
                }
            }
            Node::List(_) | Node::Alias => install.incomplete = true,
        }
    }
    found
}

/// conda writes the list to a requirements file and runs `pip install -U -r` on it.
fn pip_section(call: &Call<'_>, install: &CondaInstall, opened: &Opened, lines: &[Text]) -> Action {
    let mut builder = Builder::new(call, PythonTool::CondaPip, install.options_at);
    pip::environment(&mut builder);
    builder.install.upgrade = true;
    requirements_file::read_lines(&mut builder, opened, lines);
    Action::Python(builder.install)
}

#[cfg(test)]
mod tests {
    use crate::action::{Action, FileState};
    use crate::testing::{World, show};
    use crate::text::Text;

    const ENVIRONMENT: &str = "name: gpu\nchannels: [pytorch, nvidia]\ndependencies:\n  - python=3.10\n  - pytorch==2.1.0\n  - nvidia::cuda-toolkit=12.1\n  \
                               - pip\n  - pip:\n    - --extra-index-url https://x/cu121\n    - flash-attn==2.5.0 # fast\n    - \"-r req.txt\"\n    - -e .\n";

    #[test]
    fn every_way_to_name_the_file() {
        let world = World::new()
            .file("environment.yml", ENVIRONMENT)
            .file("req.txt", "numpy\n");
        for line in [
            "conda env create -f environment.yml",
            "conda env create",
            "conda env update -n base --file=environment.yml --prune",
            "mamba env create -q -f ./environment.yml",
            "micromamba create -y -n x -f environment.yml",
            "micromamba install -y --file environment.yml",
        ] {
            let actions = world.run(line);
            let [Action::Conda(conda), Action::Python(pip)] = actions.as_slice() else {
                panic!("{line}: {actions:?}")
            };
            let packages: Vec<&str> = conda
                .packages
                .iter()
                .map(|package| package.text.as_str())
                .collect();
            assert_eq!(
                packages,
                [
                    "python=3.10",
                    "pytorch==2.1.0",
                    "nvidia::cuda-toolkit=12.1",
                    "pip"
                ],
                "{line}"
            );
            let channels: Vec<&str> = conda.channels.iter().map(Text::as_str).collect();
            assert_eq!(channels, ["pytorch", "nvidia"]);
            assert_eq!(show(&pip.requirements), "flash-attn 2.5.0, numpy");
            assert_eq!(pip.indexes.extra[0].url.as_str(), "https://x/cu121");
            assert_eq!(pip.projects.len(), 1);
            assert_eq!(world.slice(conda.packages[1].name_at), "pytorch");
            assert_eq!(world.slice(pip.requirements[0].name_at), "flash-attn");
        }
        assert_eq!(
            World::new().conda("conda env create -f $").files[0].state,
            FileState::NotAtHand
        );
    }
}
