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
                refuse_shared(path)?;
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

#[cfg(unix)]
fn refuse_shared(path: &Path) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt;
    // What is not there is named by who reads it.
    let Ok(found) = path.metadata() else { return Ok(()) };
    let mode = found.permissions().mode() & 0o777;
    match found.is_file() && mode & 0o077 != 0 {
        true => Err(SecretError::Shared { path: path.to_owned(), mode }),
        false => Ok(()),
    }
}

#[cfg(not(unix))]
fn refuse_shared(_: &Path) -> Result<(), SecretError> {
    Ok(())
}
