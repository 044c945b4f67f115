//! The command `new`: a project that builds and proves at once.

mod dependency;
mod error;
mod name;
mod template;

use std::path::PathBuf;

use serde_json::json;
use zksensor::files::{Kind, StagedFolder};

use crate::output::{Output, shown, shown_all};
use dependency::{Dependency, DependencyArgs};
pub(crate) use error::NewError;
use name::Name;
use template::Template;

/// Options of `new`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The folder's name is the project's, by the rules for names of crates. `fleet` and `station` are crates that depend on \
                  zksensor: in this version from its repository, unless --zksensor-version or --zksensor-path says otherwise. \
                  `consumer-contract` is a project of Foundry with all that it imports. README.md in each says what to do next."
)]
pub(crate) struct Args {
    /// What the project is.
    #[arg(value_enum)]
    template: Template,
    /// Where it goes: a folder that is new or empty.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    #[command(flatten)]
    dependency: DependencyArgs,
}

/// Makes the project.
///
/// # Errors
/// [`NewError`]; nothing is written then.
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), NewError> {
    let Args { template, folder, dependency } = args;
    let name = Name::of(folder)?;
    let dependency = dependency.of(*template)?;
    let files = template.files(&name, dependency.as_ref())?;

    let staged = StagedFolder::create(folder, Kind::Project)?;
    for (path, text) in &files {
        staged.put(path, text.as_bytes())?;
    }
    staged.commit()?;

    let paths: Vec<PathBuf> = files.iter().map(|(path, _)| folder.join(path)).collect();
    output.line(format_args!(
        "made        {} ({}, {} files)",
        folder.display(),
        template.name(),
        paths.len()
    ));
    if let Some(dependency) = &dependency {
        output.line(format_args!("zksensor    {dependency}"));
    }
    output.line(format_args!("next        in that folder: {}", template.next()));
    output.result(&json!({
        "template": template.name(),
        "name": name.as_str(),
        "folder": shown(folder),
        "zksensor": dependency.as_ref().map(Dependency::json),
        "next": template.next(),
        "files": shown_all(&paths),
    }));
    Ok(())
}
