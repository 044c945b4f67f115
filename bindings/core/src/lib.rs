//! What the bindings to other languages have in common: bytes and text in, JSON and text out. Formats are the library's; here is none.

mod error;
#[cfg(feature = "import")]
mod import;
mod inspect;
mod sign;
mod verify;

pub use error::{BindingError, refuse_secret, unquoted};
#[cfg(feature = "import")]
pub use import::{ImportOptions, Imported, import};
pub use inspect::inspect;
pub use sign::{Numbers, Signer, decode_reading, encode_reading, read_reading};
pub use verify::{verify, verify_inputs};

pub use serde_json::Value;
