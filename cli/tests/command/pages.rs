//! Pages of the documentation, whose blocks are run.

use std::fs;
use std::path::{Path, PathBuf};

#[cfg(unix)]
use crate::workshop::Workshop;

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A page.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The blocks of a page in a language.
pub(crate) fn blocks(page: &str, language: &str) -> Vec<String> {
    let open = format!("\n```{language}\n");
    page.split(&open).skip(1).map(|rest| rest.split("\n```\n").next().unwrap().to_owned() + "\n").collect()
}

/// Runs steps in a workshop, with the command on the path: each has to succeed. What they say on standard error.
#[cfg(unix)]
pub(crate) fn run(workshop: &Workshop, steps: &str) -> String {
    workshop.put("steps", steps);
    let binary = Path::new(env!("CARGO_BIN_EXE_zksensor")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut bash = std::process::Command::new("bash");
    let bash = bash.args(["-euo", "pipefail", "steps"]).env("PATH", path).current_dir(&workshop.0);
    let output = bash.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}
