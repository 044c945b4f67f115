//! What was signed and is not final yet, in a file: written before it is handed in, so that a command that was killed is gone on with by
//! the next, and nothing is sent twice under two numbers.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use alloy_consensus::{TxEip1559, TxEnvelope};
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::{Address, B256, Bytes};
use serde::{Deserialize, Serialize};

use crate::error::ChainError;
use crate::fees::Price;
use crate::lock;
use crate::signer::Signed;

const FORMAT: &str = "zksensor-pending/v1";
/// A post has 130 kB at the most, here in hexadecimal, and is replaced some times.
const MOST_BYTES: u64 = 8 << 20;
/// The most prices at which one is sent.
pub(crate) const MOST_SENT: usize = 12;

/// A transaction that is under way, at each of the prices at which it was sent.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) what: String,
    /// As it was sent last.
    pub(crate) transaction: TxEip1559,
    pub(crate) sent: Vec<(B256, Bytes)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    what: String,
    signed: Vec<Bytes>,
}

impl Pending {
    pub(crate) fn new(what: &str, transaction: TxEip1559, signed: Signed) -> Self {
        Pending { what: what.to_owned(), transaction, sent: vec![(signed.hash, signed.raw)] }
    }

    /// At another price.
    pub(crate) fn again(&mut self, transaction: TxEip1559, signed: Signed) {
        self.transaction = transaction;
        self.sent.push((signed.hash, signed.raw));
    }

    pub(crate) fn price(&self) -> Price {
        Price { most: self.transaction.max_fee_per_gas, tip: self.transaction.max_priority_fee_per_gas }
    }

    /// The one that was sent last.
    pub(crate) fn last(&self) -> &(B256, Bytes) {
        self.sent.last().expect("it is made with one, and none is taken away")
    }

    pub(crate) fn save(&self, path: &Path) -> Result<(), ChainError> {
        let document = Document {
            format: FORMAT.to_owned(),
            what: self.what.clone(),
            signed: self.sent.iter().map(|(_, raw)| raw.clone()).collect(),
        };
        let bytes = serde_json::to_vec(&document).expect("texts are JSON");
        lock::write_whole(path, &bytes)
    }

    /// What is under way, if anything is. Each one has to be the account's, for the chain, with one number and one call.
    pub(crate) fn load(path: &Path, chain: u64, account: Address) -> Result<Option<Pending>, ChainError> {
        let failed = |source| ChainError::File { path: path.to_owned(), action: "read", source };
        let file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            file => file.map_err(failed)?,
        };
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(failed)?;
        let pending = Pending::parse(&bytes, chain, account);
        pending.map(Some).ok_or_else(|| ChainError::OtherFile {
            path: path.to_owned(),
            wanted: "signed transactions of this account and chain, as this command keeps them",
        })
    }

    fn parse(bytes: &[u8], chain: u64, account: Address) -> Option<Pending> {
        let document: Document = serde_json::from_slice(bytes).ok()?;
        let mut pending: Option<Pending> = None;
        for raw in document.signed {
            let envelope = TxEnvelope::decode_2718(&mut &raw[..]).ok()?;
            let TxEnvelope::Eip1559(signed) = &envelope else { return None };
            let (transaction, hash) = (signed.tx().clone(), *envelope.tx_hash());
            if transaction.chain_id != chain || signed.recover_signer().ok()? != account {
                return None;
            }
            match &mut pending {
                None => {
                    let (what, sent) = (document.what.clone(), vec![(hash, raw)]);
                    pending = Some(Pending { what, transaction, sent });
                }
                Some(before) => {
                    let old = &before.transaction;
                    let is_same = old.nonce == transaction.nonce
                        && old.to == transaction.to
                        && old.input == transaction.input;
                    if !is_same {
                        return None;
                    }
                    before.transaction = transaction;
                    before.sent.push((hash, raw));
                }
            }
        }
        pending.filter(|_| document.format == FORMAT)
    }

    /// Forgets it.
    pub(crate) fn remove(path: &Path) -> Result<(), ChainError> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(ChainError::File { path: path.to_owned(), action: "remove", source: error })
            }
            _ => Ok(()),
        }
    }
}
