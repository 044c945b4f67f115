//! The projects that there are, and their files.

use zksensor::solidity::{Package, openzeppelin};

use super::NewError;
use super::dependency::Dependency;
use super::name::Name;

/// What the headers of generated sources say made them.
const COMMAND: &str = "zksensor new consumer-contract";
/// Where Foundry finds what is imported.
const PACKAGE: &str = "lib/zksensor-contracts";
/// Likewise, of what the package imports as `@openzeppelin/`.
const OPENZEPPELIN: &str = "lib/openzeppelin-contracts";

/// A kind of project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Template {
    /// A crate: a network of stations proves the mean of each hour, of at least five (`aggregate`).
    Fleet,
    /// A crate: one fixed station proves how long it was up in its cell, by its receiver's log (`track`).
    Station,
    /// A project of Foundry: a contract reads a mean, and refuses an old one, one of too few devices and one that is too small.
    ConsumerContract,
}

/// Files by their paths in the project, as `templates/new` has them. A manifest and a .gitignore have other names there: by their own, Cargo
/// and git would take them for theirs.
macro_rules! files {
    ($folder:literal: $($path:literal = $file:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../../templates/new/", $folder, "/", $file)))),+]
    };
}
type Files = &'static [(&'static str, &'static str)];

const FLEET: Files = files! {
    "fleet":
    ".gitignore" = "gitignore",
    "Cargo.toml" = "Cargo.toml.template",
    "README.md" = "README.md",
    "fence.geojson" = "fence.geojson",
    "policy.toml" = "policy.toml",
    "src/lib.rs" = "src/lib.rs",
    "src/main.rs" = "src/main.rs",
    "tests/fleet.rs" = "tests/fleet.rs",
};
const STATION: Files = files! {
    "station":
    ".gitignore" = "gitignore",
    "Cargo.toml" = "Cargo.toml.template",
    "README.md" = "README.md",
    "cell.txt" = "cell.txt",
    "policy.toml" = "policy.toml",
    "src/lib.rs" = "src/lib.rs",
    "src/main.rs" = "src/main.rs",
    "station.nmea" = "station.nmea",
    "tests/station.rs" = "tests/station.rs",
};
const CONSUMER_CONTRACT: Files = files! {
    "consumer-contract":
    ".gitignore" = "gitignore",
    "README.md" = "README.md",
    "foundry.toml" = "foundry.toml",
    "remappings.txt" = "remappings.txt",
    "lib/openzeppelin-contracts/LICENSE" = "LICENSE-openzeppelin",
    "src/MeanReader.sol" = "src/MeanReader.sol",
    "test/Cheats.sol" = "test/Cheats.sol",
    "test/MeanReader.t.sol" = "test/MeanReader.t.sol",
};

impl Template {
    /// As it is written on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Template::Fleet => "fleet",
            Template::Station => "station",
            Template::ConsumerContract => "consumer-contract",
        }
    }

    /// Whether it is a crate, which depends on zksensor.
    pub(super) fn is_crate(self) -> bool {
        self != Template::ConsumerContract
    }

    /// What to do first.
    pub(super) fn next(self) -> &'static str {
        if self.is_crate() { "cargo run --release" } else { "forge test" }
    }

    /// The files of a project of this name.
    ///
    /// # Errors
    /// As [`Package::published`].
    pub(super) fn files(
        self,
        name: &Name,
        dependency: Option<&Dependency>,
    ) -> Result<Vec<(String, String)>, NewError> {
        let files = match self {
            Template::Fleet => FLEET,
            Template::Station => STATION,
            Template::ConsumerContract => CONSUMER_CONTRACT,
        };
        let dependency = dependency.map(Dependency::to_string).unwrap_or_default();
        let filled =
            |text: &str| text.replace("{{name}}", name.as_str()).replace("{{zksensor}}", &dependency);
        let mut all: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), filled(text))).collect();
        if !self.is_crate() {
            let package = Package::published(COMMAND)?;
            all.extend(package.files().map(|(path, text)| (format!("{PACKAGE}/{path}"), text.to_owned())));
            let imported = openzeppelin().into_iter();
            all.extend(imported.map(|(path, text)| {
                (path.replacen("@openzeppelin/contracts", &format!("{OPENZEPPELIN}/contracts"), 1), text)
            }));
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use clap::ValueEnum;

    use super::*;

    fn count(folder: &Path) -> usize {
        let entries = folder.read_dir().unwrap().map(Result::unwrap);
        entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
    }

    #[test]
    fn every_file_of_a_template_is_in_its_project_once() {
        for (template, files) in [
            (Template::Fleet, FLEET),
            (Template::Station, STATION),
            (Template::ConsumerContract, CONSUMER_CONTRACT),
        ] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/new").join(template.name());
            assert_eq!(files.len(), count(&folder), "{}", template.name());
            let paths: BTreeSet<_> = files.iter().map(|(path, _)| path).collect();
            assert_eq!(paths.len(), files.len());
        }
    }

    #[test]
    fn nothing_is_left_to_fill_in() {
        let name = Name::of(Path::new("town-air")).unwrap();
        for template in Template::value_variants() {
            assert_eq!(template.to_possible_value().unwrap().get_name(), template.name());
            let dependency = template.is_crate().then_some(Dependency::Repository);
            let files = template.files(&name, dependency.as_ref()).unwrap();
            let is_filled = |text: &str| !text.contains("{{name}}") && !text.contains("{{zksensor}}");
            assert!(files.iter().all(|(_, text)| is_filled(text)));
            let readme = &files.iter().find(|(path, _)| path == "README.md").unwrap().1;
            assert!(readme.starts_with("# town-air\n"));
        }
    }
}
