//! A chain in this process, with the contracts of a network: for demonstrations, and for tests that take blocks back.
//!
//! It has Polygon's rules and the real contracts (router, registry, feeds). A block is two seconds long; blocks without a transaction are not kept,
//! and [`Toy::reorganise`] takes back those of the end. Nothing on it is worth anything.

mod disk;
mod feed;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use zksensor::model::claim::StatementId;
use zksensor::model::policy::Policy;
use zksensor::model::registry::{Position, Registry, RegistryRoot};
use zksensor::solidity::evm::{Address, Chain, Evm, EvmError, Receipt};
use zksensor::solidity::feed::aggregates::{self, Round};
use zksensor::solidity::feed::registry::{self, NO_PARENT, Ops};
use zksensor::solidity::feed::{FeedSetup, MockSetup, Network, PolicyTerms, Roles, TermsError, router};
use zksensor::solidity::{ContractKey, Deployment};
use zksensor::verifier::VerifyingKey;

pub use self::disk::ToyDisk;
pub use self::feed::ToyFeed;

/// Seconds of a block.
pub const BLOCK_S: u64 = 2;
/// Blocks that can be taken back.
const KEPT: u64 = 256;
/// Seconds from a post until its root counts: a test chain takes any.
pub const DELAY_S: u64 = 60;

/// Made-up accounts.
const ROLES: Roles =
    Roles { owner: Address([0xa0; 20]), guardian: Address([0xa1; 20]), registrar: Address([0xa2; 20]) };
const AGGREGATOR: Address = Address([0xa3; 20]);

/// Why a chain is not made, or does not do something.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ToyError {
    /// A contract refuses.
    #[error("the chain in memory: {0}")]
    Evm(#[from] EvmError),
    /// The policy is none of a feed.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// The key is none of a contract.
    #[error("the chain in memory: {0}")]
    Key(String),
}

/// What its proofs are verified with.
#[derive(Clone, Debug)]
pub enum ToyKey {
    /// Proofs.
    Groth16(Box<VerifyingKey>),
    /// Mocks of this statement with so many words of public inputs, under this key id.
    Mock {
        /// The statement.
        statement: StatementId,
        /// Words of its public inputs.
        words: u32,
        /// The id of the mock's key.
        id: [u8; 32],
    },
}

/// A chain. Clones are the same chain.
#[derive(Clone)]
pub struct Toy(Arc<Mutex<State>>);

struct State {
    network: Network,
    key_id: [u8; 32],
    /// The state before the first transaction of a block, by its number.
    before: VecDeque<(u64, Evm)>,
    head: u64,
    time: u64,
    parent: [u8; 32],
    sent: u64,
    refused: u64,
    confirmations: u64,
}

impl Toy {
    /// Where the registry will be: what policies name, and devices sign for.
    pub fn registry_address() -> [u8; 20] {
        Network::predicted(&ROLES, DELAY_S).1.0
    }

    /// The id of the chain.
    pub fn chain_id() -> u64 {
        Chain::Amoy.id()
    }

    /// When it begins, in seconds since 1970.
    pub fn start_s() -> u64 {
        Evm::START
    }

    /// A chain with router, verifier, registry and the first root. A block is final when there are so many after it.
    ///
    /// # Errors
    /// [`ToyError`].
    pub fn new(key: &ToyKey, registry: &Registry, confirmations: u64) -> Result<Self, ToyError> {
        let mut network = Network::new(Chain::Amoy, ROLES, DELAY_S)?;
        let key_id = add_key(&mut network, key)?;
        let mut ops = Ops::new();
        registry.records().for_each(|record| ops.enrol(&record.leaf));
        let (to, root) = (network.registry.address, registry.root());
        network.send(&ROLES.registrar, &to, &registry::post(root, &NO_PARENT, &ops))?;
        let parent = registry::digest(root, &NO_PARENT, &ops);
        let before = VecDeque::new();
        let state = State {
            network,
            key_id,
            before,
            head: 0,
            time: Evm::START,
            parent,
            sent: 0,
            refused: 0,
            confirmations,
        };
        Ok(Toy(Arc::new(Mutex::new(state))))
    }

    /// A chain as this one is now, which goes its own way.
    pub fn fork(&self) -> Self {
        let state = self.lock();
        let State { network, key_id, head, time, parent, sent, refused, confirmations, .. } = &*state;
        Toy(Arc::new(Mutex::new(State {
            network: network.clone(),
            key_id: *key_id,
            before: state.before.clone(),
            head: *head,
            time: *time,
            parent: *parent,
            sent: *sent,
            refused: *refused,
            confirmations: *confirmations,
        })))
    }

    /// Deploys a feed for a policy of this chain and registry, and gives it as a place for proofs. `window_ms` is how long after an epoch it takes them.
    ///
    /// # Errors
    /// [`ToyError`].
    pub fn add_feed(&self, policy: &Policy, window_ms: u64, chunk_bits: u8) -> Result<ToyFeed, ToyError> {
        let mut state = self.lock();
        let setup = FeedSetup {
            router: state.network.router.address,
            registry: state.network.registry.address,
            owner: ROLES.owner,
            guardian: ROLES.guardian,
            window_ms,
            min_count: policy.parts().k,
            chunk_bits,
            decimals: 2,
            terms: PolicyTerms::of(policy)?,
            description: "a feed in memory".to_owned(),
        };
        let feed = state.network.deploy_feed(&setup)?.address;
        let grant = aggregates::set_aggregator(&AGGREGATOR, 0, u32::MAX);
        state.network.send(&ROLES.owner, &feed, &grant)?;
        drop(state);
        Ok(ToyFeed::new(self.clone(), feed, *policy, window_ms))
    }

    /// The registrar posts that the device at a position is revoked. It counts [`DELAY_S`] seconds later.
    ///
    /// # Errors
    /// [`ToyError`].
    pub fn revoke(&self, position: Position, root: RegistryRoot) -> Result<(), ToyError> {
        let mut ops = Ops::new();
        ops.revoke(position);
        let mut state = self.lock();
        let (to, post) = (state.network.registry.address, registry::post(root, &state.parent, &ops));
        state.transact(&ROLES.registrar, &to, &post)?;
        state.parent = registry::digest(root, &state.parent, &ops);
        Ok(())
    }

    /// Lets blocks come until this time, in milliseconds since 1970. Time on a chain does not go back.
    pub fn set_time(&self, now_ms: u64) {
        let mut state = self.lock();
        let time = (now_ms / 1000).max(state.time);
        state.time = time;
        state.head = (time - Evm::START) / BLOCK_S;
        state.network.evm.set_time(time);
        let oldest = state.head.saturating_sub(KEPT);
        while state.before.front().is_some_and(|(block, _)| *block < oldest) {
            state.before.pop_front();
        }
    }

    /// Takes so many blocks back, 256 at most: what was sent in them is not there any more.
    pub fn reorganise(&self, blocks: u64) {
        let mut state = self.lock();
        let last = state.head.saturating_sub(blocks.min(KEPT));
        while let Some((block, _)) = state.before.back() {
            if *block <= last {
                break;
            }
            if let Some((_, evm)) = state.before.pop_back() {
                state.network.evm = evm;
            }
        }
        let time = state.time;
        state.network.evm.set_time(time);
    }

    /// What a feed has of an epoch.
    ///
    /// # Errors
    /// [`ToyError`].
    pub fn round(&self, feed: &ToyFeed, epoch: u32) -> Result<Round, ToyError> {
        let output = self.lock().ask(&feed.address(), &aggregates::round(epoch))?;
        aggregates::decode_round(&output).map_err(|error| ToyError::Key(error.to_string()))
    }

    /// Transactions that were sent, and those of them that reverted: nobody who looks before sends one that does.
    pub fn sent(&self) -> (u64, u64) {
        let state = self.lock();
        (state.sent, state.refused)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Sends a transaction, and keeps what was before its block.
    fn transact(&mut self, from: &Address, to: &Address, data: &[u8]) -> Result<Receipt, EvmError> {
        if self.before.back().is_none_or(|(block, _)| *block < self.head) {
            self.before.push_back((self.head, self.network.evm.clone()));
        }
        self.sent += 1;
        let sent = self.network.send(from, to, data);
        self.refused += u64::from(sent.is_err());
        sent
    }

    /// What a transaction would do now; nothing is changed.
    fn dry_run(&self, from: &Address, to: &Address, data: &[u8]) -> Result<Receipt, EvmError> {
        self.network.clone().send(from, to, data)
    }

    /// The chain as it was so many blocks ago that what is in it stays; `None` while there are not as many.
    fn confirmed(&self) -> Option<Network> {
        let block = self.head.checked_sub(self.confirmations)?;
        let mut network = self.network.clone();
        // What was before the first transaction after that block.
        if let Some((_, evm)) = self.before.iter().find(|(of, _)| *of > block) {
            network.evm = evm.clone();
        }
        Some(network)
    }
}

/// A state of the chain that can be asked.
trait Ask {
    fn ask(&self, to: &Address, data: &[u8]) -> Result<Vec<u8>, EvmError>;
}

impl Ask for Network {
    fn ask(&self, to: &Address, data: &[u8]) -> Result<Vec<u8>, EvmError> {
        self.clone().send(&Evm::SENDER, to, data).map(|receipt| receipt.output)
    }
}

impl Ask for State {
    fn ask(&self, to: &Address, data: &[u8]) -> Result<Vec<u8>, EvmError> {
        self.network.ask(to, data)
    }
}

/// Deploys the verifier of a key; its id.
fn add_key(network: &mut Network, key: &ToyKey) -> Result<[u8; 32], ToyError> {
    match key {
        ToyKey::Groth16(key) => {
            let key = ContractKey::new(key).map_err(|error| ToyError::Key(error.to_string()))?;
            let deployment = Deployment::verifier(&key).map_err(|error| ToyError::Key(error.to_string()))?;
            network.add_verifier(&deployment)?;
            Ok(key.id())
        }
        ToyKey::Mock { statement, words, id } => {
            let setup = MockSetup { statement: statement.clone(), words: *words };
            let verifier = network.evm.deploy(&setup.init_code())?.address;
            let code_hash = network.evm.code_hash(&verifier);
            let to = network.router.address;
            network.send(&ROLES.owner, &to, &router::add(&verifier, &code_hash))?;
            Ok(*id)
        }
    }
}

impl fmt::Debug for Toy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Toy").field("head", &state.head).field("sent", &state.sent).finish_non_exhaustive()
    }
}
