//! uv's environments of their own: `uv run --with`, `uv tool install`, `uvx`.

use crate::action::{Action, FileState, PythonInstall, PythonTool, RequirementOrigin};
use crate::call::Call;
use crate::python::builder::Builder;
use crate::python::requirements_file;
use crate::python::uv::options::{GLOBAL, RESOLVE, resolution, torch_backend};
use crate::python::uv::project::{PROJECT, project};
use crate::text::{HOLE, Text};
use crate::words::options::{self, Grammar, Line, Spec, flag, parse, parse_head, value};

/// Options of `uv run` and of tools.
const WITH: &[Spec] = &[
    value(&["--with", "-w"]),
    value(&["--with-requirements"]),
    value(&["--with-editable"]),
    value(&["--with-executables-from"]),
    value(&["--from"]),
    value(&["--constraints", "-c", "--constraint"]),
    value(&["--overrides", "--override"]),
    value(&["--excludes"]),
    value(&["--build-constraints", "-b", "--build-constraint"]),
    flag(&["--module", "-m"]),
    flag(&["--script", "-s"]),
    flag(&["--editable", "-e"]),
    flag(&["--force"]),
];

pub(crate) const RUNNING: Grammar = Grammar {
    tables: &[GLOBAL, RESOLVE, PROJECT, WITH],
    prefixes: false,
};

/// `uv run [options] command`: brings the project up to date and adds `--with` before the command runs.
pub(crate) fn run_command(
    call: &Call<'_>,
    mut line: Line,
    verb: &Text,
    rest: &[Text],
) -> Vec<Action> {
    line.append(parse_head(rest, &RUNNING).0);
    let mut found = Vec::new();
    let syncs = !["--no-project", "--no-sync", "--isolated", "--script"]
        .iter()
        .any(|option| line.has(option))
        && call.switch("UV_NO_SYNC") != Some(true);
    if syncs {
        let mut builder = Builder::new(call, PythonTool::UvSync, options::after(verb));
        resolution(&mut builder, &line);
        project(&mut builder, &line, verb, true);
        // Without a project `uv run` only runs.
        if builder
            .install
            .files
            .iter()
            .any(|file| file.state != FileState::NotAtHand)
        {
            found.push(Action::Python(builder.install));
        }
    }
    if let Some(with) = with(call, &line, verb) {
        found.push(Action::Python(with));
    }
    found
}

/// `--with` and its kin.
fn with(call: &Call<'_>, line: &Line, verb: &Text) -> Option<PythonInstall> {
    if !["--with", "--with-requirements", "--with-editable"]
        .iter()
        .any(|option| line.has(option))
    {
        return None;
    }
    let mut builder = Builder::new(call, PythonTool::UvTool, options::after(verb));
    resolution(&mut builder, line);
    torch_backend(&mut builder, line);
    add_with(&mut builder, line);
    Some(builder.install)
}

fn add_with(builder: &mut Builder<'_>, line: &Line) {
    for list in line.all("--with") {
        // A comma separates requirements, but also extras and specifiers: it only counts before a name.
        for piece in requirements_in(list) {
            builder.want(&piece, &RequirementOrigin::Command);
        }
    }
    for path in line.all("--with-requirements") {
        requirements_file::read(builder, path, false);
    }
    for path in line.all("--with-editable") {
        builder.want_editable(path, &RequirementOrigin::Command);
    }
    for path in line.all("--constraints").chain(line.all("--overrides")) {
        requirements_file::read(builder, path, true);
    }
}

fn requirements_in(list: &Text) -> Vec<Text> {
    let text = list.as_str();
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut brackets = 0_u32;
    for (at, c) in text.char_indices() {
        match c {
            '[' => brackets += 1,
            ']' => brackets = brackets.saturating_sub(1),
            ',' if brackets == 0 => {
                let next = text[at + 1..].trim_start();
                if next.starts_with(|c: char| {
                    c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | HOLE)
                }) {
                    pieces.push(list.slice(start..at));
                    start = at + 1;
                }
            }
            _ => {}
        }
    }
    pieces.push(list.slice(start..text.len()));
    pieces
}

/// `uv tool install PACKAGE`, `uvx PACKAGE args…`: an environment of its own.
pub(crate) fn tool(call: &Call<'_>, verb: &Text, rest: &[Text]) -> Vec<Action> {
    let (line, at) = if verb.as_str() == "install" {
        (parse(rest, &RUNNING), 0)
    } else {
        parse_head(rest, &RUNNING)
    };
    let operand = if verb.as_str() == "install" {
        line.operands.first()
    } else {
        rest.get(at)
    };
    let from = line.last("--from");
    if operand.is_none() && from.is_none() {
        return Vec::new();
    }
    let mut builder = Builder::new(call, PythonTool::UvTool, options::after(verb));
    resolution(&mut builder, &line);
    torch_backend(&mut builder, &line);
    if let Some(word) = from.or(operand) {
        let word = at_version(word);
        if line.has("--editable") {
            builder.want_editable(&word, &RequirementOrigin::Command);
        } else {
            builder.want(&word, &RequirementOrigin::Command);
        }
    }
    add_with(&mut builder, &line);
    vec![Action::Python(builder.install)]
}

/// `ruff@0.5.0` asks for `ruff==0.5.0`, `ruff@latest` for the newest.
fn at_version(word: &Text) -> Text {
    let text = word.as_str();
    let Some((name, version)) = text.split_once('@') else {
        return word.clone();
    };
    if name.is_empty() || name.contains(['/', ':', ' ', '=']) || version.contains(['/', ' ']) {
        return word.clone();
    }
    let mut out = word.slice(0..name.len());
    if version != "latest" {
        out.push("==", None);
        out.push_text(word, name.len() + 1..text.len(), None);
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::action::PythonTool;
    use crate::testing::{World, show};

    #[test]
    fn running() {
        let install =
            World::new().python("uv run --with torch==2.1,numpy>=1,<2 --no-project python main.py");
        assert_eq!(
            (install.tool, show(&install.requirements).as_str()),
            (PythonTool::UvTool, "torch 2.1, numpy >=1,<2")
        );
        let world = World::new().file(
            "pyproject.toml",
            "[project]\nname='x'\ndependencies=['numpy']\n",
        );
        assert_eq!(world.run("uv run --no-sync pip install torch").len(), 1);
        assert_eq!(world.run("uv run pip install torch").len(), 2);
        assert_eq!(world.run("uv run -m pip install torch").len(), 2);
    }

    #[test]
    fn tools() {
        for (line, requirements) in [
            ("uvx vllm serve model", "vllm"),
            (
                "uvx --with torch==2.1 vllm@0.5.0 serve",
                "vllm 0.5.0, torch 2.1",
            ),
            ("uvx --from vllm[x]==0.5 vllm", "vllm[x] 0.5"),
            ("uv tool install --with torch vllm@latest", "vllm, torch"),
            ("uv tool run -p 3.11 vllm", "vllm"),
        ] {
            let install = World::new().python(line);
            assert_eq!(install.tool, PythonTool::UvTool);
            assert_eq!(show(&install.requirements), requirements, "{line}");
        }
        assert!(World::new().run("uv tool list").is_empty());
    }
}
