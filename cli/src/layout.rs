//! The layout of public inputs, which is written beside the keys of a statement.

use std::path::{Path, PathBuf};

use zksensor::files::{self, FileError, Kind, LayoutFile, Overwrite, Reason, Staged};
use zksensor::model::known::KnownStatement;

/// A layout that will be beside its keys. Keys of one statement share it: where it is already, it stays.
pub(crate) struct Layout {
    path: PathBuf,
    text: String,
    staged: Option<Staged>,
}

impl Layout {
    /// Starts the file, before the work; or finds that it is there.
    ///
    /// # Errors
    /// [`FileError`] if it cannot be written, or something else is there and must not be replaced.
    pub(crate) fn stage(
        directory: &Path,
        statement: &KnownStatement,
        overwrite: Overwrite,
    ) -> Result<Layout, FileError> {
        let (path, text) =
            (directory.join(LayoutFile::name(&statement.id())), LayoutFile::of(statement).to_json());
        let mut layout = Layout { path, text, staged: None };
        if !layout.is_there() {
            let mut staged = Staged::create(&layout.path, Kind::Layout, overwrite)?;
            staged.put(layout.text.as_bytes())?;
            layout.staged = Some(staged);
        }
        Ok(layout)
    }

    /// Whether the file holds it.
    fn is_there(&self) -> bool {
        files::read(&self.path, Kind::Layout).is_ok_and(|bytes| bytes == self.text.as_bytes())
    }

    /// What is being written, if it is not there yet.
    pub(crate) fn staged(&self) -> Option<&Staged> {
        self.staged.as_ref()
    }

    /// Gives the file its name, and says it.
    ///
    /// # Errors
    /// [`FileError`], unless another command has written the same meanwhile.
    pub(crate) fn commit(mut self) -> Result<PathBuf, FileError> {
        match self.staged.take().map_or(Ok(()), Staged::commit) {
            Err(FileError { reason: Reason::Exists { .. }, .. }) if self.is_there() => Ok(self.path),
            written => written.map(|()| self.path),
        }
    }
}
