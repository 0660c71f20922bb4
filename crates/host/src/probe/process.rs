//! Running services, through their control groups and pid files: no walk over all processes.

use super::sight::Sight;
use crate::facts::Layer;
use crate::system::keep;

/// The processes of a system service, and the file that lists them; empty where the service does not run, `None`
/// where systemd keeps no control groups here.
pub(super) fn of_unit(
    sight: &mut Sight<'_>,
    layer: Layer,
    unit: &str,
) -> Option<(String, Vec<u32>)> {
    for root in ["/sys/fs/cgroup", "/sys/fs/cgroup/systemd"] {
        let slice = format!("{root}/system.slice");
        let path = format!("{slice}/{unit}/cgroup.procs");
        if let Some(processes) = listed(sight, layer, &path) {
            return Some((path, processes));
        }
        if sight.system.exists(&slice) {
            return Some((path, Vec::new()));
        }
    }
    None
}

/// Processes that a file lists, one a line.
pub(super) fn listed(sight: &mut Sight<'_>, layer: Layer, path: &str) -> Option<Vec<u32>> {
    let text = sight.read_of(layer, path, &keep_numbers)?;
    Some(
        text.lines()
            .filter_map(|line| line.trim().parse().ok())
            .collect(),
    )
}

fn keep_numbers(bytes: &[u8]) -> Vec<u8> {
    keep::lines(bytes, |line| line.trim().parse::<u32>().is_ok())
}

/// Whether a process runs this program.
pub(super) fn is(sight: &Sight<'_>, process: u32, program: &str) -> bool {
    let keep = |bytes: &[u8]| keep::lines(bytes, |line| line.trim_end() == program);
    let name = sight
        .system
        .text_of(&format!("/proc/{process}/comm"), 4096, &keep);
    name.is_ok_and(|name| name.trim_end() == program)
}

/// When a process started, in seconds since 1970.
pub(super) fn started(sight: &Sight<'_>, process: u32) -> Option<u64> {
    // Linux counts in hundredths of a second towards programs, whatever its own clock does.
    const TICKS: u64 = 100;
    let boot = |bytes: &[u8]| keep::lines(bytes, |line| line.starts_with("btime "));
    let boot = sight
        .system
        .text_of("/proc/stat", 16 * 1024 * 1024, &boot)
        .ok()?;
    let boot: u64 = boot.trim().strip_prefix("btime ")?.parse().ok()?;
    let path = format!("/proc/{process}/stat");
    let fields = sight.system.text_of(&path, 65_536, &keep_start).ok()?;
    Some(boot + start(&fields)? / TICKS)
}

/// The name, in parentheses, may hold blanks. Field 22 is the start; the name is field 2.
fn start(fields: &str) -> Option<u64> {
    let (_, rest) = fields.rsplit_once(") ")?;
    rest.split_whitespace().nth(19)?.parse().ok()
}

/// The start alone, in its place.
fn keep_start(bytes: &[u8]) -> Vec<u8> {
    let start = start(&String::from_utf8_lossy(bytes));
    let kept = start.map(|start| format!("0 (-) {}{start}\n", "0 ".repeat(19)));
    kept.unwrap_or_default().into_bytes()
}
