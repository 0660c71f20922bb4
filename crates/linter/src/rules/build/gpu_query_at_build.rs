use std::collections::HashMap;

use source::{Location, Severity};

use crate::derive::environment::StageView;
use crate::derive::image::{RunStep, StepAction};
use crate::derive::shell::Command;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// `RUN nvidia-smi` and its relatives: `docker build` has no GPU.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-query-at-build",
    summary: "a build step asks for a GPU that no build has",
    section: Section::Build,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/gpu-query-at-build.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

/// Python expressions that need a GPU, and whether they raise without one.
const QUERIES: &[(&str, bool)] = &[
    ("torch.cuda.get_device_name", true),
    ("torch.cuda.get_device_capability", true),
    ("torch.cuda.get_device_properties", true),
    ("torch.cuda.current_device", true),
    ("torch.cuda.set_device", true),
    ("torch.cuda.mem_get_info", true),
    ("torch.cuda.init", true),
    ("torch.cuda.is_available", false),
    ("torch.cuda.device_count", false),
    ("list_physical_devices('GPU')", false),
    ("list_physical_devices(\"GPU\")", false),
    ("list_physical_devices(\\\"GPU\\\")", false),
    ("tf.config.list_physical_devices", false),
    ("list_local_devices", false),
    ("tf.test.is_gpu_available", false),
    ("tf.test.gpu_device_name", false),
    ("jax.devices('gpu')", true),
    ("jax.devices(\"gpu\")", true),
    ("jax.devices('cuda')", true),
    ("cupy.cuda.runtime.getDeviceCount", true),
    ("cp.cuda.runtime.getDeviceCount", true),
    ("numba.cuda.gpus", true),
    ("cuda.detect()", true),
    ("pynvml.nvmlInit", true),
];

struct Query {
    at: Location,
    what: String,
    stops: bool,
}

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    for step in stage.own_steps() {
        let StepAction::Run(run) = &step.action else {
            continue;
        };
        if run.device {
            continue;
        }
        for (command, excused) in run.commands.iter().zip(excused(run)) {
            let guarded = excused || command.place().in_condition || command.is_conditional();
            if let Some(query) = query(command)
                && !guarded
            {
                report_query(command, &query, report);
            }
        }
    }
}

fn report_query(command: &Command, query: &Query, report: &mut Report<'_>) {
    let stops = query.stops && !command.place().failure_tolerated;
    let (severity, message) = if stops {
        (
            Severity::Error,
            format!(
                "{} stops the build: no GPU is visible during `docker build`",
                query.what
            ),
        )
    } else {
        (
            Severity::Warning,
            format!(
                "{} finds no GPU during `docker build`, whatever the host has",
                query.what
            ),
        )
    };
    let why = if query.what == "`nvidia-smi`" {
        "nvidia-smi and the driver libraries are mounted when a container starts with a GPU; in a build the shell \
         says \"nvidia-smi: not found\" (exit code 127)"
    } else {
        "RUN steps are executed without the NVIDIA runtime: CUDA reports \"no CUDA-capable device is detected\" or \
         \"Found no NVIDIA driver on your system\""
    };
    report.add(report.with_severity(severity, message, query.at).label("runs while the image is built").why(why).help(
        "run it when the container runs: `docker run --rm --gpus all IMAGE …`, or in the entrypoint; in the build, \
         check `torch.version.cuda` instead",
    ));
}

/// The query that a command makes, if it makes one.
fn query(command: &Command) -> Option<Query> {
    if command.program() == "nvidia-smi" {
        let at = command.invocation.program_word().at();
        return Some(Query {
            at,
            what: "`nvidia-smi`".to_owned(),
            stops: true,
        });
    }
    if !command.is_python() {
        return None;
    }
    let flag = command.args().iter().position(|arg| arg.as_str() == "-c");
    if let Some(code) = flag.and_then(|at| command.args().get(at + 1)) {
        let (range, what, stops) = find(code.as_str())?;
        return Some(Query {
            at: code.locate(range),
            what,
            stops,
        });
    }
    let reads_input = command
        .args()
        .iter()
        .all(|arg| arg.as_str().starts_with('-'));
    let body = command.input.as_ref().filter(|_| reads_input)?;
    let (range, what, stops) = find(body.text())?;
    Some(Query {
        at: Location::new(command.at().file, body.span(range)),
        what,
        stops,
    })
}

fn find(code: &str) -> Option<(std::ops::Range<usize>, String, bool)> {
    let (at, &(expression, raises)) = QUERIES
        .iter()
        .filter_map(|query| Some((code.find(query.0)?, query)))
        .min_by_key(|(at, _)| *at)?;
    let caught = code.contains("except") && code.contains("try:");
    let before = &code[..at];
    let statement = before.rsplit([';', '\n']).next().unwrap_or(before);
    let demanded = statement.contains("assert") || statement.contains("exit(");
    let conditional = statement.contains(" if ") || statement.trim_start().starts_with("if ");
    let name = expression.split('(').next().unwrap_or(expression);
    Some((
        at..at + expression.len(),
        format!("`{name}`"),
        (raises && !conditional || demanded) && !caught,
    ))
}

/// By command, whether `|| …` behind it says that it may fail.
fn excused(run: &RunStep) -> Vec<bool> {
    use dockerfile::shell::Connector;
    // By list, from its end on: whether what comes before the last command seen is excused.
    let mut lists: HashMap<(u32, u32), bool> = HashMap::new();
    let mut found: Vec<bool> = work::each(run.commands.iter().rev())
        .map(|command| {
            let before = lists.entry((command.script, command.shell.depth));
            let before = before.or_default();
            let excused = *before;
            *before = match command.shell.connector {
                Connector::Or => true,
                Connector::Pipe | Connector::And => excused,
                _ => false,
            };
            excused
        })
        .collect();
    found.reverse();
    found
}
