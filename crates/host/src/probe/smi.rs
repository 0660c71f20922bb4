//! `nvidia-smi`, for what no file says: what a GPU executes, its memory, Multi-Instance GPU, and the driver of WSL2.

use std::time::Duration;

use super::driver::is_version;
use super::sight::Sight;
use crate::facts::{Gpu, Layer};
use crate::system::{KeepOutput, Output, Trouble, keep, which};

const LAYER: Layer = Layer::Driver;

/// It waits without end for a sick GPU, and takes many seconds for eight healthy ones that nothing keeps awake.
const LIMIT: Duration = Duration::from_secs(15);

const QUERY: &str =
    "--query-gpu=driver_version,name,uuid,pci.bus_id,compute_cap,memory.total,mig.mode.current";

/// As many fields are asked for.
const FIELDS: usize = 7;

pub(super) fn look(sight: &mut Sight<'_>) {
    let driver = &sight.facts.driver;
    // Without a module it would try to load one.
    let loaded = driver.version.is_some() || driver.has_module("nvidia");
    if !loaded && !sight.facts.hardware.dxg && sight.facts.platform.tegra.is_none() {
        return;
    }
    let folders = [
        "/usr/bin",
        "/usr/lib/wsl/lib",
        "/run/current-system/sw/bin",
        "/opt/bin",
    ];
    let Some(program) = which(sight.system, "nvidia-smi", &folders) else {
        return;
    };
    let arguments = [QUERY, "--format=csv,noheader,nounits"];
    let Some(output) = run(sight, &program, &arguments, &keep_answer) else {
        return;
    };
    if output.succeeded() {
        query(sight, &program, &output);
    } else if is_unknown_field(&output) {
        // Drivers before 510 do not know what a GPU executes.
        if let Some(output) = run(sight, &program, &[], &keep_banner) {
            banner(sight, &program, &output);
        }
    } else {
        failed(sight, &program, &output);
    }
}

fn run(
    sight: &mut Sight<'_>,
    program: &str,
    arguments: &[&str],
    keep: KeepOutput<'_>,
) -> Option<Output> {
    match sight.system.run(program, arguments, LIMIT, keep) {
        Ok(output) => Some(output),
        Err(trouble) => {
            if matches!(trouble, Trouble::TimedOut(_)) {
                sight.facts.driver.smi_timed_out = true;
            }
            sight.missed(LAYER, program, &trouble);
            None
        }
    }
}

/// What a driver before 510 says of the query.
const UNKNOWN_FIELD: &str = "not a valid field";

fn is_unknown_field(output: &Output) -> bool {
    output.stdout.contains(UNKNOWN_FIELD) || output.stderr.contains(UNKNOWN_FIELD)
}

const NO_DEVICES: &str = "No devices were found";

/// The lines of GPUs, or the reason for which there are none.
fn keep_answer(output: &Output) -> Output {
    if !output.succeeded() {
        return if is_unknown_field(output) {
            keep::output(output, format!("{UNKNOWN_FIELD}\n"))
        } else {
            keep_complaint(output)
        };
    }
    let lines = output.stdout.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty());
    let kept = lines.map(|line| {
        let is_read = line == NO_DEVICES || line.split(',').count() == FIELDS;
        format!("{}\n", if is_read { line } else { "-" })
    });
    keep::output(output, kept.collect())
}

/// The versions in the table.
fn keep_banner(output: &Output) -> Output {
    if !output.succeeded() {
        return keep_complaint(output);
    }
    let word = |label| after(&output.stdout, label).map(|word| format!("{label} {word}\n"));
    keep::output(output, LABELS.into_iter().filter_map(word).collect())
}

fn keep_complaint(output: &Output) -> Output {
    let complaint = output.complaint().map(|line| format!("{line}\n"));
    keep::output(output, complaint.unwrap_or_default())
}

fn failed(sight: &mut Sight<'_>, program: &str, output: &Output) {
    let complaint = output.complaint().unwrap_or("it says nothing").to_owned();
    sight.saw(LAYER, program, complaint.clone());
    sight.facts.driver.smi_error = Some(complaint);
}

/// `535.129.03, NVIDIA GeForce RTX 4090, GPU-…, 00000000:01:00.0, 8.9, 24564, [N/A]`
fn query(sight: &mut Sight<'_>, program: &str, output: &Output) {
    let lines: Vec<&str> = output
        .stdout
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    for line in &lines {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let [version, name, uuid, bus, capability, memory, mig] = fields.as_slice() else {
            continue;
        };
        take_version(sight, program, version);
        let seen = Gpu {
            name: (*name).to_owned(),
            uuid: known(uuid),
            address: known(bus).map(|bus| short_address(&bus)),
            compute_capability: known(capability),
            memory_mib: memory.parse().ok(),
            mig: match *mig {
                "Enabled" => Some(true),
                "Disabled" => Some(false),
                _ => None,
            },
            ..Gpu::default()
        };
        sight.saw(Layer::Gpu, program, *line);
        merge(&mut sight.facts.gpus, seen);
    }
    if lines.is_empty() || lines == [NO_DEVICES] {
        sight.facts.driver.smi_error = Some(NO_DEVICES.to_owned());
        sight.saw(Layer::Gpu, program, NO_DEVICES);
    }
}

fn known(field: &str) -> Option<String> {
    let unknown = field.is_empty() || field.starts_with('[') || field == "N/A";
    (!unknown).then(|| field.to_owned())
}

/// `00000000:01:00.0` as the kernel writes it, `0000:01:00.0`.
fn short_address(bus: &str) -> String {
    let bus = bus.to_ascii_lowercase();
    match bus.split_once(':') {
        Some((domain, rest)) if domain.len() == 8 => format!("{}:{rest}", &domain[4..]),
        _ => bus,
    }
}

/// Adds to a GPU that is known by its files, or adds a GPU.
fn merge(gpus: &mut Vec<Gpu>, seen: Gpu) {
    let same = gpus
        .iter_mut()
        .find(|gpu| gpu.address.is_some() && gpu.address == seen.address);
    match same {
        None => gpus.push(seen),
        Some(gpu) => {
            gpu.uuid = gpu.uuid.take().or(seen.uuid);
            gpu.compute_capability = seen.compute_capability;
            gpu.memory_mib = seen.memory_mib;
            gpu.mig = seen.mig;
        }
    }
}

fn take_version(sight: &mut Sight<'_>, program: &str, version: &str) {
    if sight.facts.driver.version.is_none() && is_version(version) {
        sight.facts.driver.version = Some(version.to_owned());
        sight.facts.driver.version_source = Some(program.to_owned());
    }
}

/// The table that `nvidia-smi` prints: `Driver Version: 470.256.02   CUDA Version: 11.4`, since 610
/// `KMD Version: 610.57.04   CUDA UMD Version: 13.3`.
fn banner(sight: &mut Sight<'_>, program: &str, output: &Output) {
    if !output.succeeded() {
        return failed(sight, program, output);
    }
    let text = &output.stdout;
    let [driver, kernel, runtime, user] = LABELS.map(|label| after(text, label));
    let version = driver.or(kernel);
    if let Some(version) = version {
        take_version(sight, program, version);
    }
    let cuda = runtime.or(user);
    if let Some(cuda) = cuda.filter(|cuda| cuda.starts_with(|c: char| c.is_ascii_digit())) {
        sight.saw(LAYER, program, format!("CUDA {cuda}"));
        sight.facts.driver.cuda = Some(cuda.to_owned());
    }
}

/// What versions stand behind in the table.
const LABELS: [&str; 4] = [
    "Driver Version:",
    "KMD Version:",
    "CUDA Version:",
    "CUDA UMD Version:",
];

fn after<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(label)?;
    rest.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RecordedSystem;

    fn look_at(text: &str) -> crate::facts::Driver {
        let system = RecordedSystem::from_text(text).unwrap();
        let mut sight = Sight::new(&system);
        sight.facts.driver.modules = vec!["nvidia".to_owned()];
        look(&mut sight);
        sight.facts.driver
    }

    /// A driver that does not know the field, and the banner it prints.
    fn with_banner(banner: &str) -> crate::facts::Driver {
        look_at(&format!(
            "# run: /usr/bin/nvidia-smi {QUERY} --format=csv,noheader,nounits [exit 2]\n\
             Field \"compute_cap\" is not a valid field to query.\n\
             # run: /usr/bin/nvidia-smi\n{banner}\n"
        ))
    }

    #[test]
    fn both_banners_are_read() {
        let old = with_banner(
            "| NVIDIA-SMI 470.256.02   Driver Version: 470.256.02   CUDA Version: 11.4     |",
        );
        assert_eq!(old.version.as_deref(), Some("470.256.02"));
        assert_eq!(old.cuda.as_deref(), Some("11.4"));
        let new = with_banner(
            "| NVIDIA-SMI 610.57.04   KMD Version: 610.57.04   CUDA UMD Version: 13.3     |",
        );
        assert_eq!(new.version.as_deref(), Some("610.57.04"));
        assert_eq!(new.cuda.as_deref(), Some("13.3"));
        let none = with_banner(
            "| NVIDIA-SMI 525.147.05   Driver Version: 525.147.05   CUDA Version: N/A      |",
        );
        assert_eq!(none.cuda, None);
    }

    #[test]
    fn it_is_not_run_without_a_module() {
        let system = RecordedSystem::from_text("# run: /usr/bin/nvidia-smi [hangs]\n").unwrap();
        let mut sight = Sight::new(&system);
        look(&mut sight);
        assert!(sight.facts.unknown.is_empty());
    }
}
