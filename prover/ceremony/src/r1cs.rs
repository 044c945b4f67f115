//! `.r1cs`: the rows of a circuit, in the binary form of iden3, version 1, as circom's compiler writes them.
//!
//! Columns keep their numbers: 0 is the constant one, then the public inputs, which are all inputs and no outputs, then the witness. No wire
//! is called a private input, as no program of circom computes the witness; labels are the columns' numbers.

use std::io::Write;

use ark_ff::PrimeField;
use zksensor_model::field::Fr;
use zksensor_r1cs::Circuit;

use crate::error::CeremonyError;
use crate::point::{ELEMENT, scalar_bytes};
use crate::rows::{Side, constraints, number};
use crate::sections::{Format, begin, begin_section, put_section};

const HEADER: u32 = 1;
const CONSTRAINTS: u32 = 2;
const LABELS: u32 = 3;

/// Writes the rows of a circuit.
///
/// # Errors
/// [`CeremonyError::System`] if the writer fails.
///
/// ```
/// # use zksensor_circuits::statement::reading::SingleReading;
/// let circuit = zksensor_r1cs::compile(&SingleReading).expect("it compiles");
/// let mut file = Vec::new();
/// zksensor_ceremony::write_r1cs(&circuit, &mut file)?;
/// assert!(file.starts_with(b"r1cs\x01\0\0\0"));
/// # Ok::<(), zksensor_ceremony::CeremonyError>(())
/// ```
pub fn write_r1cs(circuit: &Circuit, mut writer: impl Write) -> Result<(), CeremonyError> {
    begin(&mut writer, Format::R1cs, 3)?;
    put_section(&mut writer, HEADER, &header(circuit))?;
    // Its length comes before it, so that the rows are gone through twice.
    let length = constraints(circuit).flatten().map(|side| side_bytes(&side)).sum();
    begin_section(&mut writer, CONSTRAINTS, length)?;
    for side in constraints(circuit).flatten() {
        let mut bytes = number(side.len()).to_le_bytes().to_vec();
        for (column, value) in side {
            bytes.extend_from_slice(&column.to_le_bytes());
            bytes.extend_from_slice(&scalar_bytes(&value));
        }
        writer.write_all(&bytes)?;
    }
    begin_section(&mut writer, LABELS, 8 * circuit.columns() as u64)?;
    for label in 0..circuit.columns() as u64 {
        writer.write_all(&label.to_le_bytes())?;
    }
    Ok(writer.flush()?)
}

fn side_bytes(side: &Side) -> u64 {
    4 + side.len() as u64 * (4 + ELEMENT as u64)
}

fn header(circuit: &Circuit) -> Vec<u8> {
    let mut bytes = modulus::<Fr>();
    let (outputs, private) = (0, 0);
    for count in [circuit.columns(), outputs, circuit.publics(), private] {
        bytes.extend_from_slice(&number(count).to_le_bytes());
    }
    bytes.extend_from_slice(&(circuit.columns() as u64).to_le_bytes());
    bytes.extend_from_slice(&number(circuit.constraints()).to_le_bytes());
    bytes
}

/// The length of an element, and the modulus.
pub(crate) fn modulus<F: PrimeField<BigInt = ark_ff::BigInt<4>>>() -> Vec<u8> {
    let mut bytes = number(ELEMENT).to_le_bytes().to_vec();
    F::MODULUS.0.iter().for_each(|limb| bytes.extend_from_slice(&limb.to_le_bytes()));
    bytes
}
