//! A verifying key of Groth16 as the words that a contract takes.

use std::ops::Deref;

use ark_bn254::{G1Affine, G2Affine};
use ark_ff::{BigInteger, PrimeField};
use zksensor_verifier::VerifyingKey;

use crate::error::RenderError;
use crate::key_contract::{KeyContract, MAX_INPUTS, Origin, Word};
use crate::model::{KEY_WORDS, StatementContract};

/// A verifying key of Groth16 for a contract. Its words are alpha, -beta, -gamma, -delta, IC, G2 as x.c1, x.c0, y.c1, y.c0: negated here,
/// so that nothing is negated on chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractKey(KeyContract);

impl ContractKey {
    /// The words of a key.
    ///
    /// # Errors
    /// [`RenderError::UnknownStatement`] and [`RenderError::KeyInputs`] if the key is not that of a statement of this release;
    /// [`RenderError::Transcript`] if it names no transcript that can be.
    pub fn new(key: &VerifyingKey) -> Result<Self, RenderError> {
        let contract = StatementContract::named(&key.statement().to_string())?;
        Self::of_statement(key, &contract)
    }

    /// The words of a key for a statement of your own.
    ///
    /// # Errors
    /// [`RenderError::KeyInputs`] if the key has another number of public inputs; [`RenderError::Transcript`] if it names no transcript
    /// that can be.
    pub fn of_statement(key: &VerifyingKey, contract: &StatementContract) -> Result<Self, RenderError> {
        let (expected, got) = (contract.public_inputs(), key.public_inputs());
        if expected != got {
            return Err(RenderError::KeyInputs {
                statement: key.statement().to_string(),
                wanted: expected,
                got,
            });
        }
        if got > MAX_INPUTS {
            return Err(RenderError::PublicInputs { limit: MAX_INPUTS, got });
        }
        let elements = key.points();
        let mut words = Vec::with_capacity(KEY_WORDS + 2 * got);
        put_g1(&mut words, &elements.alpha_g1);
        for point in [elements.beta_g2, elements.gamma_g2, elements.delta_g2] {
            put_g2(&mut words, &-point);
        }
        for point in &elements.gamma_abc_g1 {
            put_g1(&mut words, point);
        }
        Ok(ContractKey(KeyContract::new(key.statement(), origin(key)?, got, words)))
    }
}

impl Deref for ContractKey {
    type Target = KeyContract;

    fn deref(&self) -> &KeyContract {
        &self.0
    }
}

fn origin(key: &VerifyingKey) -> Result<Origin, RenderError> {
    let Some(ceremony) = key.ceremony() else {
        return Ok(if key.is_insecure() { Origin::OneMachine } else { Origin::Unsaid });
    };
    let got = ceremony.transcript();
    Origin::ceremony(got).ok_or_else(|| RenderError::Transcript { got: zksensor_model::hex::encode(&got) })
}

fn put_g1(words: &mut Vec<Word>, point: &G1Affine) {
    words.extend([point.x, point.y].map(word));
}

fn put_g2(words: &mut Vec<Word>, point: &G2Affine) {
    words.extend([point.x.c1, point.x.c0, point.y.c1, point.y.c0].map(word));
}

fn word(coordinate: ark_bn254::Fq) -> Word {
    coordinate.into_bigint().to_bytes_be().try_into().expect("four limbs of eight bytes")
}
