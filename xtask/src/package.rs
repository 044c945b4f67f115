//! The package of npm, from what this program was built with: sources, artifacts and interfaces that `check` compares.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use zksensor_solidity::Package;

use crate::contracts::COMMAND;

/// Writes the package into a folder, which is made if it is not there.
///
/// A folder with something in it is refused: what lies there would be published.
pub(crate) fn write(folder: &Path) -> Result<(), String> {
    let at = folder.display();
    let is_used = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(format!("{at}: expected a folder that is new or empty, but: {error}")),
    };
    if is_used {
        return Err(format!(
            "{at}: expected a folder that is new or empty, but there are files in it; nothing was written"
        ));
    }
    let package =
        Package::published(COMMAND).map_err(|error| format!("a contract does not render: {error}"))?;
    for (path, text) in package.files() {
        let file = folder.join(path);
        let parent = file.parent().expect("joined to a folder");
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&file, text))
            .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    eprintln!("wrote {} files to {at}", package.files().count());
    Ok(())
}
