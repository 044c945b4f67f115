//! The switch: one for the process, so that it holds on every thread that a synthesis runs on.

use std::collections::BTreeSet;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// Scopes around an assertion that tell it from others of the same line.
const SCOPES: usize = 2;

/// One assertion: where it stands in the source, what it is, and the innermost scopes around it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// The file, from `src/` on.
    pub file: &'static str,
    /// The line, 1 up.
    pub line: u32,
    /// The column, 1 up.
    pub column: u32,
    /// The operation.
    pub operation: &'static str,
    /// The innermost scopes, outermost first.
    pub scopes: Vec<&'static str>,
}

impl Site {
    fn new(location: &'static Location<'static>, path: &[&'static str], operation: &'static str) -> Self {
        let file = location.file();
        let file = file.find("src/").map_or(file, |start| &file[start + 4..]);
        let scopes = path[path.len().saturating_sub(SCOPES)..].to_vec();
        Site { file, line: location.line(), column: location.column(), operation, scopes }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {} in {}", self.file, self.line, self.operation, self.scopes.join(" / "))
    }
}

/// Whether anybody looks at sites at all.
static ACTIVE: AtomicBool = AtomicBool::new(false);
static OFF: RwLock<Option<Site>> = RwLock::new(None);
static RECORD: Mutex<Option<BTreeSet<Site>>> = Mutex::new(None);
/// One user at a time.
static TURN: Mutex<()> = Mutex::new(());

pub(super) fn is_off(
    location: &'static Location<'static>,
    path: &[&'static str],
    operation: &'static str,
) -> bool {
    if !ACTIVE.load(Ordering::Relaxed) {
        return false;
    }
    let site = Site::new(location, path, operation);
    let off = OFF.read().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(&site);
    if let Some(record) = RECORD.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        record.insert(site);
    }
    off
}

/// Undoes what a turn set, however it ends.
struct Turn<'l>(#[allow(dead_code, reason = "held, not read")] MutexGuard<'l, ()>);

impl Turn<'_> {
    fn begin() -> Self {
        let turn = Turn(TURN.lock().unwrap_or_else(PoisonError::into_inner));
        ACTIVE.store(true, Ordering::SeqCst);
        turn
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        ACTIVE.store(false, Ordering::SeqCst);
        *OFF.write().unwrap_or_else(PoisonError::into_inner) = None;
        *RECORD.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Every assertion that `f` comes by.
pub fn record(f: impl FnOnce()) -> BTreeSet<Site> {
    let turn = Turn::begin();
    *RECORD.lock().unwrap_or_else(PoisonError::into_inner) = Some(BTreeSet::new());
    f();
    let found = RECORD.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
    drop(turn);
    found
}

/// Runs `f` with one assertion off, on every thread of this process.
pub fn with_off<T>(site: &Site, f: impl FnOnce() -> T) -> T {
    let turn = Turn::begin();
    *OFF.write().unwrap_or_else(PoisonError::into_inner) = Some(site.clone());
    let result = f();
    drop(turn);
    result
}
