//! Time and memory of another process.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use camino::Utf8Path;

/// Sorted times from start to end, output thrown away.
pub(super) fn wall_times(command: &mut Command, runs: usize) -> anyhow::Result<Vec<Duration>> {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status()?;
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        command.status()?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times)
}

/// The largest resident set in KiB; `None` where the system does not tell. The program writes its report into a
/// pipe that nobody opens, so that it waits, all work done, while its counters are read.
pub(super) fn peak_memory(
    program: &Utf8Path,
    arguments: &[&str],
    folder: &Utf8Path,
) -> anyhow::Result<Option<u64>> {
    let pipe = folder.join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let mut child = Command::new(program)
        .args(arguments)
        .args(["--output-file", pipe.as_str()])
        .stderr(Stdio::null())
        .spawn()?;
    let peak = wait_until_idle(&mut child)?;
    child.kill()?;
    child.wait()?;
    fs::remove_file(pipe)?;
    Ok(peak)
}

fn wait_until_idle(child: &mut Child) -> anyhow::Result<Option<u64>> {
    let process = format!("/proc/{}", child.id());
    let mut looks_idle = 0;
    // A thread pool may sleep for a moment in between; the wait for a reader does not end.
    while looks_idle < 10 {
        if child.try_wait()?.is_some() {
            return Ok(None);
        }
        sleep(Duration::from_millis(10));
        looks_idle = if all_threads_sleep(&process) {
            looks_idle + 1
        } else {
            0
        };
    }
    let status = fs::read_to_string(format!("{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(peak.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()))
}

fn all_threads_sleep(process: &str) -> bool {
    let Ok(threads) = fs::read_dir(format!("{process}/task")) else {
        return false;
    };
    let mut threads = threads.filter_map(Result::ok);
    threads.all(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        // The program's name stands in parentheses and may hold anything.
        stat.rsplit_once(") ")
            .is_some_and(|(_, rest)| rest.starts_with('S'))
    })
}
