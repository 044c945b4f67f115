//! Where a new crate has zksensor from.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zksensor::files::{self, Kind};

use super::{NewError, Template};

/// The repository, which has the crate until it is published.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
/// The version of this command, whose words the templates use.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Options that say where.
#[derive(Debug, clap::Args)]
pub(super) struct DependencyArgs {
    /// Of a crate: depends on zksensor in this folder, such as a checkout of its repository.
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "zksensor_version")]
    zksensor_path: Option<PathBuf>,
    /// Of a crate: depends on this version of zksensor in the registry of crates, such as 0.1 or =0.1.0.
    #[arg(long, value_name = "VERSION", value_parser = version)]
    zksensor_version: Option<String>,
}

impl DependencyArgs {
    /// The dependency of a project; a project of contracts has none.
    ///
    /// # Errors
    /// [`NewError::NoCrate`] for options that mean nothing to the project; [`NewError::Path`], [`NewError::File`] and [`NewError::Crate`]
    /// unless the folder has the crate.
    pub(super) fn of(&self, template: Template) -> Result<Option<Dependency>, NewError> {
        let DependencyArgs { zksensor_path, zksensor_version } = self;
        if !template.is_crate() {
            let is_said = zksensor_path.is_some() || zksensor_version.is_some();
            return if is_said { Err(NewError::NoCrate { template: template.name() }) } else { Ok(None) };
        }
        Ok(Some(match (zksensor_path, zksensor_version) {
            (Some(path), _) => Dependency::Path(crate_at(path)?),
            (None, Some(version)) => Dependency::Version(version.clone()),
            (None, None) => Dependency::Repository,
        }))
    }
}

/// Where a crate has zksensor from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dependency {
    /// Its repository.
    Repository,
    /// The registry, in this version.
    Version(String),
    /// This folder: an absolute path.
    Path(String),
}

impl Dependency {
    /// What says so in JSON.
    pub(super) fn json(&self) -> Value {
        match self {
            Dependency::Repository => json!({ "version": VERSION, "git": REPOSITORY }),
            Dependency::Version(version) => json!({ "version": version }),
            Dependency::Path(path) => json!({ "path": path }),
        }
    }
}

/// As a manifest has it, without braces: `version = "0.1"`.
impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Dependency::Repository => write!(f, "version = \"{VERSION}\", git = \"{REPOSITORY}\""),
            Dependency::Version(version) => write!(f, "version = \"{version}\""),
            // JSON's text is TOML's, where there are no control characters.
            Dependency::Path(path) => write!(f, "path = {}", Value::from(path.as_str())),
        }
    }
}

/// A version as a manifest asks for it: up to three numbers, what is before the last release, and how near it has to be.
fn version(text: &str) -> Result<String, &'static str> {
    const WANTED: &str = "expected a version such as 0.1, 0.1.0 or =0.1.0";
    let bare = text.trim_start_matches(['=', '^', '~']);
    let (numbers, before) =
        bare.split_once('-').map_or((bare, None), |(numbers, before)| (numbers, Some(before)));
    let parts: Vec<&str> = numbers.split('.').collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.len() <= 10 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_before = |before: &str| {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
        parts.len() == 3 && !before.is_empty() && before.len() <= 40 && before.bytes().all(letters)
    };
    let is_version = text.len() - bare.len() <= 1
        && parts.len() <= 3
        && parts.iter().all(is_number)
        && before.is_none_or(is_before);
    if is_version { Ok(text.to_owned()) } else { Err(WANTED) }
}

/// The absolute path of the folder of the crate.
fn crate_at(path: &Path) -> Result<String, NewError> {
    let absolute =
        std::path::absolute(path).map_err(|source| NewError::Path { path: path.to_owned(), source })?;
    let text = absolute.to_str().filter(|text| !text.contains(char::is_control)).map(str::to_owned);
    let text = text.ok_or_else(|| NewError::PathText { path: path.to_owned() })?;
    let manifest = absolute.join("Cargo.toml");
    let bytes = files::read(&manifest, Kind::Project)?;
    let is_ours = String::from_utf8_lossy(&bytes).lines().any(|line| line.trim() == "name = \"zksensor\"");
    if is_ours { Ok(text) } else { Err(NewError::Crate { manifest }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_manifests_and_nothing_else_gets_into_one() {
        for good in ["0.1", "0", "0.1.0", "=0.1.0", "^1.2", "~1.2.3", "0.2.0-rc.1"] {
            assert_eq!(version(good), Ok(good.to_owned()));
        }
        let long = format!("1.0.0-{}", "a".repeat(41));
        for bad in [
            "",
            "=",
            "1.",
            ".1",
            "1.2.3.4",
            "==1",
            "v1",
            "1.x",
            "*",
            "1\", git = \"",
            "1.0-rc",
            "1.0.0-",
            &long,
        ] {
            assert!(version(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_path_is_quoted() {
        let path = Dependency::Path("C:\\with \"quotes\"".to_owned());
        assert_eq!(path.to_string(), "path = \"C:\\\\with \\\"quotes\\\"\"");
    }
}
