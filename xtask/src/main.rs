//! Regenerates every golden and generated file of the workspace, or compares them with what they would be; and lays out the package of
//! npm.
//!
//! `cargo run --release -p xtask -- update` writes them, `-- check` fails with the names of those that differ, and `-- package FOLDER`
//! writes what `npm publish` takes.

mod contracts;
mod example_files;
mod file;
mod formats_page;
mod gas_page;
mod generated;
mod measured;
mod package;
mod page_verifier;
mod policy_contract;
mod preimages_page;
#[cfg(test)]
mod published_bugs;
mod rules_page;
mod vectors;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use file::Generated;

const USAGE: &str = "usage: cargo run --release -p xtask -- <update|check|page-verifier|package FOLDER>

  update          writes every golden and generated file anew
  check           compares them and names those that differ; exits with 1 if there is one
  page-verifier   writes the verifier of pages anew, and no other file
  package FOLDER  writes the package @zksensor/contracts, for npm and for Foundry, into a folder that is new or empty";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let ran = match arguments.iter().map(|argument| argument.to_str()).collect::<Vec<_>>()[..] {
        [Some("update")] => update(&root()),
        [Some("check")] => check(&root()),
        [Some("page-verifier")] => {
            page_verifier::update(&root()).and_then(|files| write(&root(), files)).map(drop)
        }
        [Some("package"), _] => package::write(Path::new(&arguments[1])),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_path_buf()
}

/// Contracts first: what is measured is what this program was built with, and a damaged one cannot be.
fn update(root: &Path) -> Result<(), String> {
    write(root, page_verifier::update(root)?)?;
    let stale = write(root, contracts::all(root)?)?.iter().any(|path| path.starts_with(contracts::ARTIFACTS));
    if stale { again(root) } else { write(root, generated::all(root)?).map(drop) }
}

/// Writes the files that are not there as they should be; gives their paths.
fn write(root: &Path, files: Vec<Generated>) -> Result<Vec<String>, String> {
    let mut written = Vec::new();
    for file in files {
        let path = root.join(&file.path);
        if fs::read(&path).ok().as_ref() == Some(&file.content) {
            continue;
        }
        let folder = path.parent().expect("a file lies in a folder");
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, file.content))
            .map_err(|error| format!("cannot write {}: {error}", file.path))?;
        eprintln!("wrote {}", file.path);
        written.push(file.path);
    }
    Ok(written)
}

/// Contracts changed, and gas was measured with those that this program was built with: builds and runs it once more.
fn again(root: &Path) -> Result<(), String> {
    const AGAIN: &str = "ZKSENSOR_XTASK_AGAIN";
    if env::var_os(AGAIN).is_some() {
        return Err(String::from(
            "contracts changed twice: is the compiler of solidity/ the one that is pinned?",
        ));
    }
    eprintln!("contracts changed: measuring gas with the new ones");
    if cfg!(debug_assertions) {
        return Err(String::from("contracts changed: run it once more, built with --release"));
    }
    // This program by its path: what lies there once it is built anew. Of the workspace, as tests are, whose crates are there then.
    let itself = env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(Command::new(cargo).args(["build", "--workspace", "--release", "--bin", "xtask"]).current_dir(root))?;
    run(Command::new(itself).arg("update").current_dir(root).env(AGAIN, "1"))
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_owned();
    let status = command.status().map_err(|error| format!("cannot run {}: {error}", program.display()))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed", program.display())) }
}

fn check(root: &Path) -> Result<(), String> {
    page_verifier::check(root)?;
    let files = contracts::all(root)?.into_iter().chain(generated::all(root)?);
    let differ: Vec<String> = files
        .filter(|file| fs::read(root.join(&file.path)).ok().as_ref() != Some(&file.content))
        .map(|file| file.path)
        .collect();
    if differ.is_empty() {
        return Ok(());
    }
    let files = differ.join(", ");
    Err(format!(
        "{files} differ from what is measured; if meant, `cargo run --release -p xtask -- update` writes them"
    ))
}
