//! The switch: one for the process, named by an environment variable, so that it holds on every thread and from the first
//! synthesis on.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::Location;
use std::sync::OnceLock;

/// The environment variable that names the assertion that is off, as [`Site`] displays it.
pub const VARIABLE: &str = "ZKSENSOR_MUTANT";

/// The scope that a gadget stands in where it is looked at alone.
pub const ALONE: &str = "gadget";

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
        let Site { file, line, column, operation, scopes } = self;
        write!(f, "{file}:{line}:{column} {operation} in {}", scopes.join(" / "))
    }
}

thread_local! {
    /// What this thread has come by; `None` if it does not record.
    static RECORD: RefCell<Option<BTreeSet<Site>>> = const { RefCell::new(None) };
}

fn off() -> Option<&'static str> {
    static OFF: OnceLock<Option<String>> = OnceLock::new();
    OFF.get_or_init(|| std::env::var(VARIABLE).ok()).as_deref()
}

pub(super) fn is_off(
    location: &'static Location<'static>,
    path: &[&'static str],
    operation: &'static str,
) -> bool {
    RECORD.with_borrow_mut(|record| {
        if let Some(record) = record {
            record.insert(Site::new(location, path, operation));
        }
    });
    off().is_some_and(|off| is_named(off, &Site::new(location, path, operation), path))
}

/// Whether a name is that of a site. Where a gadget is looked at alone, the scopes around it are not those of a statement, and
/// the line says enough.
fn is_named(name: &str, site: &Site, path: &[&'static str]) -> bool {
    // Most names part in their first bytes.
    name.starts_with(site.file)
        && (name == site.to_string()
            || (path.first() == Some(&ALONE)
                && name.split(" in ").next() == site.to_string().split(" in ").next()))
}

/// Every assertion that `f` comes by on this thread.
pub fn record(f: impl FnOnce()) -> BTreeSet<Site> {
    RECORD.set(Some(BTreeSet::new()));
    f();
    RECORD.take().unwrap_or_default()
}
