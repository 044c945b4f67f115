//! The folders that a node makes files in.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;

use super::Config;
use super::mistakes::{Mistakes, Place};

/// Each with its key.
fn all(config: &Config) -> impl Iterator<Item = (String, &Path)> {
    let own = [("data", config.data.as_path()), ("proofs.folder", config.proofs.as_path())];
    let of_chains = config
        .chains
        .iter()
        .map(|chain| (format!("chains.{}.deployments", chain.name), chain.deployments.as_path()));
    own.into_iter().map(|(key, path)| (key.to_owned(), path)).chain(of_chains)
}

fn around(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn add(mistakes: &mut Mistakes, key: String, what: String, help: &'static str) {
    mistakes.add(Place::Missing { key }, what, help);
}

/// Whether each is there, or can be made in one that is.
pub(super) fn look(config: &Config, mistakes: &mut Mistakes) {
    for (key, path) in all(config) {
        let shown = path.display();
        let what = match path.metadata() {
            Ok(found) if found.is_dir() => continue,
            Ok(_) => format!("{shown}: expected a folder, got something else"),
            Err(_) if around(path).is_dir() => continue,
            Err(error) => format!("{shown}: expected a folder, or one around it, but: {error}"),
        };
        add(mistakes, key, what, "check the path; the last folder of it is made, those around it are not");
    }
}

/// Whether whoever asks may make files in each, as whoever runs the node has to. A disk that is full is no mistake of a configuration.
///
/// # Errors
/// [`Mistakes`]: every folder in which the system lets nobody write, or not this user.
pub(super) fn try_each(config: &Config) -> Result<(), Mistakes> {
    let mut mistakes = Mistakes::default();
    for (key, path) in all(config) {
        let folder = if path.is_dir() { path } else { around(path) };
        let Err(error) = try_one(folder) else { continue };
        if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) {
            let what = format!("{}: expected to write a file in it, but: {error}", folder.display());
            add(&mut mistakes, key, what, "name a folder that the user who runs the node may write to");
        }
    }
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}

fn try_one(folder: &Path) -> io::Result<()> {
    let name = folder.join(format!(".zksensor-check-{}", std::process::id()));
    let file = File::create(&name)?;
    drop(file);
    fs::remove_file(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAIN: &str = "[chains.amoy]\nchain_id = 80002\nrpc_url = \"env:AMOY_RPC\"\nsigner = \"keystore:account\"\n\
                         password = \"file:password\"\nbudget_pol_a_day = \"1.5\"\n";

    /// Root may write anywhere, but for what is no place for files.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_nobody_can_write_to_is_named_by_whoever_is_to_run() {
        let folder = std::env::temp_dir().join(format!("zksensor-node-folders-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let text = |deployments: &str| {
            format!(
                "data = \"data\"\nproofs.folder = \"/sys/kernel/proofs\"\n[policies.air]\npolicy = \"air.toml\"\n{CHAIN}deployments = \"{deployments}\"\n"
            )
        };
        let tried = |deployments| {
            let config = Config::parse(&text(deployments), &folder, &[]).unwrap();
            let wrong = try_each(&config).unwrap_err();
            wrong.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        for (deployments, keys) in
            [("state", &["proofs.folder"][..]), ("/sys", &["proofs.folder", "chains.amoy.deployments"])]
        {
            let said = tried(deployments);
            assert_eq!(said.len(), keys.len(), "{said:#?}");
            for (said, key) in said.iter().zip(keys) {
                assert!(
                    said.starts_with(&format!("`{key}`")) && said.contains("expected to write a file in it"),
                    "{said}"
                );
            }
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "it leaves nothing, and makes no folder");
        fs::remove_dir_all(&folder).unwrap();
    }
}
