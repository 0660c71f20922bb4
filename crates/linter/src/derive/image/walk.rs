//! From the grammar to the model: one pass over the instructions, variables carried along.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use camino::Utf8Path;
use dockerfile::{Dockerfile, Instruction, Kind, Word};
use facts::image::Accelerator;
use facts::pypi::Machine;
use packages::PackageContext;
use packages::action::Action;
use packages::program::{base_name, is_shell};
use packages::text::Text;
use source::{FileId, Location, Sources};

use super::base::BaseImage;
use super::files::{BuildFiles, CopyRecord};
use super::stage::{
    Base, CopyFrom, CopyStep, MAX_ANCESTORS, RunStep, Setting, Stage, Step, StepAction,
};
use crate::derive::effects::{Effects, Program, RunCommand, housekeeping};
use crate::derive::known::Known;
use crate::derive::loader::Loader;
use crate::derive::note::Note;
use crate::derive::settings::{DockerfileInput, Settings};
use crate::derive::shell::{self, Binding, Command, Origin, Reader, Scope};
use crate::derive::target::Platform;

/// Arguments that `BuildKit` sets itself; their values depend on the builder.
const PLATFORM_ARGS: &[&str] = &[
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
];

/// Variables of the image that later questions ask of a command.
const KEPT_VARIABLES: &[&str] = &[
    "BUILD_CUDA_EXT",
    "CMAKE_ARGS",
    "CMAKE_CUDA_ARCHITECTURES",
    "CONDA_OVERRIDE_CUDA",
    "CT_CUBLAS",
    "CUDAARCHS",
    "CUDA_VISIBLE_DEVICES",
    "FLASH_ATTENTION_SKIP_CUDA_BUILD",
    "FORCE_CMAKE",
    "FORCE_CUDA",
    "MAX_JOBS",
    "NO_CUDA",
    "PIP_NO_BUILD_ISOLATION",
    "TCNN_CUDA_ARCHITECTURES",
    "TORCH_CUDA_ARCH_LIST",
    "USE_CUDA",
    "VLLM_TARGET_DEVICE",
    "VLLM_USE_PRECOMPILED",
];

/// What is said of a file whose variables put in more than there is room for.
const TOO_MUCH: &str = "too much to check: its variables put in more than 16 MiB; what they hold beyond that is unknown";

/// What the walk produces.
pub(crate) struct Walked {
    /// In source order.
    pub stages: Vec<Stage>,
    /// What could not be known.
    pub notes: Vec<Note>,
}

/// Walks `dockerfile`, reading dependency files through `loader` into `sources`.
pub(crate) fn walk(
    dockerfile: &Dockerfile,
    sources: &mut Sources,
    input: &DockerfileInput,
    loader: &dyn Loader,
    settings: &Settings,
) -> Walked {
    let name = sources.get(input.file).name().to_owned();
    let mut walker = Walker {
        file: input.file,
        global: Scope::new(input.file),
        build_args: build_args(settings, input.file),
        names: HashMap::new(),
        stages: Vec::new(),
        ends: Vec::new(),
        notes: Vec::new(),
        files: BuildFiles::new(RefCell::new(sources), loader, &input.contexts),
        current: None,
        known: &settings.known,
        target: settings.target.platform.as_ref(),
    };
    for name in PLATFORM_ARGS {
        walker.global.set(name, None, Origin::Arg);
    }
    for (index, instruction) in dockerfile.instructions.iter().enumerate() {
        walker.instruction(index, instruction);
    }
    walker.finish_stage();
    if walker.global.is_used_up() {
        loader.refuse(Utf8Path::new(&name), TOO_MUCH);
    }
    Walked {
        stages: walker.stages,
        notes: walker.notes,
    }
}

fn build_args(settings: &Settings, file: FileId) -> HashMap<String, Text> {
    let nowhere = Location::new(file, source::Span::default());
    let text = |value: &str| {
        let mut text = Text::empty(nowhere);
        text.push(value, None);
        text
    };
    settings
        .build_args
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

/// What a finished stage hands to those that start from it.
struct StageEnd {
    scope: Arc<Scope>,
    directory: Option<String>,
    readable_shell: bool,
}

/// The stage being read.
struct Current {
    stage: Stage,
    scope: Scope,
    directory: Option<String>,
    readable_shell: bool,
}

struct Walker<'a> {
    file: FileId,
    global: Scope,
    build_args: HashMap<String, Text>,
    /// Stage by lower-case name; the last of a name wins.
    names: HashMap<String, usize>,
    stages: Vec<Stage>,
    ends: Vec<StageEnd>,
    notes: Vec<Note>,
    files: BuildFiles<'a>,
    current: Option<Current>,
    known: &'a Known,
    /// The platform that the user names.
    target: Option<&'a Platform>,
}

impl Walker<'_> {
    fn at(&self, span: source::Span) -> Location {
        Location::new(self.file, span)
    }

    fn instruction(&mut self, index: usize, instruction: &Instruction) {
        if let Kind::From(from) = &instruction.kind {
            self.finish_stage();
            self.start_stage(index, from);
            return;
        }
        let Some(mut current) = self.current.take() else {
            if let Kind::Arg(declarations) = &instruction.kind {
                self.global_args(declarations);
            }
            return;
        };
        let action = self.step(instruction, &mut current);
        current.stage.steps.push(Step {
            instruction: index,
            action,
        });
        self.current = Some(current);
    }

    fn global_args(&mut self, declarations: &[dockerfile::ArgDeclaration]) {
        for declaration in declarations {
            let value = match (self.build_args.get(&declaration.name), &declaration.default) {
                (Some(given), _) => self.global.copied(Some(given)),
                (None, Some(default)) => Some(self.global.expand(default)),
                (None, None) => self.global.value(&declaration.name).cloned(),
            };
            self.global.set(&declaration.name, value, Origin::Arg);
        }
    }

    fn start_stage(&mut self, index: usize, from: &dockerfile::From) {
        let image = self.global.expand(&from.image);
        let platform = from.platform.as_ref().map(|word| self.global.expand(word));
        let name = from.name.as_ref().map(|name| name.raw.to_ascii_lowercase());
        let parent = image
            .known()
            .and_then(|text| self.names.get(&text.to_ascii_lowercase()))
            .copied();
        let base = match image.known() {
            _ if parent.is_some() => Base::Stage(parent.unwrap_or_default()),
            Some("scratch") => Base::Scratch,
            Some(text) => BaseImage::resolve(text, self.known).map_or_else(
                || Base::Unknown(format!("`{text}` is no image name")),
                |image| Base::Image(Box::new(image)),
            ),
            None => {
                let missing = format!("FROM {} has no known value", from.image.raw);
                let is_withheld = self.build_args.values().any(|text| text.known().is_none());
                let hint = if is_withheld {
                    "a value that is given is in no table and counts as private"
                } else {
                    "pass --build-arg"
                };
                self.notes.push(Note {
                    location: self.at(from.image.span),
                    text: format!("{missing}; base image unknown ({hint})"),
                });
                Base::Unknown(missing)
            }
        };
        self.files.start_stage(parent);
        let number = self.stages.len();
        let start = parent.and_then(|parent| self.stages.get(parent));
        let root = start.map_or(number, |parent| parent.root);
        let ancestors = start.map_or(0, |parent| parent.ancestors + 1);
        let end = parent
            .filter(|_| ancestors <= MAX_ANCESTORS)
            .and_then(|parent| self.ends.get(parent));
        let (scope, directory, readable_shell) = match (&base, end) {
            (_, Some(end)) => (
                Scope::above(&end.scope),
                end.directory.clone(),
                end.readable_shell,
            ),
            (Base::Image(image), None) => (
                image_scope(image, self.global.emptied(), self.file),
                Some("/".to_owned()),
                !image.is_windows(),
            ),
            _ => (self.global.emptied(), Some("/".to_owned()), true),
        };
        let machine = start.map_or_else(
            || self.machine(&base, platform.as_ref()),
            |parent| parent.machine,
        );
        let stage = Stage {
            index: number,
            name,
            instruction: index,
            image,
            base,
            root,
            ancestors,
            platform,
            machine,
            steps: Vec::new(),
        };
        self.current = Some(Current {
            stage,
            scope,
            directory,
            readable_shell,
        });
    }

    /// The machine of a stage that starts from an image.
    fn machine(&self, base: &Base, platform: Option<&Text>) -> Machine {
        let jetson =
            matches!(base, Base::Image(image) if image.accelerator() == Some(Accelerator::Jetson));
        let target = self.target.map(ToString::to_string);
        let platform = platform.and_then(Text::known).or(target.as_deref());
        let arm = |platform: &str| platform.contains("arm64") || platform.contains("aarch64");
        if jetson || platform.is_some_and(arm) {
            Machine::Aarch64
        } else {
            Machine::X86_64
        }
    }

    fn finish_stage(&mut self) {
        let Some(current) = self.current.take() else {
            return;
        };
        if let Some(name) = &current.stage.name {
            self.names.insert(name.clone(), current.stage.index);
        }
        self.stages.push(current.stage);
        self.ends.push(StageEnd {
            scope: Arc::new(current.scope),
            directory: current.directory,
            readable_shell: current.readable_shell,
        });
        self.files.finish_stage();
    }

    fn step(&mut self, instruction: &Instruction, current: &mut Current) -> StepAction {
        match &instruction.kind {
            Kind::Arg(declarations) => {
                self.stage_args(declarations, &mut current.scope);
                StepAction::Other
            }
            Kind::Env(pairs) => StepAction::Env(self.env(pairs, &mut current.scope)),
            Kind::Workdir(path) => {
                let path = current.scope.expand(path);
                current.directory = path
                    .known()
                    .and_then(|to| shell::join(current.directory.as_deref(), to));
                StepAction::Other
            }
            Kind::Shell(words) => {
                current.readable_shell = words
                    .iter()
                    .any(|word| word.literal().is_some_and(|w| is_shell(base_name(&w))));
                StepAction::Other
            }
            Kind::Copy(copy) | Kind::Add(copy) => {
                let step = self.copy(instruction, copy, current);
                Self::copied_configuration(&step, &mut current.scope);
                StepAction::Copy(step)
            }
            Kind::Run(run) => StepAction::Run(self.run(instruction, run, current)),
            Kind::Cmd(run) | Kind::Entrypoint(run) => {
                let mut commands = Vec::new();
                if current.readable_shell {
                    let reader =
                        Reader::new(self.file, &mut current.scope, current.directory.clone());
                    commands = reader.read(run, &instruction.heredocs);
                }
                let started = commands.into_iter().map(|command| RunCommand {
                    effects: Effects::of(&command, Vec::new(), self.known),
                    command,
                });
                StepAction::Start(started.collect())
            }
            _ => StepAction::Other,
        }
    }

    fn stage_args(&self, declarations: &[dockerfile::ArgDeclaration], scope: &mut Scope) {
        for declaration in declarations {
            let name = &declaration.name;
            let value = match (
                self.build_args.get(name),
                &declaration.default,
                self.global.get(name),
            ) {
                (Some(given), _, _) => scope.copied(Some(given)),
                (None, Some(default), _) => Some(scope.expand(default)),
                (None, None, Some(Binding { value, .. })) => scope.copied(value.as_ref()),
                (None, None, None) => scope.value(name).cloned(),
            };
            scope.declare_arg(name, value);
        }
    }

    fn env(&self, pairs: &[dockerfile::EnvPair], scope: &mut Scope) -> Vec<Setting> {
        // BuildKit expands all pairs of one instruction with the values from before it.
        let settings: Vec<Setting> = pairs
            .iter()
            .filter_map(|pair| {
                let name = scope.expand(&pair.key).known()?.to_owned();
                Some(Setting {
                    before: scope.get(&name).map(|binding| binding.value.clone()),
                    name,
                    name_at: self.at(pair.key.span),
                    value: scope.expand(&pair.value),
                    at: self.at(pair.span),
                })
            })
            .collect();
        for setting in &settings {
            let known = Some(setting.value.clone()).filter(|value| !value.has_hole());
            scope.set(&setting.name, known, Origin::Env);
        }
        settings
    }

    fn copy(
        &mut self,
        instruction: &Instruction,
        copy: &dockerfile::Copy,
        current: &Current,
    ) -> CopyStep {
        let expand = |word: &Word| current.scope.expand(word);
        let from = match copy.from.as_ref().map(expand) {
            None => CopyFrom::Context,
            Some(name) => self.stage_named(&name),
        };
        let destination = expand(&copy.destination);
        let path = destination
            .known()
            .and_then(|to| shell::join(current.directory.as_deref(), to));
        let sources: Vec<Text> = copy.sources.iter().map(expand).collect();
        if let Some(path) = &path {
            self.files.record(CopyRecord {
                from: from.clone(),
                sources: sources
                    .iter()
                    .filter_map(|text| text.known().map(str::to_owned))
                    .collect(),
                destination: path.clone(),
                into_directory: sources.len() > 1 || destination.as_str().ends_with(['/', '.']),
                literal: instruction.heredocs.is_empty(),
            });
        }
        CopyStep {
            from,
            sources,
            destination,
            path,
        }
    }

    /// A pip configuration file brought into the image names indexes that we do not see.
    fn copied_configuration(step: &CopyStep, scope: &mut Scope) {
        let is_configuration =
            |text: &Text| PIP_FILES.iter().any(|name| text.as_str().ends_with(name));
        if step
            .sources
            .iter()
            .chain([&step.destination])
            .any(is_configuration)
        {
            scope.set("PIP_INDEX_URL", None, Origin::Image);
        }
    }

    fn stage_named(&self, name: &Text) -> CopyFrom {
        let Some(name) = name.known() else {
            return CopyFrom::Unknown;
        };
        if let Some(&stage) = self.names.get(&name.to_ascii_lowercase()) {
            return CopyFrom::Stage(stage);
        }
        match name.parse::<usize>() {
            Ok(number) if number < self.stages.len() => CopyFrom::Stage(number),
            Ok(_) => CopyFrom::Unknown,
            Err(_) => CopyFrom::Image(name.to_owned()),
        }
    }

    fn run(
        &mut self,
        instruction: &Instruction,
        run: &dockerfile::Run,
        current: &mut Current,
    ) -> RunStep {
        let device = instruction.flag("device").is_some();
        if !current.readable_shell || instruction.too_long {
            self.files.forget_everything();
            return RunStep {
                commands: Vec::new(),
                device,
                readable: false,
            };
        }
        self.mounts(instruction, current);
        let reader = Reader::new(self.file, &mut current.scope, current.directory.clone());
        let read = reader.read(run, &instruction.heredocs);
        let mut commands = Vec::with_capacity(read.len());
        for command in read {
            let command = self.understand(command, &current.scope, current.stage.machine);
            configure_pip(&command, &mut current.scope);
            commands.push(command);
        }
        know_piped_installers(&mut commands);
        self.files.unmount();
        RunStep {
            commands,
            device,
            readable: true,
        }
    }

    /// Bind mounts bring context files into one RUN.
    fn mounts(&mut self, instruction: &Instruction, current: &Current) {
        for flag in instruction.flags.iter().filter(|flag| flag.name == "mount") {
            let Some(value) = flag.value.as_ref().map(|word| current.scope.expand(word)) else {
                continue;
            };
            let Some(options) = value.known() else {
                continue;
            };
            let field = |names: &[&str]| {
                options.split(',').find_map(|option| {
                    let (key, value) = option.split_once('=')?;
                    names.contains(&key).then(|| value.to_owned())
                })
            };
            if field(&["type"]).is_some_and(|kind| kind != "bind") {
                continue;
            }
            let from = match field(&["from"]) {
                None => CopyFrom::Context,
                Some(name) => {
                    let mut text = Text::empty(value.at());
                    text.push(&name, None);
                    self.stage_named(&text)
                }
            };
            let target = field(&["target", "dst", "destination"]).unwrap_or_default();
            let Some(destination) = shell::join(current.directory.as_deref(), &target) else {
                continue;
            };
            let source = field(&["source", "src"]).unwrap_or_else(|| ".".to_owned());
            self.files.mount(CopyRecord {
                from,
                sources: vec![source],
                destination,
                into_directory: false,
                literal: true,
            });
        }
    }

    fn understand(&mut self, mut command: Command, scope: &Scope, machine: Machine) -> RunCommand {
        for name in KEPT_VARIABLES {
            if command.invocation.variable(name).is_none()
                && let Some(binding) = scope.get(name)
            {
                command.invocation.environment.insert(
                    0,
                    ((*name).to_owned(), scope.copied(binding.value.as_ref())),
                );
            }
        }
        let mut actions = Vec::new();
        if packages::understands(&command.invocation) {
            let lookup = |name: &str| scope.get(name).map(|binding| binding.value.clone());
            self.files.enter(command.directory.clone());
            let context = PackageContext {
                environment: &lookup,
                files: &self.files,
                machine: Some(machine.name()),
                package_of: facts::repository_name::package_of,
            };
            actions = packages::actions(&command.invocation, &context);
        }
        if actions.is_empty() {
            self.files.notice(&command);
        }
        RunCommand {
            effects: Effects::of(&command, actions, self.known),
            command,
        }
    }
}

/// `curl -LsSf https://astral.sh/uv/install.sh | sh`: the shell does what the address says.
fn know_piped_installers(commands: &mut [RunCommand]) {
    for index in 1..commands.len() {
        let (before, rest) = commands.split_at_mut(index);
        let Some((last, command)) = before.last().zip(rest.first_mut()) else {
            continue;
        };
        if command.shell.connector == dockerfile::shell::Connector::Pipe
            && is_shell(command.program())
            && housekeeping::fetches_known_installer(last)
        {
            command.effects.program = Program::Harmless;
        }
    }
}

/// Files in which pip or uv are told their indexes.
const PIP_FILES: &[&str] = &["pip.conf", "pip.ini", ".pypirc", "uv.toml"];

/// `pip config set` and written configuration files hold for every later pip.
fn configure_pip(command: &RunCommand, scope: &mut Scope) {
    for action in &command.effects.actions {
        if let Action::PipConfig { key, value } = action {
            let known = Some(value.clone()).filter(|value| !value.has_hole());
            if key.ends_with("extra-index-url") {
                scope.set("PIP_EXTRA_INDEX_URL", known, Origin::Image);
            } else if key.ends_with("index-url") {
                scope.set("PIP_INDEX_URL", known, Origin::Image);
            } else if key.ends_with("find-links") {
                scope.set("PIP_FIND_LINKS", known, Origin::Image);
            }
        }
    }
    let writes = |text: &Text| PIP_FILES.iter().any(|name| text.as_str().ends_with(name));
    let tee = matches!(command.program(), "tee" | "cp" | "mv" | "ln")
        && command.args().iter().any(writes);
    if tee || command.output.iter().any(writes) {
        scope.set("PIP_INDEX_URL", None, Origin::Image);
    }
}

fn image_scope(image: &BaseImage, mut scope: Scope, file: FileId) -> Scope {
    let nowhere = Location::new(file, source::Span::default());
    for (name, value) in image.environment() {
        let mut text = Text::empty(nowhere);
        text.push(value, None);
        scope.set(name, Some(text), Origin::Image);
    }
    scope
}
