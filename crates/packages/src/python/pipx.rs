//! pipx: each package in an environment of its own.

use crate::action::{Action, PythonTool, RequirementOrigin};
use crate::call::Call;
use crate::python::builder::Builder;
use crate::python::pip;
use crate::text::Text;
use crate::words::options::{self, Grammar, Line, Spec, flag, parse, parse_head, value};

const OPTIONS: &[Spec] = &[
    value(&["--index-url", "-i"]),
    value(&["--pip-args"]),
    value(&["--python"]),
    value(&["--suffix"]),
    value(&["--spec"]),
    value(&["--preinstall"]),
    value(&["--backend"]),
    value(&["--requirement", "-r"]),
    flag(&["--editable", "-e"]),
    flag(&["--force", "-f"]),
    flag(&["--global"]),
    flag(&["--include-deps"]),
    flag(&["--include-apps"]),
    flag(&["--system-site-packages"]),
    flag(&["--verbose", "-v"]),
    flag(&["--quiet", "-q"]),
];
const GRAMMAR: Grammar = Grammar {
    tables: &[OPTIONS],
    prefixes: true,
};

/// What `pipx` with these arguments does.
pub(crate) fn actions(call: &Call<'_>, args: &[Text]) -> Vec<Action> {
    let Some((mut line, verb, rest)) = options::subcommand(args, &GRAMMAR) else {
        return Vec::new();
    };
    match verb.as_str() {
        "install" | "inject" => {
            line.append(parse(rest, &GRAMMAR));
            // The first word of `inject` is the environment.
            let skip = usize::from(verb.as_str() == "inject");
            let packages = line.operands.get(skip..).unwrap_or_default().to_vec();
            vec![install(call, verb, &line, &packages)]
        }
        "run" => {
            let (head, at) = parse_head(rest, &GRAMMAR);
            line.append(head);
            let package = line.last("--spec").or(rest.get(at)).cloned();
            vec![install(
                call,
                verb,
                &line,
                &package.into_iter().collect::<Vec<_>>(),
            )]
        }
        _ => Vec::new(),
    }
}

fn install(call: &Call<'_>, verb: &Text, line: &Line, packages: &[Text]) -> Action {
    let mut builder = Builder::new(call, PythonTool::Pipx, options::after(verb));
    if line.is_unclear() {
        builder.unknown_word();
    }
    if let Some(python) = line.last("--python") {
        builder.install.python = Some(python.clone());
    }
    pip::environment(&mut builder);
    for args in line.all("--pip-args") {
        if args.has_hole() {
            builder.unknown_word();
        }
        pip::arguments(
            &mut builder,
            &parse(&options::shell_words(args), &pip::PROGRAM),
        );
    }
    if let Some(url) = line.last("--index-url") {
        builder.primary(url, "--index-url");
    }
    for package in packages.iter().chain(line.all("--preinstall")) {
        if line.has("--editable") {
            builder.want_editable(package, &RequirementOrigin::Command);
        } else {
            builder.want(package, &RequirementOrigin::Command);
        }
    }
    Action::Python(builder.install)
}

#[cfg(test)]
mod tests {
    use crate::testing::{World, show};

    #[test]
    fn packages_and_indexes() {
        let install = World::new()
            .python("pipx install --pip-args \"--extra-index-url https://x/cu121\" vllm==0.5");
        assert_eq!(show(&install.requirements), "vllm 0.5");
        assert_eq!(install.indexes.extra[0].url.as_str(), "https://x/cu121");
        assert_eq!(
            show(&World::new().python("pipx inject env torch").requirements),
            "torch"
        );
        assert_eq!(
            show(
                &World::new()
                    .python("pipx run --spec vllm==1 vllm x")
                    .requirements
            ),
            "vllm 1"
        );
    }
}
