//! The text of recorded machines, and looking at the real one.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use host::system::{Kind, Output, Trouble, keep};
use host::{OsSystem, RecordedSystem, System as _};
use proptest::prelude::*;

fn machine(text: &str) -> RecordedSystem {
    RecordedSystem::from_text(text).unwrap()
}

#[test]
fn a_text_describes_a_machine() {
    let system = machine(
        "A machine with one GPU.\n\
         # machine: linux aarch64\n\
         # file: /etc/docker/daemon.json [mode 0600, changed 1763000000]\n\
         {}\n\
         \n\
         # file: /proc/812/cmdline [nul]\n\
         dockerd\n\
         --host=fd://\n\
         \n\
         # file: /efi [hex]\n\
         06 00 00 00 01\n\
         # link: /var/run -> /run\n\
         # node: /dev/nvidia-uvm 510:0 [mode 0660]\n\
         # hidden: /root\n\
         # get: /run/docker.sock /info\n\
         {\"ServerVersion\": \"29.2.0\"}\n\
         # get: /run/user/docker.sock /info [denied]\n\
         # run: /usr/bin/nvidia-smi --list-gpus [exit 9]\n\
         # stderr:\n\
         no GPU\n\
         # run: /usr/bin/nvidia-smi [hangs]\n\
         # space: /var/lib/docker 1000\n",
    );
    let limit = Duration::from_secs(2);
    assert_eq!(system.arch(), "aarch64");
    let read = |path: &str| system.read(path, 1024, &keep::all);
    assert_eq!(read("/etc/docker/daemon.json").unwrap(), b"{}\n");
    assert_eq!(
        read("/proc/812/cmdline").unwrap(),
        b"dockerd\0--host=fd://\0"
    );
    assert_eq!(read("/efi").unwrap(), [6, 0, 0, 0, 1]);
    assert_eq!(system.list("/etc", &|_| true).unwrap(), ["docker"]);
    let config = system.metadata("/etc/docker/daemon.json").unwrap();
    assert_eq!((config.mode, config.changed), (0o600, Some(1_763_000_000)));
    let node = system.metadata("/dev/nvidia-uvm").unwrap();
    assert_eq!(node.mode, 0o660);
    assert!(matches!(
        node.kind,
        Kind::Device {
            major: 510,
            minor: 0
        }
    ));
    assert_eq!(system.metadata("/root/x").unwrap_err(), Trouble::Denied);
    assert_eq!(system.metadata("/nothing").unwrap_err(), Trouble::Absent);

    let get = |socket: &str| system.get(socket, "/info", limit, &keep::all);
    assert_eq!(get("/var/run/docker.sock").unwrap().status, 200);
    assert_eq!(get("/run/user/docker.sock").unwrap_err(), Trouble::Denied);
    assert_eq!(get("/run/other.sock").unwrap_err(), Trouble::Absent);

    let output = system.run(
        "/usr/bin/nvidia-smi",
        &["--list-gpus"],
        limit,
        &Output::clone,
    );
    let output = output.unwrap();
    assert_eq!(
        (output.status, output.complaint()),
        (Some(9), Some("no GPU"))
    );
    let hanging = system.run("/usr/bin/nvidia-smi", &[], limit, &Output::clone);
    assert_eq!(hanging.unwrap_err(), Trouble::TimedOut(limit));
    assert_eq!(system.free_space("/var/lib/docker").unwrap(), 1000);
}

#[test]
fn later_sections_replace_earlier_ones() {
    let system = machine(
        "# file: /etc/cdi/nvidia.yaml\nold\n\
         # file: /usr/bin/nvidia-ctk [mode 0755]\n\
         # file: /etc/cdi/nvidia.yaml\nnew\n\
         # absent: /usr\n",
    );
    let read = system.read("/etc/cdi/nvidia.yaml", 1024, &keep::all);
    assert_eq!(read.unwrap(), b"new\n");
    assert_eq!(
        system.metadata("/usr/bin/nvidia-ctk").unwrap_err(),
        Trouble::Absent
    );
}

#[test]
fn a_wrong_section_is_refused_at_its_line() {
    let error = RecordedSystem::from_text("# env: A=b\n# link: /a\n").unwrap_err();
    assert_eq!(error.to_string(), "line 2: say `link: PATH -> TARGET`");
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        body in prop::collection::vec(any::<u8>(), 0..64),
        lines in "(\\\\{0,2}(# (file|env|run): )?[a-z/ ]{0,4}\n?\n?){0,4}",
        status in prop::option::of(0..300i32),
    ) {
        let mut text = "# file: /binary [hex]\n".to_owned();
        for byte in &body {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push_str("\n\n# file: /text [hex]\n");
        for byte in lines.bytes() {
            write!(text, "{byte:02x}").unwrap();
        }
        let end = status.map_or("signal".to_owned(), |status| format!("exit {status}"));
        write!(text, "\n# run: /bin/x a [{end}]\n# stderr: [no newline]\nfailed\n").unwrap();
        let first = machine(&text);
        prop_assert_eq!(first.read("/binary", 1024, &keep::all).unwrap(), body);
        prop_assert_eq!(first.read("/text", 1024, &keep::all).unwrap(), lines.as_bytes());
        prop_assert_eq!(machine(&first.to_string()), first);
    }
}

#[cfg(unix)]
mod real {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_cut_off_with_all_that_it_started() {
        let start = Instant::now();
        let limit = Duration::from_millis(200);
        let script = "sleep 60 & echo started; sleep 60";
        let result = OsSystem.run("/bin/sh", &["-c", script], limit, &Output::clone);
        assert_eq!(result.unwrap_err(), Trouble::TimedOut(limit));
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_child_that_keeps_the_pipe_open_holds_nobody_up() {
        let start = Instant::now();
        let limit = Duration::from_secs(1);
        let result = OsSystem.run(
            "/bin/sh",
            &["-c", "sleep 20 & exit 3"],
            limit,
            &Output::clone,
        );
        assert_eq!(result.unwrap().status, Some(3));
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn output_without_end_is_bounded() {
        let script = "head -c 3000000 /dev/zero; echo end >&2";
        let output = OsSystem.run(
            "/bin/sh",
            &["-c", script],
            Duration::from_secs(20),
            &Output::clone,
        );
        let output = output.unwrap();
        assert_eq!(output.stdout.len(), host::system::OUTPUT_LIMIT);
        assert_eq!(output.stderr, "end\n");
    }

    #[test]
    fn pipes_devices_and_large_files_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let status = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(status.unwrap().success());
        let read = |path: &str| OsSystem.read(path, 10, &keep::all);
        assert_eq!(read(pipe.to_str().unwrap()).unwrap_err(), Trouble::NoFile);
        assert_eq!(read("/dev/zero").unwrap_err(), Trouble::NoFile);
        assert_eq!(read("/").unwrap_err(), Trouble::NoFile);
        assert_eq!(read("/nothing/here").unwrap_err(), Trouble::Absent);
        let large = folder.path().join("large");
        std::fs::write(&large, [0; 11]).unwrap();
        let result = read(large.to_str().unwrap());
        assert_eq!(result.unwrap_err(), Trouble::TooLarge(10));
        let null = OsSystem.metadata("/dev/null").unwrap();
        assert!(matches!(null.kind, Kind::Device { major: 1, minor: 3 }));
    }

    #[test]
    fn names_that_break_lines_are_not_listed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["libcuda.so.1", "libcuda.so.1\n# file: x", "libcuda.so.1 "] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let path = folder.path().to_str().unwrap();
        assert_eq!(OsSystem.list(path, &|_| true).unwrap(), ["libcuda.so.1"]);
    }

    #[test]
    fn a_server_is_asked_and_not_waited_for() {
        use std::io::{Read as _, Write as _};
        use std::os::unix::net::UnixListener;
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("docker.sock");
        let path = socket.to_str().unwrap();
        let limit = Duration::from_millis(300);
        let get = || OsSystem.get(path, "/info", limit, &keep::all);
        assert_eq!(get().unwrap_err(), Trouble::Absent);
        let listener = UnixListener::bind(&socket).unwrap();
        let silent = get().unwrap_err();
        assert!(matches!(silent, Trouble::TimedOut(_)), "{silent:?}");
        let server = std::thread::spawn(move || {
            // The first connection is the one that was given up.
            for _ in 0..2 {
                let (mut stream, _) = listener.accept().unwrap();
                // A stream that is closed before all of it was read is reset.
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
                    request.push(byte[0]);
                }
                let _ = stream.write_all(b"HTTP/1.0 200 OK\r\nX: y\r\n\r\n{\"a\": 1}");
            }
        });
        let reply = get().unwrap();
        assert_eq!(
            (reply.status, reply.body.as_slice()),
            (200, &b"{\"a\": 1}"[..])
        );
        server.join().unwrap();
        assert_eq!(get().unwrap_err(), Trouble::Refused);
    }
}
