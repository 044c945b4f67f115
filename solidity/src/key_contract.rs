//! A verifying key of either proof system as the code of a contract (contracts/core/KeyCode.sol).

use sha3::{Digest, Keccak256};
use zksensor_model::claim::StatementId;

/// Public inputs of the widest statement: its key fits the code of a contract.
pub(crate) const MAX_INPUTS: usize = 255;

/// 32 bytes, big-endian, as the EVM has them.
pub type Word = [u8; 32];

/// Code that starts with it does nothing when called.
const STOP: u8 = 0;

/// What a contract is told of who made a key, and `KEY_ID` commits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Unsaid,
    OneMachine,
    /// The digest of the transcript, which reads as none of the others.
    Ceremony(Word),
}

impl Origin {
    /// As the constructor of a verifier takes it.
    pub(crate) fn word(self) -> Word {
        match self {
            Origin::Unsaid => [0; 32],
            Origin::OneMachine => one(),
            Origin::Ceremony(transcript) => transcript,
        }
    }

    /// Of a ceremony's key; `None` if the digest reads as another origin.
    pub(crate) fn ceremony(transcript: Word) -> Option<Self> {
        (transcript > one()).then_some(Origin::Ceremony(transcript))
    }
}

fn one() -> Word {
    let mut word = [0; 32];
    word[31] = 1;
    word
}

/// What a contract holds of a key, whatever the proof system: the statement, who made the key, and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyContract {
    statement: String,
    statement_id: Word,
    origin: Origin,
    public_inputs: usize,
    words: Vec<Word>,
}

impl KeyContract {
    pub(crate) fn new(
        statement: &StatementId,
        origin: Origin,
        public_inputs: usize,
        words: Vec<Word>,
    ) -> Self {
        let statement_id = statement.digest();
        KeyContract { statement: statement.to_string(), statement_id, origin, public_inputs, words }
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
        self.public_inputs
    }

    /// Whether one machine made the key.
    pub fn is_insecure(&self) -> bool {
        self.origin == Origin::OneMachine
    }

    /// What `TRANSCRIPT()` of a contract returns: the digest of the transcript of the ceremony that made the key, or zeros.
    pub fn transcript(&self) -> Word {
        match self.origin {
            Origin::Ceremony(transcript) => transcript,
            Origin::Unsaid | Origin::OneMachine => [0; 32],
        }
    }

    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// The words, as the verifier of the proof system reads them.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// keccak256 of the statement's digest, a word for who made the key (1 if insecure, else the transcript), and the words: what `KEY_ID()` of a
    /// contract returns.
    pub fn id(&self) -> Word {
        let mut hash = Keccak256::new();
        hash.update(self.statement_id);
        hash.update(self.origin.word());
        hash.update(self.words.as_flattened());
        hash.finalize().into()
    }

    /// The code of a contract that holds the key: STOP, the flag (1 if insecure, 2 if of a ceremony, else 0), the statement's digest, the
    /// words; of a ceremony, the transcript.
    pub fn code(&self) -> Vec<u8> {
        let (flag, transcript) = match &self.origin {
            Origin::Unsaid => (0, &[][..]),
            Origin::OneMachine => (1, &[][..]),
            Origin::Ceremony(transcript) => (2, &transcript[..]),
        };
        [&[STOP, flag], &self.statement_id[..], self.words.as_flattened(), transcript].concat()
    }

    /// keccak256 of [`KeyContract::code`]: what the keyed verifier pins.
    pub fn code_hash(&self) -> Word {
        Keccak256::digest(self.code()).into()
    }

    /// Init code that deploys [`KeyContract::code`].
    pub fn code_init(&self) -> Vec<u8> {
        let code = self.code();
        let size = u16::try_from(code.len()).expect("at most MAX_INPUTS public inputs").to_be_bytes();
        // PUSH2 size, DUP1, PUSH1 start, RETURNDATASIZE (0), CODECOPY, RETURNDATASIZE (0), RETURN
        let init = [0x61, size[0], size[1], 0x80, 0x60, 10, 0x3d, 0x39, 0x3d, 0xf3];
        [&init[..], &code].concat()
    }
}
