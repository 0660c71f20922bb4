//! The HTML report in a browser: pictures to look at, and what a machine can see of them.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use camino::{Utf8Path, Utf8PathBuf};

use crate::say;

/// Names under which Chromium is installed.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Nothing but the page: no first run, no network, no profile that stays.
const OPTIONS: &[&str] = &[
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// File name, width, height, and whether the system is dark.
const PICTURES: &[(&str, u32, u32, bool)] = &[
    ("wide-light.png", 1200, 1600, false),
    ("wide-dark.png", 1200, 1600, true),
    ("narrow-light.png", 390, 1600, false),
    ("narrow-dark.png", 390, 1600, true),
    ("whole-light.png", 1000, 8000, false),
];

/// What is checked for it.
const EXAMPLE: &str = "examples/broken-gpu-app";

/// Checks the example, shows the page in every way, and says where the pictures are.
pub(crate) fn run(root: &Utf8Path, browser: Option<&str>) -> anyhow::Result<()> {
    let folder = root.join("target/screenshots");
    fs::create_dir_all(&folder)?;
    let (page, rules) = report(root, &folder)?;
    let browser = Browser::find(browser)?;
    let address = format!("file://{page}");

    let shown = browser.text(&address)?;
    let articles = shown.matches("<article ").count();
    ensure!(
        articles == rules.len(),
        "the page shows {articles} findings of {}",
        rules.len()
    );
    for rule in &rules {
        ensure!(
            shown.contains(rule.as_str()),
            "the page does not show {rule}"
        );
    }
    let mut pictures = Vec::new();
    for &(name, width, height, dark) in PICTURES {
        let path = folder.join(name);
        browser.picture(&address, &path, (width, height), dark)?;
        let bytes = fs::read(&path).with_context(|| format!("no picture {path}"))?;
        ensure!(
            size(&bytes) == Some((width, height)),
            "{path} is not {width} by {height}"
        );
        pictures.push(bytes);
        say(path.as_str());
    }
    ensure!(pictures[0] != pictures[1], "light and dark look the same");
    say(&format!("{articles} findings; look at the pictures"));
    Ok(())
}

/// The page, and the rule of each of its findings.
fn report(root: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<(Utf8PathBuf, Vec<String>)> {
    let check = |format: &str| -> anyhow::Result<Vec<u8>> {
        let output = Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--package", "env-doctor", "--"])
            .args([
                "check",
                "--no-host",
                "--no-config",
                EXAMPLE,
                "--format",
                format,
            ])
            .current_dir(root)
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run cargo")?;
        ensure!(
            output.status.code() == Some(1),
            "the example has no findings"
        );
        Ok(output.stdout)
    };
    let page = folder.canonicalize_utf8()?.join("report.html");
    fs::write(&page, check("html")?)?;
    let report: serde_json::Value = serde_json::from_slice(&check("json")?)?;
    let findings = report["diagnostics"].as_array();
    let rules = findings.into_iter().flatten();
    let rules = rules.filter_map(|finding| Some(finding["rule"].as_str()?.to_owned()));
    Ok((page, rules.collect()))
}

struct Browser {
    program: String,
}

impl Browser {
    fn find(given: Option<&str>) -> anyhow::Result<Self> {
        let names = given.map_or_else(|| BROWSERS.to_vec(), |name| vec![name]);
        for name in &names {
            let version = Command::new(name).arg("--version").output();
            if version.is_ok_and(|output| output.status.success()) {
                return Ok(Self {
                    program: (*name).to_owned(),
                });
            }
        }
        bail!(
            "no browser found: tried {}; `--browser` names one",
            names.join(", ")
        );
    }

    fn run(&self, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
        let profile = tempfile::tempdir()?;
        let profile = format!("--user-data-dir={}", profile.path().display());
        let mut command = Command::new(&self.program);
        command.args(OPTIONS).arg(profile);
        // Its sandbox refuses to work for root, as in containers.
        if is_root() {
            command.arg("--no-sandbox");
        }
        let output = command.args(arguments).output()?;
        ensure!(
            output.status.success(),
            "{}: {}",
            self.program,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(output.stdout)
    }

    /// The page as the browser understood it.
    fn text(&self, address: &str) -> anyhow::Result<String> {
        let text = self.run(&["--dump-dom", address])?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn picture(
        &self,
        address: &str,
        path: &Utf8Path,
        (width, height): (u32, u32),
        dark: bool,
    ) -> anyhow::Result<()> {
        let scheme = u8::from(!dark);
        self.run(&[
            &format!("--window-size={width},{height}"),
            &format!("--blink-settings=preferredColorScheme={scheme}"),
            &format!("--screenshot={path}"),
            address,
        ])?;
        Ok(())
    }
}

/// Whether the user is root; elsewhere than on Unix nobody is.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

/// Width and height of a PNG.
fn size(png: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(png.get(at..at + 4)?.try_into().ok()?));
    (png.get(1..4)? == b"PNG").then_some((number(16)?, number(20)?))
}
