//! What every decoder and importer is put through: no panic, bounded memory, and what decodes has one encoding.
//!
//! The fuzz targets in `fuzz/` and the test `replay` share this file.

mod documents;
mod keys;
mod memory;
mod proofs;
mod readings;
mod tables;
mod tracks;
mod words;

/// What a target does with its input.
pub(crate) type Target = fn(&[u8]);

/// The targets by name.
pub(crate) const TARGETS: [(&str, Target); 22] = [
    ("attestation", tracks::attestation),
    ("csv", tables::csv),
    ("device_file", documents::device_file),
    ("dimo", tracks::dimo),
    ("fence", documents::fence),
    ("gpx", tracks::gpx),
    ("hex", words::hex),
    ("ndjson", tracks::ndjson),
    ("nmea", tracks::nmea),
    ("policy", documents::policy),
    ("proof", proofs::bytes),
    ("proof_file", proofs::file),
    ("proving_key", keys::proving),
    ("public_inputs", words::public_inputs),
    ("reading", readings::bytes),
    ("readings_file", readings::file),
    ("registry", keys::registry),
    ("revert", words::revert),
    ("senml", tracks::senml),
    ("snarkjs", proofs::snarkjs),
    ("statement_id", words::statement_id),
    ("verifying_key", keys::verifying),
];

/// Puts `input` through a target.
///
/// # Panics
/// If the decoder does not keep its promises, or there is no such target.
pub(crate) fn run(name: &str, input: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(other, _)| *other == name).expect("the name is one of TARGETS");
    target(input);
}
