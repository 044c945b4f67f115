//! The verifier in WebAssembly that `zksensor report` puts into its pages: so that the command needs nothing but Rust, it is
//! committed, with a note of what it was built of and by which compiler.
//!
//! One compiler makes the same bytes of the same sources wherever they lie, and another one other bytes. So they are compared
//! where the compiler is that of the note and knows the target; elsewhere the sources are, by their digest.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sha3::{Digest, Keccak256};
use zksensor::model::hex;

use crate::file::Generated;

const PACKAGE: &str = "zksensor-page-verifier";
const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "page";
const WASM: &str = "io/assets/verifier.wasm";
const NOTE: &str = "io/assets/verifier.json";

/// What `update` writes: the verifier of these sources. Without the target, or of another compiler and for the same sources, what is
/// there stays, and that is said.
pub(crate) fn update(root: &Path) -> Result<Vec<Generated>, String> {
    let here = Here::look(root)?;
    let noted = Noted::read(root);
    if !here.has_target {
        say(&format!("{WASM} was not built anew: `rustup target add {TARGET}` first"));
        return Ok(Vec::new());
    }
    if here.sources == noted.sources && here.compiler != noted.compiler {
        say(&format!("{WASM} is of these sources, by {}: it stays", noted.compiler));
        return Ok(Vec::new());
    }
    let wasm = build(root)?;
    let note = json!({
        "compiler": here.compiler, "sources": here.sources, "bytes": wasm.len(), "keccak256": digest(&wasm),
    });
    Ok(vec![Generated { path: WASM.to_owned(), content: wasm }, Generated::new(NOTE, format!("{note:#}\n"))])
}

/// Compares the verifier, as far as this machine can; says so where it cannot.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let here = Here::look(root)?;
    let noted = Noted::read(root);
    let wasm = fs::read(root.join(WASM)).map_err(|error| format!("cannot read {WASM}: {error}"))?;
    let stale = |why: &str| {
        Err(format!("{WASM} {why}; if meant, `cargo run --release -p xtask -- update` writes it anew"))
    };
    if digest(&wasm) != noted.keccak256 {
        return stale(&format!("has not the digest that {NOTE} has"));
    }
    match (here.compiler == noted.compiler, here.sources == noted.sources) {
        (true, _) if here.has_target => match build(root)? == wasm {
            true => Ok(()),
            false => stale("is not what these sources are built to"),
        },
        (false, false) if here.has_target => stale("is of other sources"),
        (_, same) => {
            let sources =
                if same { "the sources are those it was built of" } else { "THE SOURCES ARE OTHERS" };
            say(&format!(
                "{WASM} was NOT built and compared: it is by {}, here is {}{}; {sources}",
                noted.compiler,
                here.compiler,
                if here.has_target { "" } else { " without wasm32-unknown-unknown" },
            ));
            Ok(())
        }
    }
}

fn say(text: &str) {
    eprintln!("NOTE: {text}");
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Keccak256::digest(bytes).as_slice())
}

/// What the file beside the verifier says; empty where it says nothing.
struct Noted {
    compiler: String,
    sources: String,
    keccak256: String,
}

impl Noted {
    fn read(root: &Path) -> Noted {
        let note: Value = fs::read(root.join(NOTE))
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        let text = |name: &str| note[name].as_str().unwrap_or_default().to_owned();
        Noted { compiler: text("compiler"), sources: text("sources"), keccak256: text("keccak256") }
    }
}

/// This machine's compiler, and the sources as they are.
struct Here {
    compiler: String,
    has_target: bool,
    sources: String,
}

impl Here {
    fn look(root: &Path) -> Result<Here, String> {
        let version = output(Command::new("rustc").arg("--version").current_dir(root))?;
        let folder = output(
            Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).current_dir(root),
        )?;
        Ok(Here {
            compiler: version.trim().to_owned(),
            has_target: Path::new(folder.trim()).is_dir(),
            sources: sources(root)?,
        })
    }
}

/// A digest of everything that is compiled: our crates' sources, the versions of the others', and how.
fn sources(root: &Path) -> Result<String, String> {
    let arguments =
        ["tree", "--locked", "-p", PACKAGE, "-e", "normal,build", "--target", TARGET, "--prefix", "none"];
    let tree = output(cargo(root).args(arguments).args(["--format", "{p} {f}"]))?;
    let mut hash = Keccak256::new();
    let mut field = |name: &str, bytes: &[u8]| {
        hash.update(format!("{name} {}\n", bytes.len()));
        hash.update(bytes);
    };
    let manifest = root.join("Cargo.toml");
    let manifest =
        fs::read_to_string(manifest).map_err(|error| format!("cannot read Cargo.toml: {error}"))?;
    let profile = manifest.split("\n\n").find(|part| part.contains(&format!("[profile.{PROFILE}]")));
    field("profile", profile.ok_or("Cargo.toml has no profile `page`")?.as_bytes());
    for line in tree.lines().map(|line| line.trim_end_matches(" (*)")).collect::<BTreeSet<_>>() {
        let Some((_, rest)) = line.split_once(" (/") else {
            field("crate", line.as_bytes());
            continue;
        };
        let folder = PathBuf::from(format!("/{}", rest.split(')').next().unwrap_or_default()));
        for file in files(&folder)? {
            let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            let content = fs::read(&file).map_err(|error| format!("cannot read {name}: {error}"))?;
            field(&name, &content);
        }
    }
    Ok(hex::encode(hash.finalize().as_slice()))
}

/// The manifest and the sources of a crate, in an order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = vec![folder.join("Cargo.toml")];
    let mut folders = vec![folder.join("src")];
    while let Some(folder) = folders.pop() {
        let failed = |error| format!("cannot read {}: {error}", folder.display());
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// Builds it, so that no path of this machine is in it.
fn build(root: &Path) -> Result<Vec<u8>, String> {
    let registry = output(cargo(root).args([
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        TARGET,
    ]))?;
    let metadata: Value =
        serde_json::from_str(&registry).map_err(|error| format!("cargo metadata: {error}"))?;
    let folder = metadata["target_directory"].as_str().ok_or("cargo names no target folder")?;
    let sources = metadata["packages"].as_array().into_iter().flatten().find_map(|package| {
        let manifest = Path::new(package["manifest_path"].as_str()?);
        (package["name"] == "ark-bn254").then(|| manifest.parent()?.parent().map(Path::to_path_buf))?
    });
    let sources = sources.ok_or("ark-bn254 is not among the packages")?;
    let flags = [
        format!("--remap-path-prefix={}=crates", sources.display()),
        format!("--remap-path-prefix={}=zksensor", root.display()),
    ];
    let mut build = cargo(root);
    build.args(["build", "--locked", "--profile", PROFILE, "-p", PACKAGE, "--target", TARGET]);
    build.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    crate::run(&mut build)?;
    let name = PACKAGE.replace('-', "_");
    let path = Path::new(folder).join(TARGET).join(PROFILE).join(format!("{name}.wasm"));
    fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root);
    cargo
}

/// Standard output of a program.
fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_owned();
    let output = command.output().map_err(|error| format!("cannot run {}: {error}", program.display()))?;
    match output.status.success() {
        true => String::from_utf8(output.stdout).map_err(|_| format!("{} wrote no text", program.display())),
        false => Err(format!("{} failed: {}", program.display(), String::from_utf8_lossy(&output.stderr))),
    }
}
