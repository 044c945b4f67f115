//! Why there is no project.

use std::path::PathBuf;

use zksensor::files::FileError;
use zksensor::solidity::RenderError;

use crate::error::{Advice, diagnostic};

/// Why there is no project.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NewError {
    /// A folder that is there, or a file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The folder's name is none for a crate.
    #[error("expected {wanted} as the name of the project, which is the last of the folder, got `{got}`")]
    Name {
        /// What a name is.
        wanted: &'static str,
        /// What came, escaped and cut to 80 characters.
        got: String,
    },
    /// Options for a crate, and the project is none.
    #[error(
        "expected no --zksensor-path and no --zksensor-version for {template}, which depends on no crate"
    )]
    NoCrate {
        /// The template.
        template: &'static str,
    },
    /// A path that leads nowhere.
    #[error("{}: expected the folder of the crate zksensor, but: {source}", path.display())]
    Path {
        /// What came.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A path that no manifest can hold.
    #[error("{}: expected a path that is text, without control characters, as a manifest holds no other", path.display())]
    PathText {
        /// What came.
        path: PathBuf,
    },
    /// A folder of another crate.
    #[error("{}: expected the manifest of the crate zksensor, with `name = \"zksensor\"`, got another", manifest.display())]
    Crate {
        /// The manifest that was read.
        manifest: PathBuf,
    },
    /// A contract cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
}

impl NewError {
    fn advice(&self) -> Advice {
        match self {
            NewError::File(error) => Advice::of_file(error),
            NewError::Name { .. } => Advice::new(
                "zksensor::usage",
                "choose another folder, such as ./town-air; rename it afterwards if you like",
            ),
            NewError::NoCrate { .. } => Advice::new(
                "zksensor::usage",
                "leave the option out: the contracts are those of this command",
            ),
            NewError::Path { .. } => Advice::new("zksensor::system", "check the path and its permissions"),
            NewError::PathText { .. } => {
                Advice::new("zksensor::usage", "move or link the folder to such a path")
            }
            NewError::Crate { .. } => Advice::new(
                "zksensor::file",
                "pass the folder at the top of zksensor's repository, or leave the option out",
            ),
            NewError::Render(_) => {
                Advice::new("zksensor::export::contract", "this should not happen; please report it")
            }
        }
    }
}
diagnostic!(NewError);
