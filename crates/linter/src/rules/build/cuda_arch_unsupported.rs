use facts::arch::{self, Compiles};
use facts::{ComputeCapability, CudaVersion};
use packages::text::Text;
use source::Severity;

use crate::derive::effects::{Program, RunCommand, Topic};
use crate::derive::environment::StageView;
use crate::derive::image::StepAction;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// An architecture that the stage's nvcc does not know.
pub(crate) static RULE: Rule = Rule {
    name: "cuda-arch-unsupported",
    summary: "a GPU architecture that the stage's CUDA cannot compile for",
    section: Section::Build,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/cuda-arch-unsupported.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(toolkit) = stage.compiler() else {
        return;
    };
    let compiler = Compiler {
        stage,
        toolkit,
        strict: stage
            .compiles()
            .any(|compile| compile.certain && compile.torch_extension),
        used: stage.compiles().next().is_some() || stage.is_opaque(Topic::Compile),
    };
    for step in stage.own_steps() {
        match &step.action {
            StepAction::Env(settings) => {
                for setting in settings.iter().filter(|setting| {
                    matches!(
                        setting.name.as_str(),
                        "TORCH_CUDA_ARCH_LIST" | "CUDAARCHS" | "CMAKE_CUDA_ARCHITECTURES"
                    )
                }) {
                    compiler.list(
                        &setting.value,
                        0,
                        setting.name != "CMAKE_CUDA_ARCHITECTURES",
                        report,
                    );
                }
            }
            StepAction::Run(run) => {
                for command in &run.commands {
                    compiler.in_command(command, report);
                }
            }
            _ => {}
        }
    }
}

/// The compiler of a stage, and what is known about its use.
struct Compiler<'m> {
    stage: StageView<'m>,
    toolkit: CudaVersion,
    /// Something surely compiles for every architecture of a list; builds such as vLLM's take from it what their
    /// compiler knows.
    strict: bool,
    /// Something compiles, or may.
    used: bool,
}

impl Compiler<'_> {
    fn in_command(&self, command: &RunCommand, report: &mut Report<'_>) {
        for assignment in &command.shell.assignments {
            if matches!(
                assignment.name.as_str(),
                "TORCH_CUDA_ARCH_LIST" | "CUDAARCHS"
            ) && let Some(Some(value)) = command.invocation.variable(&assignment.name)
            {
                self.list(value, 0, true, report);
            }
        }
        // A `sed` or `echo` that mentions an architecture compiles nothing.
        let compiles = command.effects.program == Program::BuildTool
            || command
                .args()
                .iter()
                .any(|arg| arg.as_str().ends_with("setup.py"));
        for arg in command.args().iter().filter(|_| compiles) {
            let text = arg.as_str();
            if text.contains("CMAKE_CUDA_ARCHITECTURES")
                && let Some(at) = text.find('=')
            {
                self.list(arg, at + 1, false, report);
            }
            // `-gencode=arch=compute_86,code=sm_86`, `-arch=sm_86`.
            let mut from = 0;
            while let Some(found) = text[from..].find("sm_") {
                let start = from + found;
                let end = start
                    + 3
                    + text[start + 3..]
                        .find(|c: char| !c.is_ascii_digit())
                        .unwrap_or(text.len() - start - 3);
                self.one(arg, start..end, false, report);
                from = end;
            }
        }
    }

    /// A list of capabilities from `from` on.
    fn list(&self, value: &Text, from: usize, for_torch: bool, report: &mut Report<'_>) {
        let mut start = from;
        for part in value.as_str()[from..].split([';', ' ', ',']) {
            let range = start..start + part.len();
            start = range.end + 1;
            if !part.is_empty() {
                self.one(value, range, for_torch, report);
            }
        }
    }

    fn one(
        &self,
        text: &Text,
        range: std::ops::Range<usize>,
        for_torch: bool,
        report: &mut Report<'_>,
    ) {
        let word = text.as_str()[range.clone()].trim_matches(['"', '\'']);
        let Some(capability) =
            ComputeCapability::parse(word.trim_end_matches("-real").trim_end_matches("-virtual"))
        else {
            return;
        };
        let toolkit = self.toolkit;
        let (message, help) = match arch::compiles(toolkit, capability) {
            Some(Compiles::RemovedAfter(_)) if for_torch && !self.strict => return,
            Some(Compiles::NeedsNewer(_)) if for_torch && !self.used => return,
            Some(Compiles::NeedsNewer(first)) => (
                format!(
                    "CUDA {toolkit} cannot compile for compute capability {capability}: that needs CUDA {first}"
                ),
                format!("use an image with CUDA {first} or later, or leave {capability} out"),
            ),
            Some(Compiles::RemovedAfter(last)) => (
                format!(
                    "CUDA {toolkit} no longer compiles for compute capability {capability}: CUDA {last} was the last"
                ),
                format!("use an image with CUDA {last}, or leave {capability} out"),
            ),
            _ => return,
        };
        report.add(
            report
                .finding(message, text.locate(range))
                .label(format!("unknown to nvcc {toolkit}"))
                .related(self.stage.image_at(), format!("CUDA {toolkit}"))
                .why("the build stops: \"nvcc fatal : Unsupported gpu architecture\"")
                .help(help),
        );
    }
}
