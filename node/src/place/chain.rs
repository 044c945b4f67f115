//! A feed on a chain, as a place for proofs.

mod account;
mod bringing;
mod errors;
mod examine;
mod under_way;

use std::sync::Arc;
use std::time::Duration;

use zksensor::files::ProofFile;
use zksensor::model::claim::{Binding, StatementId};
use zksensor::solidity::Address;
use zksensor::verifier::Proof;
use zksensor_chain::{ChainError, Claimed, FeedTerms, Node, Proven, Standing};

pub use self::account::{Account, AccountSettings};
pub use self::examine::Wanted;
use self::under_way::Receipt;
use super::{Brought, NotBrought, Parcel, Place, Whereabouts};

/// A feed of one policy. Its account brings one transaction at a time, with as many chunks of an epoch as there are.
pub struct ChainFeed {
    account: Arc<Account>,
    contract: Feed,
}

/// What an account has to know of a feed.
struct Feed {
    address: Address,
    /// Of the verifier of its proofs.
    key_id: [u8; 32],
    /// They never change, and are asked for once.
    terms: Option<FeedTerms>,
}

impl Feed {
    async fn terms(&mut self, node: &Node, chain: u64) -> Result<FeedTerms, ChainError> {
        if self.terms.is_none() {
            self.terms = Some(node.feed_terms(chain, &self.address).await?);
        }
        Ok(self.terms.clone().expect("it was just filled"))
    }
}

/// What bringing several came to, in their order.
type Answers = Vec<Result<Brought, NotBrought>>;

impl ChainFeed {
    /// The feed at an address, for proofs that the verifier of this key verifies.
    pub fn new(account: Arc<Account>, feed: [u8; 20], key_id: [u8; 32]) -> Self {
        ChainFeed { account, contract: Feed { address: Address(feed), key_id, terms: None } }
    }

    /// Asks the chain whether it takes what a configuration brings, from this account, as things are: what is wrong, in words.
    ///
    /// # Errors
    /// What the node of the chain does not answer.
    pub fn examine(&mut self, wanted: &Wanted<'_>) -> Result<Vec<String>, ChainError> {
        self.account.examine(&mut self.contract, wanted)
    }
}

/// A proof as a transaction takes it.
fn proven(parcel: &Parcel<'_>) -> Option<Proven> {
    let file = ProofFile::<Proof>::decode("a proof".as_ref(), parcel.file.as_bytes()).ok()?;
    let statement = file.statement().id().clone();
    let inputs = Claimed::of(&statement, file.words())?.ok()?;
    Some(Proven { statement, proof: file.proof().clone(), inputs })
}

impl Place for ChainFeed {
    fn binding(&self, statement: &StatementId) -> Binding {
        self.account.binding(&self.contract.address, statement)
    }

    fn gathers(&mut self) -> Duration {
        self.account.gathers(&mut self.contract)
    }

    fn bring(&mut self, parcels: &[Parcel<'_>]) -> Answers {
        let none = || NotBrought::Never("the file is no proof that a feed takes".to_owned());
        let parsed: Vec<Option<Proven>> = parcels.iter().map(proven).collect();
        let good: Vec<Proven> = parsed.iter().flatten().cloned().collect();
        let mut answers = match good.is_empty() {
            true => Vec::new(),
            false => self.account.bring(&mut self.contract, good),
        }
        .into_iter();
        // One of those that are good has its answer in their order.
        parsed
            .iter()
            .map(|proven| proven.as_ref().and_then(|_| answers.next()).unwrap_or_else(|| Err(none())))
            .collect()
    }

    fn look(&mut self, parcel: &Parcel<'_>, receipt: &str) -> Result<Whereabouts, NotBrought> {
        let Some(proven) = proven(parcel) else { return Ok(Whereabouts::Lost) };
        self.account.look(&self.contract.address, &proven.inputs, &Receipt::parse(receipt))
    }
}

/// Whether what a feed has of a chunk stays.
fn brought(standing: Standing) -> Option<Brought> {
    let is_final = match standing {
        Standing::Missing => return None,
        Standing::There => false,
        Standing::Final => true,
    };
    Some(Brought { receipt: Receipt::There.to_string(), paid: None, is_final })
}
