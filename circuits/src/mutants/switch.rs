//! The switch: one for the process, named by an environment variable, so that it holds on every thread and from the first
//! synthesis on.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::Location;
use std::sync::OnceLock;

use super::ALONE;
use zksensor_model::rule::Scope;

/// The environment variable that names the assertion that is off, as [`Assertion`] displays it.
pub const VARIABLE: &str = "ZKSENSOR_MUTANT";

/// Scopes around an assertion that tell it from others of the same line.
const SCOPES: usize = 2;

/// One assertion: where it stands in the source, what it is, and the innermost scopes around it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assertion {
    /// The file, from `src/` on where it is one of this crate.
    pub file: &'static str,
    /// The line, 1 up.
    pub line: u32,
    /// The column, 1 up.
    pub column: u32,
    /// The operation.
    pub operation: &'static str,
    /// The innermost scopes, outermost first.
    pub scopes: Vec<Scope>,
}

impl Assertion {
    fn new(location: &'static Location<'static>, path: &[Scope], operation: &'static str) -> Self {
        let file = location.file();
        // An arithmetization has files of the same names in another crate: they keep the name of its folder.
        let file = match file.split_once("src/") {
            Some(("" | "circuits/", own)) => own,
            _ => file,
        };
        let scopes = path[path.len().saturating_sub(SCOPES)..].to_vec();
        Assertion { file, line: location.line(), column: location.column(), operation, scopes }
    }
}

impl fmt::Display for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Assertion { file, line, column, operation, scopes } = self;
        write!(f, "{file}:{line}:{column} {operation} in {}", Scope::join(scopes))
    }
}

thread_local! {
    /// What this thread has come by; `None` if it does not record.
    static RECORD: RefCell<Option<BTreeSet<Assertion>>> = const { RefCell::new(None) };
}

/// The assertion that is off: its name, and where it stands, which is looked at first.
struct Off {
    name: String,
    /// `file:line:column operation`.
    place: String,
    line: u32,
    column: u32,
}

fn off() -> Option<&'static Off> {
    static OFF: OnceLock<Option<Off>> = OnceLock::new();
    OFF.get_or_init(|| {
        let name = std::env::var(VARIABLE).ok()?;
        let place = name.split(" in ").next()?.to_string();
        let mut numbers = place.split(' ').next()?.rsplit(':').map(|number| number.parse().ok());
        let (column, line) = (numbers.next()??, numbers.next()??);
        Some(Off { name, place, line, column })
    })
    .as_ref()
}

pub(super) fn is_any_off() -> bool {
    off().is_some()
}

pub(super) fn is_off(location: &'static Location<'static>, path: &[Scope], operation: &'static str) -> bool {
    RECORD.with_borrow_mut(|record| {
        if let Some(record) = record {
            record.insert(Assertion::new(location, path, operation));
        }
    });
    off().is_some_and(|off| {
        // A gadget that is looked at alone has not the scopes of a statement around it; the line says enough.
        let is_named = |name: &str| match path.first() {
            Some(Scope::Part(ALONE)) => {
                name.strip_prefix(&off.place).is_some_and(|rest| rest.starts_with(" in "))
            }
            _ => name == off.name,
        };
        (off.line, off.column) == (location.line(), location.column())
            && is_named(&Assertion::new(location, path, operation).to_string())
    })
}

/// Every assertion that `f` comes by on this thread.
pub fn record(f: impl FnOnce()) -> BTreeSet<Assertion> {
    RECORD.set(Some(BTreeSet::new()));
    f();
    RECORD.take().unwrap_or_default()
}
