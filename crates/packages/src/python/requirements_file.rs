//! [Requirements files](https://pip.pypa.io/en/stable/reference/requirements-file-format/) as pip reads them.

use source::{FileId, Location, Span};

use crate::action::{DependencyFileKind, RequirementOrigin};
use crate::call::Variable;
use crate::python::builder::{Builder, Opened, folder};
use crate::text::Text;
use crate::words::options::{Grammar, Line, Spec, flag, parse, shell_words, trim, value};

/// `-r` within `-r` beyond this is not followed.
const MAX_DEPTH: u32 = 16;

/// What a line may hold besides a requirement.
const OPTIONS: &[Spec] = &[
    value(&["--index-url", "-i", "--pypi-url"]),
    value(&["--extra-index-url"]),
    flag(&["--no-index"]),
    value(&["--constraint", "-c"]),
    value(&["--requirement", "-r"]),
    value(&["--editable", "-e"]),
    value(&["--find-links", "-f"]),
    value(&["--no-binary"]),
    value(&["--only-binary"]),
    flag(&["--prefer-binary"]),
    flag(&["--require-hashes"]),
    flag(&["--no-require-hashes"]),
    flag(&["--pre"]),
    value(&["--all-releases"]),
    value(&["--only-final"]),
    value(&["--trusted-host"]),
    value(&["--use-feature"]),
    value(&["--hash"]),
    value(&["--config-settings", "-C"]),
    value(&["--global-option"]),
    value(&["--install-option"]),
];
const GRAMMAR: Grammar = Grammar {
    tables: &[OPTIONS],
    prefixes: true,
};

/// Reads the file that `-r` or `-c` names.
pub(crate) fn read(builder: &mut Builder<'_>, name: &Text, constraints: bool) {
    read_from(builder, name, "", constraints, 0);
}

fn read_from(builder: &mut Builder<'_>, name: &Text, from: &str, constraints: bool, depth: u32) {
    let kind = if constraints {
        DependencyFileKind::Constraints
    } else {
        DependencyFileKind::Requirements
    };
    let Some(opened) = builder.open(name, from, kind) else {
        return;
    };
    let lines = lines(opened.id, opened.file.text());
    let reader = Reader {
        opened: &opened,
        constraints,
        depth,
    };
    for line in &lines {
        reader.line(builder, line);
    }
}

/// Lines of a list that conda hands to pip, such as the pip section of an environment file.
pub(crate) fn read_lines(builder: &mut Builder<'_>, opened: &Opened, lines: &[Text]) {
    let reader = Reader {
        opened,
        constraints: false,
        depth: 0,
    };
    for line in lines {
        reader.line(builder, line);
    }
}

struct Reader<'o> {
    opened: &'o Opened,
    constraints: bool,
    depth: u32,
}

impl Reader<'_> {
    fn line(&self, builder: &mut Builder<'_>, line: &Text) {
        let line = &expand(builder, line);
        let (requirement, options) = split_options(line);
        let origin = RequirementOrigin::File {
            file: self.opened.id,
        };
        if let Some(requirement) = requirement {
            if self.constraints {
                builder.constrain(&requirement, &origin);
            } else {
                builder.want(&requirement, &origin);
            }
            return;
        }
        let Some(options) = options else { return };
        let line = parse(&shell_words(&options), &GRAMMAR);
        if let Some(path) = line.last("--editable") {
            if self.constraints {
                builder.constrain(path, &origin);
            } else {
                builder.want_editable(path, &origin);
            }
            return;
        }
        let from = folder(&self.opened.path);
        for (option, constraints) in [("--requirement", false), ("--constraint", true)] {
            for name in line.all(option) {
                if self.depth < MAX_DEPTH {
                    read_from(builder, name, from, constraints, self.depth + 1);
                } else {
                    builder.install.incomplete = true;
                }
            }
        }
        self.indexes(builder, &line);
    }

    fn indexes(&self, builder: &mut Builder<'_>, line: &Line) {
        let by = self.opened.path.rsplit('/').next().unwrap_or_default();
        let is_uv = builder.install.tool.is_uv();
        if line.has("--no-index") {
            builder.install.no_index = true;
        }
        if let Some(url) = line.last("--index-url") {
            if !is_uv {
                // pip forgets all indexes that were given before.
                builder.install.indexes.extra.clear();
                builder.primary(url, by);
            } else if builder.install.indexes.primary.is_none() {
                builder.primary(url, by);
            }
        }
        for url in line.all("--extra-index-url") {
            builder.extra(url, by);
        }
        for url in line.all("--find-links") {
            builder.find_links(url, by);
        }
        builder.install.pre |= line.has("--pre");
    }
}

/// The requirement on a line, or its options; options behind a requirement (hashes) choose nothing.
fn split_options(line: &Text) -> (Option<Text>, Option<Text>) {
    let text = line.as_str();
    if text.starts_with('-') {
        return (None, Some(line.clone()));
    }
    let end = text
        .char_indices()
        .find(|&(at, c)| c == '-' && text[..at].ends_with([' ', '\t']))
        .map_or(text.len(), |(at, _)| at);
    (Some(line.slice(trim(text, 0..end))), None)
}

/// Puts in `${NAME}`; what is unset may be set by the base image.
fn expand(builder: &Builder<'_>, line: &Text) -> Text {
    let text = line.as_str();
    if !text.contains("${") {
        return line.clone();
    }
    let mut out = Text::empty(line.at());
    let mut done = 0;
    while let Some(start) = text[done..].find("${").map(|at| done + at) {
        let rest = &text[start + 2..];
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        if length == 0 || !rest[length..].starts_with('}') {
            out.push_text(line, done..start + 2, None);
            done = start + 2;
            continue;
        }
        let end = start + 2 + length + 1;
        out.push_text(line, done..start, None);
        let here = line.locate(start..end);
        match builder.call.variable(&rest[..length]) {
            Variable::Known(value) => out.push_text(&value, value.all(), Some(here)),
            Variable::Unset | Variable::Unknown => out.push_hole(here),
        }
        done = end;
    }
    out.push_text(line, done..text.len(), None);
    out
}

/// Logical lines without comments and blanks around them; empty ones are left out.
pub(crate) fn lines(id: FileId, text: &str) -> Vec<Text> {
    let mut lines = Vec::new();
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut start = if text.starts_with('\u{FEFF}') {
        '\u{FEFF}'.len_utf8()
    } else {
        0
    };
    for raw in text[start..].split_inclusive('\n') {
        let content = raw.trim_end_matches(['\n', '\r']);
        let end = start + content.len();
        let comment = content.starts_with('#') || content.trim_start().starts_with('#');
        if content.ends_with('\\') && !comment {
            parts.push((start, end - 1));
        } else {
            // A comment line ends a continuation and stands apart from it.
            if !comment {
                parts.push((start, end));
            }
            lines.extend(logical(id, text, &parts));
            parts.clear();
        }
        start += raw.len();
    }
    lines.extend(logical(id, text, &parts));
    lines
}

fn logical(id: FileId, text: &str, parts: &[(usize, usize)]) -> Option<Text> {
    let (first, last) = (parts.first()?.0, parts.last()?.1);
    let mut line = Text::empty(Location::new(id, Span::from_usize(first..last)));
    for &(from, to) in parts {
        line.push(
            &text[from..to],
            Some(Location::new(id, Span::from_usize(from..to))),
        );
    }
    let whole = line.as_str();
    let end = comment_start(whole);
    let range = trim(whole, 0..end);
    (!range.is_empty()).then(|| line.slice(range))
}

/// A `#` at the start or behind a blank begins a comment.
fn comment_start(line: &str) -> usize {
    let bytes = line.as_bytes();
    (0..bytes.len())
        .find(|&at| bytes[at] == b'#' && (at == 0 || bytes[at - 1].is_ascii_whitespace()))
        .unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use crate::action::{FileState, RequirementOrigin, VersionSpec};
    use crate::testing::{World, show};

    #[test]
    fn lines_are_read_as_pip_reads_them() {
        let world = World::new().file(
            "requirements.txt",
            "\u{FEFF}# GPU\n--extra-index-url https://x/whl/cu121  # wheels\ntorch==2.1.0+cu121 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n\
             numpy >= 1.24 ; python_version < \"3.12\"   # comment\npywin32; sys_platform == 'win32'\n-e git+https://github.com/o/r#egg=r\n\
             -e ./local\n--find-links=https://y\n\n  \n#only\nrequests[security]\\\n==2.0\n--pre\n",
        );
        let install = world.python("pip install -r requirements.txt");
        assert_eq!(
            show(&install.requirements),
            "torch 2.1.0+cu121, numpy >=1.24, r, requests[security] 2.0"
        );
        assert_eq!(install.indexes.extra[0].url.as_str(), "https://x/whl/cu121");
        assert_eq!(install.indexes.extra[0].by, "requirements.txt");
        assert_eq!(install.indexes.find_links[0].url.as_str(), "https://y");
        assert_eq!(install.projects[0].as_str(), "./local");
        assert!(install.pre && !install.incomplete);
    }

    #[test]
    fn spans_lie_in_the_file() {
        let world = World::new().file("r.txt", "# x\r\ntorch==2.1.0 # y\r\n");
        let install = world.python("pip install -r r.txt");
        let torch = &install.requirements[0];
        assert_eq!(world.slice(torch.name_at), "torch");
        assert_eq!(world.slice(torch.text.at()), "torch==2.1.0");
        let VersionSpec::Exact { text, .. } = &torch.version else {
            panic!()
        };
        assert_eq!(world.slice(text.at()), "2.1.0");
        assert!(matches!(torch.origin, RequirementOrigin::File { .. }));
        assert!(matches!(install.files[0].state, FileState::Read(_)));
    }

    #[test]
    fn nested_files_are_found_beside_the_including_one() {
        let world = World::new()
            .file(
                "req/gpu.txt",
                "-r base.txt\n-c ../pins.txt\ntorch\n-r gpu.txt\n-r gone.txt\n",
            )
            .file("req/base.txt", "numpy\n-r gpu.txt\n")
            .file("req/../pins.txt", "torch==2.1.0\n-i https://x/cu121\n");
        let install = world.python("pip install -r req/gpu.txt");
        assert_eq!(show(&install.requirements), "numpy, torch");
        assert_eq!(show(&install.constraints), "torch 2.1.0");
        assert_eq!(
            install.indexes.primary.unwrap().url.as_str(),
            "https://x/cu121"
        );
        let missing: Vec<_> = install
            .files
            .iter()
            .filter(|file| file.state == FileState::NotAtHand)
            .collect();
        assert_eq!(missing.len(), 1);
        assert_eq!(missing[0].path.as_str(), "gone.txt");
    }

    #[test]
    fn an_index_line_replaces_the_indexes_of_pip_but_not_of_uv() {
        let world = World::new().file("r.txt", "-i https://file\ntorch\n");
        let install = world.python("pip install -i https://a --extra-index-url https://b -r r.txt");
        assert_eq!(
            install.indexes.primary.unwrap().url.as_str(),
            "https://file"
        );
        assert!(install.indexes.extra.is_empty());
    }

    #[test]
    fn variables_are_put_in() {
        let world = World::new()
            .file(
                "r.txt",
                "--index-url https://x/${CUDA}\ntorch==${V}\n${lower}\n",
            )
            .variable("CUDA", Some("cu121"));
        let install = world.python("pip install -r r.txt");
        assert_eq!(
            install.indexes.primary.unwrap().url.as_str(),
            "https://x/cu121"
        );
        assert_eq!(show(&install.requirements), "torch unknown");
        assert!(install.incomplete);
    }

    #[test]
    fn files_that_are_not_at_hand_are_said_to_be() {
        for line in [
            "pip install -r gone.txt",
            "pip install -r $",
            "pip install -r https://x/r.txt",
        ] {
            let install = World::new().python(line);
            assert_eq!(install.files[0].state, FileState::NotAtHand, "{line}");
            assert!(install.may_install_more());
        }
    }
}
