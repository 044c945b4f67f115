//! Which readings a private sum takes: those of an aggregate, twice. Once to be sealed, and once, under the beacon, to be proven.

use std::fmt;

use zksensor_model::claim::private_sum::NOISE;
use zksensor_model::noise::{Beacon, Seal};
use zksensor_model::reading::SignedReading;

use super::{Assemble, AssembleError, Assembled, OneEachAssembly, Refusal};
use crate::statement::Violation;
use crate::statement::private_sum::{PrivateSum, PrivateSumWitness};

/// Takes the readings of a private sum before its beacon is known: their [exact sum](Self::exact) is what a [`Seal`] is of. Its `Debug` shows
/// how many there are.
pub struct UnsealedAssembly<'r>(OneEachAssembly<'r, PrivateSum>);

impl<'r> UnsealedAssembly<'r> {
    /// Takes what this assembly takes.
    pub fn new(readings: OneEachAssembly<'r, PrivateSum>) -> Self {
        UnsealedAssembly(readings)
    }

    /// Takes a reading, number `row` of the caller's, or says why not.
    ///
    /// # Errors
    /// As [`Assemble::offer`].
    pub fn offer(&mut self, row: u64, signed: SignedReading) -> Result<(), Refusal> {
        self.0.offer_reading(row, signed)
    }

    /// As [`Assemble::passed_over`].
    pub fn passed_over(&self) -> u64 {
        self.0.passed()
    }

    /// The exact sum of what was taken, in the schema's fixed point, and the number of devices.
    ///
    /// # Errors
    /// [`AssembleError::TooFew`] if it is of fewer than k devices, [`AssembleError::Violation`] for a chunk of another width than the shape's.
    pub fn exact(self) -> Result<(i64, u32), AssembleError> {
        Ok(self.0.into_taken()?.1.exact())
    }

    /// Goes on with what was sealed, under the beacon.
    pub fn sealed(self, seal: Seal, beacon: Beacon) -> PrivateSumAssembly<'r> {
        PrivateSumAssembly { readings: self.0, seal, beacon }
    }
}

impl fmt::Debug for UnsealedAssembly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnsealedAssembly").field(&self.0).finish()
    }
}

/// Takes the readings of a private sum under its beacon. What is taken has to be what was sealed: the claim does not hold otherwise. Its
/// `Debug` shows how many there are.
pub struct PrivateSumAssembly<'r> {
    readings: OneEachAssembly<'r, PrivateSum>,
    seal: Seal,
    beacon: Beacon,
}

impl Assemble for PrivateSumAssembly<'_> {
    type Statement = PrivateSum;
    type Signed = SignedReading;

    fn offer(&mut self, row: u64, signed: SignedReading) -> Result<(), Refusal> {
        self.readings.offer_reading(row, signed)
    }

    fn len(&self) -> usize {
        self.readings.taken()
    }

    fn passed_over(&self) -> u64 {
        self.readings.passed()
    }

    fn finish(self) -> Result<Assembled<PrivateSum>, AssembleError> {
        let (statement, readings, target) = self.readings.into_taken()?;
        let witness = PrivateSumWitness { readings, seal: self.seal };
        let inputs = witness
            .inputs(target.epoch, self.beacon, target.binding)
            .map_err(|error| Violation::Own { rule: NOISE, reason: error.to_string().into() })?;
        Ok(Assembled { statement, inputs, witness })
    }
}

impl fmt::Debug for PrivateSumAssembly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateSumAssembly").field("taken", &self.readings.taken()).finish_non_exhaustive()
    }
}
