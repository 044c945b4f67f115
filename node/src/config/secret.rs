//! Where a secret is. The configuration says where, and never what.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;
use zksensor::files::{self, FileError, Kind};
use zksensor::hex;

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// In a file, which only its owner may read.
    File(PathBuf),
    /// In a variable of the environment.
    Environment(String),
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeySource::File(path) => write!(f, "file:{}", path.display()),
            KeySource::Environment(name) => write!(f, "env:{name}"),
        }
    }
}

/// Why there is no secret. What is said of it has no part of one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The variable is not set.
    #[error("expected the variable {name} of the environment to be set, to text")]
    Unset {
        /// Its name.
        name: String,
    },
    /// Others can read the file.
    #[error("{}: expected a file that only its owner can read, got mode {mode:03o}; run chmod 600", path.display())]
    Shared {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// Not a key.
    #[error(
        "{source_of}: expected 64 hexadecimal digits, got something else; `openssl rand -hex 32` makes such a key"
    )]
    Form {
        /// Where it is.
        source_of: KeySource,
    },
}

impl KeySource {
    /// The secret's text, without white space around it.
    ///
    /// # Errors
    /// [`SecretError`] except [`SecretError::Form`].
    pub fn text(&self) -> Result<Zeroizing<String>, SecretError> {
        let text = Zeroizing::new(match self {
            KeySource::File(path) => {
                refuse_shared(path, env::var_os(CREDENTIALS).map(PathBuf::from).as_deref())?;
                // Of this kind nothing that is in it is ever quoted.
                files::read_text(path, Kind::Typed)?
            }
            KeySource::Environment(name) => {
                env::var(name).map_err(|_| SecretError::Unset { name: name.clone() })?
            }
        });
        Ok(Zeroizing::new(text.trim().to_owned()))
    }

    /// The secret as a key of 32 bytes, which is written as 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn key(&self) -> Result<Zeroizing<[u8; 32]>, SecretError> {
        let text = self.text()?;
        let wrong = |_| SecretError::Form { source_of: self.clone() };
        let digits = Zeroizing::new(format!("0x{}", text.strip_prefix("0x").unwrap_or(&text)));
        hex::parse(&digits).map(Zeroizing::new).map_err(wrong)
    }
}

/// The folder of the credentials that systemd gives to a service.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// A file is its owner's alone. One of systemd's credentials is root's, and the service reads it by a list of rights, which is shown as those of
/// the group (mode 440); the folder around it is nobody else's.
#[cfg(unix)]
fn refuse_shared(path: &Path, credentials: Option<&Path>) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt;
    // What is not there is named by who reads it.
    let Ok(found) = path.metadata() else { return Ok(()) };
    let mode = found.permissions().mode() & 0o777;
    let refused = if is_below(path, credentials) { 0o037 } else { 0o077 };
    match found.is_file() && mode & refused != 0 {
        true => Err(SecretError::Shared { path: path.to_owned(), mode }),
        false => Ok(()),
    }
}

/// Whether the file itself, wherever links to it are, lies in the folder.
#[cfg(unix)]
fn is_below(path: &Path, folder: Option<&Path>) -> bool {
    let whole = |path: &Path| path.canonicalize().ok();
    folder.and_then(whole).zip(whole(path)).is_some_and(|(folder, path)| path.starts_with(folder))
}

#[cfg(not(unix))]
fn refuse_shared(_: &Path, _: Option<&Path>) -> Result<(), SecretError> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_credential_of_systemd_may_be_readable_to_the_group_and_nothing_else() {
        let folder = env::temp_dir().join(format!("zksensor-node-secret-{}", std::process::id()));
        let credentials = folder.join("credentials");
        fs::create_dir_all(&credentials).unwrap();
        let (inside, outside) = (credentials.join("store.key"), folder.join("store.key"));
        let good = |path: &Path, mode: u32| {
            fs::write(path, "key").unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            let good = refuse_shared(path, Some(&credentials)).is_ok();
            assert_eq!(refuse_shared(path, None).is_ok(), mode & 0o077 == 0, "{mode:o}");
            fs::remove_file(path).unwrap();
            good
        };
        assert!([0o400, 0o440, 0o600, 0o640].into_iter().all(|mode| good(&inside, mode)));
        assert!(![0o444, 0o460, 0o450, 0o404].into_iter().any(|mode| good(&inside, mode)));
        assert!(good(&outside, 0o600) && !good(&outside, 0o640));
        assert!(!good(&credentials.join("../store.key"), 0o440), "it is beside the folder");
        fs::write(&outside, "key").unwrap();
        fs::set_permissions(&outside, fs::Permissions::from_mode(0o440)).unwrap();
        symlink(&outside, &inside).unwrap();
        assert!(refuse_shared(&inside, Some(&credentials)).is_err(), "a link is what it leads to");
        fs::remove_dir_all(&folder).unwrap();
    }
}
