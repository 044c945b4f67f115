//! `.wtns`: an assignment, for tests and for finding faults with circom's tools.

use std::io::Write;

use zeroize::Zeroizing;
use zksensor_model::field::Fr;
use zksensor_r1cs::Circuit;

use crate::error::CeremonyError;
use crate::point::{ELEMENT, scalar_bytes};
use crate::r1cs::modulus;
use crate::rows::number;
use crate::sections::{Format, begin, begin_section, put_section};

/// Writes what [`Circuit::assign`] made, for circom's tools.
///
/// # Security
/// **The file holds the witness**: everything that a proof hides is in it, in the clear. It is for tests and for finding faults. Nothing of the
/// command `zksensor` writes one.
///
/// # Errors
/// [`CeremonyError::Witness`] if there are not as many values as the circuit has columns; [`CeremonyError::System`] if the writer fails.
pub fn write_wtns_with_secrets(
    circuit: &Circuit,
    assignment: &[Fr],
    mut writer: impl Write,
) -> Result<(), CeremonyError> {
    let (wanted, got) = (circuit.columns(), assignment.len());
    if wanted != got {
        return Err(CeremonyError::Witness { wanted, got });
    }
    begin(&mut writer, Format::Wtns, 2)?;
    let mut header = modulus::<Fr>();
    header.extend_from_slice(&number(got).to_le_bytes());
    put_section(&mut writer, 1, &header)?;
    begin_section(&mut writer, 2, (got * ELEMENT) as u64)?;
    for value in assignment {
        writer.write_all(&*Zeroizing::new(scalar_bytes(value)))?;
    }
    Ok(writer.flush()?)
}
