//! The console for a test: built when a source is newer than the build, and its stories played in a real browser.
//!
//! Invariants: nothing that was started here outlives the test; what is written belongs to the owner of the sources.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context as _, ensure};

/// A story that takes longer hangs; Playwright's own limits are below this.
const SECONDS_MAX: &str = "420";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The built console, current when this returns.
pub fn built() -> anyhow::Result<PathBuf> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build().map_err(|error| format!("{error:#}")));
    built.clone().map_err(anyhow::Error::msg)
}

fn build() -> anyhow::Result<PathBuf> {
    let frontend = root().join("frontend").canonicalize()?;
    let owner = std::fs::metadata(&frontend)?;
    let mut script = Command::new(root().join("infra/install/frontend.sh"));
    // Tests run as root; the person who calls must be able to build again.
    if owner.uid() != 0 {
        script.uid(owner.uid()).gid(owner.gid());
    }
    let output = script.stdin(Stdio::null()).output()?;
    ensure!(
        output.status.success(),
        "the console does not build: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(frontend.join("dist"))
}

/// Plays one story of `frontend/e2e` in this environment; answers what Playwright printed, as an error if it failed.
///
/// Screenshots and the tree of the failed page go below `output`.
pub fn play(story: &str, output: &Path, environment: &[(&str, &str)]) -> anyhow::Result<String> {
    let ended = Command::new("setpriv")
        .args(["--pdeathsig", "TERM", "--"])
        .args(["timeout", "--kill-after=20", SECONDS_MAX])
        .args(["node_modules/.bin/playwright", "test", story])
        .current_dir(root().join("frontend"))
        .env("E2E_OUTPUT", output)
        .env("FORCE_COLOR", "0")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .context("playwright: run `make install`")?;
    let printed = String::from_utf8_lossy(&ended.stdout).into_owned();
    ensure!(
        ended.status.success(),
        "the story {story} failed, more in {}:\n{printed}{}",
        output.display(),
        String::from_utf8_lossy(&ended.stderr)
    );
    Ok(printed)
}
