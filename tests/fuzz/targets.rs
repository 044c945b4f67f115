//! What every decoder and importer is put through: no panic, bounded memory, and what decodes has one encoding. And the fields of
//! the engine, whose results are those of arkworks.
//!
//! The fuzz targets in `fuzz/` and the test `replay` share this file.

mod attestation;
mod ceremony;
mod documents;
mod elements;
mod formats;
mod frames;
mod halo2;
pub(crate) mod keys;
mod memory;
mod proofs;
mod readings;
mod words;

use zksensor::import::format_named;

/// What a target does with its input.
pub(crate) type Target = fn(&[u8]);

/// The targets by name, apart from the formats of readings: each format is a target, too.
pub(crate) const TARGETS: [(&str, Target); 31] = [
    ("attestation", attestation::bytes),
    ("device_file", documents::device_file),
    ("elements", elements::bytes),
    ("fence", documents::fence),
    ("frame", frames::bytes),
    ("frames_file", frames::file),
    ("halo2_proof", halo2::proof),
    ("halo2_proof_file", halo2::proof_file),
    ("halo2_proving_key", halo2::proving),
    ("halo2_srs", halo2::srs),
    ("halo2_verify", halo2::verify),
    ("halo2_verifying_key", halo2::verifying),
    ("hex", words::hex),
    ("opening", documents::opening),
    ("policy", documents::policy),
    ("proof", proofs::bytes),
    ("proof_file", proofs::file),
    ("proving_key", keys::proving),
    ("ptau", ceremony::ptau),
    ("public_inputs", words::public_inputs),
    ("r1cs", ceremony::rows),
    ("reading", readings::bytes),
    ("readings_file", readings::file),
    ("registry", keys::registry),
    ("revert", words::revert),
    ("rtcm", words::rtcm),
    ("schema", documents::schema),
    ("snarkjs", proofs::snarkjs),
    ("statement_id", words::statement_id),
    ("verifying_key", keys::verifying),
    ("zkey", ceremony::zkey),
];

/// Puts `input` through a target.
///
/// # Panics
/// If the decoder or the engine does not keep its promises, or there is no such target or format.
pub(crate) fn run(name: &str, input: &[u8]) {
    if let Some(format) = format_named(name) {
        return formats::read(format, input);
    }
    let (_, target) = TARGETS.iter().find(|(other, _)| *other == name).expect("the name is one of TARGETS");
    target(input);
}
