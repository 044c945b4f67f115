//! `vectors/*.json`: what firmware, JavaScript or Python is written against without reading Rust. `vectors/README.md` says what
//! the fields mean; `circuits/model/tests/vectors.rs` replays every case through the public API.

mod frames;
mod hashes;
mod keys;
mod noise;
mod paths;
mod policies;
mod readings;
mod signatures;
mod table;

use serde_json::{Value, json};
use zksensor_model::device::{DeviceKey, DeviceSecret};
use zksensor_model::field::{self, Fr};

use crate::file::Generated;

/// Every file.
pub(crate) fn all() -> Vec<Generated> {
    let mut files = vec![file("preimages", &table::document())];
    for (name, cases) in hashes::all() {
        files.push(file(name, &cases.document()));
    }
    for (name, cases) in [
        ("device_keys", keys::cases()),
        ("signatures", signatures::cases()),
        ("signed_readings", readings::cases()),
        ("signed_frames", frames::cases()),
        ("merkle_paths", paths::cases()),
    ] {
        files.push(file(name, &cases.document()));
    }
    files
}

/// Cases that hold, and cases that must be refused.
struct Cases {
    about: &'static str,
    good: Vec<Value>,
    bad: Vec<Value>,
}

impl Cases {
    fn document(&self) -> Value {
        json!({ "about": self.about, "good": self.good, "bad": self.bad })
    }
}

fn file(name: &str, document: &Value) -> Generated {
    let text = serde_json::to_string_pretty(document).expect("text and numbers");
    Generated::new(format!("vectors/{name}.json"), format!("{text}\n"))
}

/// What every secret of the vectors is made of: nobody keeps anything by it.
fn label(what: &str, number: u32) -> String {
    format!("zksensor test vector, not a secret: {what} {number}")
}

/// The low 248 bits of keccak256 of a label.
fn of_label(label: &str) -> Fr {
    field::keccak248(label.as_bytes())
}

/// A device key by its label.
fn device_key(label: &str) -> DeviceKey {
    DeviceKey::from_seed(field::to_be_bytes(&of_label(label)))
}

/// A device secret by its label.
fn device_secret(label: &str) -> DeviceSecret {
    DeviceSecret::from_be_bytes(&field::to_be_bytes(&of_label(label))).expect("248 bits are below r")
}
