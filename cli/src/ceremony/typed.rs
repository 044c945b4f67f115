//! What somebody types so that nobody can guess their contribution. It is not shown, and wiped.

use std::io::IsTerminal;
use std::path::Path;

use zeroize::Zeroizing;
use zksensor::files::{self, FileError, Kind};

use crate::output::Output;

/// What a file holds, or a person types; nothing where nobody is asked.
///
/// # Errors
/// [`FileError`] if the file is not there, or too large.
pub(super) fn read(file: Option<&Path>, output: &Output) -> Result<Zeroizing<Vec<u8>>, FileError> {
    if let Some(file) = file {
        return files::read_secret(file, Kind::Typed);
    }
    let nothing = || Zeroizing::new(Vec::new());
    if output.is_json() || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        output.note(
            "nobody was asked to type anything: the contribution is of this machine's randomness alone",
        );
        return Ok(nothing());
    }
    output.warn("type a line that nobody can guess, and press enter; it is not shown");
    let Some(line) = terminal::line() else {
        output.warn("nothing could be read: the contribution is of this machine's randomness alone");
        return Ok(nothing());
    };
    Ok(line)
}

#[cfg(unix)]
pub(crate) use terminal::restore;

#[cfg(not(unix))]
mod terminal {
    use zeroize::Zeroizing;

    /// Where there is no way to keep it from being shown, nothing is read.
    pub(super) fn line() -> Option<Zeroizing<Vec<u8>>> {
        None
    }
}

#[cfg(unix)]
mod terminal {
    use std::sync::{Mutex, PoisonError};

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
    use zeroize::Zeroizing;

    /// How the terminal was, while it does not show what is typed.
    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

    /// A line of a terminal is never longer.
    const LINE: usize = 4096;

    /// Has the terminal show again what is typed.
    pub(crate) fn restore() {
        if let Some(before) = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Nobody can be told.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Flush, &before);
        }
    }

    /// A line that is not shown, without its end. It goes into one piece of memory, past the buffer of the standard input.
    pub(super) fn line() -> Option<Zeroizing<Vec<u8>>> {
        let terminal = std::io::stdin();
        let before = tcgetattr(&terminal).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        silent.local_modes.insert(LocalModes::ECHONL);
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        let mut bytes = Zeroizing::new(vec![0; LINE]);
        let read = tcsetattr(&terminal, OptionalActions::Flush, &silent)
            .and_then(|()| rustix::io::retry_on_intr(|| rustix::io::read(&terminal, &mut bytes[..])));
        restore();
        bytes.truncate(read.ok()?);
        while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            bytes.pop();
        }
        Some(bytes)
    }
}
