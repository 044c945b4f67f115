//! A verifying key as the words that a contract takes, and as the code of a contract.

use ark_bn254::{G1Affine, G2Affine};
use ark_ff::{BigInteger, PrimeField};
use sha3::{Digest, Keccak256};
#[cfg(feature = "halo2")]
use zksensor_model::claim::StatementId;
use zksensor_verifier::VerifyingKey;

use crate::error::RenderError;
use crate::model::{KEY_WORDS, StatementContract};

/// Public inputs of the widest statement: its key fits the code of a contract.
pub(crate) const MAX_INPUTS: usize = 255;

/// 32 bytes, big-endian, as the EVM has them.
pub type Word = [u8; 32];

/// A verifying key for a contract: beta, gamma and delta negated, so that nothing is negated on chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractKey {
    statement: String,
    statement_id: Word,
    insecure: bool,
    words: Vec<Word>,
}

impl ContractKey {
    /// The words of a key.
    ///
    /// # Errors
    /// [`RenderError::UnknownStatement`] and [`RenderError::KeyInputs`] if the key is not that of a statement of this release.
    pub fn new(key: &VerifyingKey) -> Result<Self, RenderError> {
        let contract = StatementContract::named(&key.statement().to_string())?;
        Self::of_statement(key, &contract)
    }

    /// The words of a key for a statement of your own.
    ///
    /// # Errors
    /// [`RenderError::KeyInputs`] if the key has another number of public inputs.
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
        Ok(ContractKey {
            statement: key.statement().to_string(),
            statement_id: key.statement().digest(),
            insecure: key.is_insecure(),
            words,
        })
    }

    /// A key of which the words are given.
    #[cfg(feature = "halo2")]
    pub(crate) fn of_words(statement: &StatementId, insecure: bool, words: Vec<Word>) -> Self {
        let statement_id = statement.digest();
        ContractKey { statement: statement.to_string(), statement_id, insecure, words }
    }

    /// The id of the statement, such as `aggregate/v2/64x32x3`.
    pub fn statement(&self) -> &str {
        &self.statement
    }

    /// keccak256 of the statement's id.
    pub(crate) fn statement_id(&self) -> Word {
        self.statement_id
    }

    /// Packed public inputs of the statement.
    pub(crate) fn public_inputs(&self) -> usize {
        (self.words.len() - crate::KEY_WORDS) / 2
    }

    /// Whether one machine made the key.
    pub fn is_insecure(&self) -> bool {
        self.insecure
    }

    /// alpha, -beta, -gamma, -delta, IC; G2 as x.c1, x.c0, y.c1, y.c0.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// keccak256 of the statement's digest, the flag as a word, and the words: what `KEY_ID()` of a contract returns.
    pub fn id(&self) -> Word {
        let mut hash = Keccak256::new();
        hash.update(self.statement_id);
        hash.update([0; 31]);
        hash.update([u8::from(self.insecure)]);
        hash.update(self.words.as_flattened());
        hash.finalize().into()
    }

    /// The code of a contract that holds the key: STOP, the flag, the statement's digest, the words.
    pub fn code(&self) -> Vec<u8> {
        [&[STOP, u8::from(self.insecure)], &self.statement_id[..], self.words.as_flattened()].concat()
    }

    /// keccak256 of [`ContractKey::code`]: what the keyed verifier pins.
    pub fn code_hash(&self) -> Word {
        Keccak256::digest(self.code()).into()
    }

    /// Init code that deploys [`ContractKey::code`].
    pub fn code_init(&self) -> Vec<u8> {
        let code = self.code();
        let size = u16::try_from(code.len()).expect("at most MAX_INPUTS public inputs").to_be_bytes();
        // PUSH2 size, DUP1, PUSH1 start, RETURNDATASIZE (0), CODECOPY, RETURNDATASIZE (0), RETURN
        let init = [0x61, size[0], size[1], 0x80, 0x60, 10, 0x3d, 0x39, 0x3d, 0xf3];
        [&init[..], &code].concat()
    }
}

/// Code that starts with it does nothing when called.
const STOP: u8 = 0;

fn put_g1(words: &mut Vec<Word>, point: &G1Affine) {
    words.extend([point.x, point.y].map(word));
}

fn put_g2(words: &mut Vec<Word>, point: &G2Affine) {
    words.extend([point.x.c1, point.x.c0, point.y.c1, point.y.c0].map(word));
}

fn word(coordinate: ark_bn254::Fq) -> Word {
    coordinate.into_bigint().to_bytes_be().try_into().expect("four limbs of eight bytes")
}
