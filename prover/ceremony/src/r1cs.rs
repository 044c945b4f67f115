//! `.r1cs`: the rows of a circuit, in the binary form of iden3, version 1, as circom's compiler writes them.
//!
//! Columns keep their numbers: 0 is the constant one, then the public inputs, which are all inputs and no outputs, then the witness. No wire
//! is called a private input, as no program of circom computes the witness; labels are the columns' numbers.

use std::io::{Read, Seek, Write};

use ark_ff::PrimeField;
use zksensor_model::field::Fr;
use zksensor_r1cs::Circuit;

use crate::error::CeremonyError;
use crate::point::{ELEMENT, scalar_bytes};
use crate::rows::{Side, constraints, number};
use crate::sections::{Format, Sections, begin, begin_section, put_section};

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
/// let header = zksensor_ceremony::read_r1cs_header(std::io::Cursor::new(file))?;
/// assert_eq!(header.constraints as usize, circuit.constraints());
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

/// What a file of rows says of itself. The rows are not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct R1csHeader {
    /// The constant one, outputs, inputs and witness.
    pub columns: u32,
    /// Outputs, which are public; files of ours have none.
    pub outputs: u32,
    /// Inputs that are public.
    pub public_inputs: u32,
    /// Inputs that are not; files of ours have none.
    pub private_inputs: u32,
    /// Products.
    pub constraints: u32,
}

/// Reads the header of a file of rows, of ours or of circom's compiler, and holds the lengths of the sections against it.
///
/// # Errors
/// [`CeremonyError::File`] and [`CeremonyError::Section`] for what is not of the format; [`CeremonyError::System`] if the reader fails.
pub fn read_r1cs_header(reader: impl Read + Seek) -> Result<R1csHeader, CeremonyError> {
    let mut sections = Sections::open(reader, Format::R1cs)?;
    let prime = modulus::<Fr>();
    let length = prime.len() as u64 + HEADER_WORDS;
    sections.expect_size(HEADER, length)?;
    let bytes = sections.bytes(HEADER, 0, length)?;
    let (field, words) = bytes.split_at(prime.len());
    if field != prime {
        return Err(sections.fault(HEADER, 0, "expected 32 and the modulus of BN254's scalar field"));
    }
    let word = |at: usize| u32::from_le_bytes(words[at..at + 4].try_into().expect("four bytes"));
    // Behind the fourth come the labels, in eight bytes.
    let [columns, outputs, public_inputs, private_inputs, constraints] = [0, 4, 8, 12, 24].map(word);
    let named = [1, outputs, public_inputs, private_inputs].map(u64::from).iter().sum::<u64>();
    if named > u64::from(columns) {
        return Err(sections.fault(
            HEADER,
            prime.len() as u64,
            "expected more columns than outputs and inputs",
        ));
    }
    sections.expect_size(LABELS, 8 * u64::from(columns))?;
    // A side of a constraint says at least how many entries it has.
    if sections.size(CONSTRAINTS)? < 3 * 4 * u64::from(constraints) {
        let reason = "the section ends before what it should hold";
        return Err(sections.fault(CONSTRAINTS, 0, reason));
    }
    Ok(R1csHeader { columns, outputs, public_inputs, private_inputs, constraints })
}

/// Bytes of the header behind the modulus: four numbers, that of the labels in eight bytes, and the constraints.
const HEADER_WORDS: u64 = 4 * 4 + 8 + 4;

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
