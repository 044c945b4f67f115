//! The account that sends for the feeds of one chain: one transaction at a time, within the budget of a day.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use zksensor::model::claim::{Binding, StatementId};
use zksensor::solidity::Address;
use zksensor_chain::{
    Budget, ChainError, Claimed, Coins, Event, Limits, Node, Outbox, Progress, Proven, Setup, Signer,
    Standing, UnderWay, Waiting,
};

use super::errors;
use super::under_way::{Ended, Receipt};
use super::{Answers, Feed, Wanted};
use crate::clock::Clock;
use crate::place::{NotBrought, Whereabouts};
use crate::service::Tell;

/// Between two looks at what is under way: a block of Polygon.
const LOOK: Duration = Duration::from_millis(1500);
/// Between two looks at a chunk that somebody else brought.
const LOOK_AT_CHUNK: Duration = Duration::from_secs(3);
/// A node that did not answer is asked again after so long.
const DOWN: Duration = Duration::from_secs(5);
/// Chunks whose last look is remembered.
const LOOKED: usize = 4096;

/// What an account is made with.
pub struct AccountSettings {
    /// The chain's id.
    pub chain: u64,
    /// The node of the chain that is asked.
    pub node: Node,
    /// Who signs.
    pub signer: Signer,
    /// Whose right and credit proofs are, if not the signer's.
    pub aggregator: Option<[u8; 20]>,
    /// What one transaction may cost.
    pub limits: Limits,
    /// What those of a day (UTC) may cost together.
    pub a_day: Coins,
    /// After how long a transaction that is in no block is sent for more.
    pub replace_after: Duration,
    /// How long a proof waits for others of its epoch, which share its transaction.
    pub gather: Duration,
    /// The folder of the account's lock, of what is under way and of what was spent.
    pub folder: PathBuf,
    /// Which day it is.
    pub clock: Arc<dyn Clock>,
    /// Who is told what happens to transactions, in full: the log, which is the operator's alone.
    pub tell: Tell,
}

impl AccountSettings {
    /// What was spent, by its file.
    fn budget(&self) -> Result<Budget, ChainError> {
        Budget::of_account(&self.folder, self.chain, self.signer.address(), self.a_day)
    }
}

/// An account on a chain. Whoever brings something by it is answered that it is busy while something is under way.
pub struct Account {
    chain: u64,
    sender: Address,
    aggregator: Address,
    gather: Duration,
    /// Taken when this ends, as whoever ends it may be in another runtime.
    runtime: Option<Runtime>,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) settings: AccountSettings,
    pub(super) budget: Budget,
    /// It holds the account's lock, once the chain was reached.
    pub(super) outbox: Option<Outbox>,
    pub(super) under_way: Option<UnderWay>,
    ended: Ended,
    pub(super) looked: Option<Instant>,
    looked_at: HashMap<(Address, u32, u32), Instant>,
    /// The node failed then, with that.
    down: Option<(Instant, String)>,
    /// Transactions that were refused in their blocks, one after the other, and when and why the last was.
    pub(super) failed: Option<(u32, Instant, String)>,
    /// What was told last.
    told: String,
}

impl Account {
    /// An account. Nothing is asked yet: the chain may be away when a node starts.
    ///
    /// # Errors
    /// [`ChainError::File`] and [`ChainError::OtherFile`] if what was spent cannot be read; what the system says if it starts no runtime.
    pub fn open(settings: AccountSettings) -> Result<Arc<Self>, ChainError> {
        let budget = settings.budget()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let failed = |source| ChainError::File {
            path: settings.folder.clone(),
            action: "wait for answers about",
            source,
        };
        let runtime = Some(runtime.map_err(failed)?);
        let aggregator = settings.aggregator.map_or_else(|| settings.signer.address(), Address);
        let (chain, sender, gather) = (settings.chain, settings.signer.address(), settings.gather);
        let state = State {
            budget,
            outbox: None,
            under_way: None,
            ended: Ended::default(),
            looked: None,
            looked_at: HashMap::new(),
            down: None,
            failed: None,
            told: String::new(),
            settings,
        };
        Ok(Arc::new(Account { chain, sender, aggregator, gather, runtime, state: Mutex::new(state) }))
    }

    /// Whether both send from one account of one chain, and so would send at once.
    pub fn is_of(&self, other: &Account) -> bool {
        (self.chain, self.sender) == (other.chain, other.sender)
    }

    pub(super) fn binding(&self, feed: &Address, statement: &StatementId) -> Binding {
        Binding::new(self.chain, feed.0, self.aggregator.0, statement)
    }

    /// Whether a feed takes what this account brings, as things are: what is wrong.
    pub(super) fn examine(&self, feed: &mut Feed, wanted: &Wanted<'_>) -> Result<Vec<String>, ChainError> {
        let aggregator = self.aggregator;
        self.run(async |state| state.examine(feed, aggregator, wanted).await)
    }

    /// How long proofs of a feed wait for each other: a quarter of the feed's window at the most, and not at all while nobody says how long that
    /// is.
    pub(super) fn gathers(&self, feed: &mut Feed) -> Duration {
        let (gather, chain) = (self.gather, self.chain);
        if gather.is_zero() {
            return gather;
        }
        let terms = self.passing(async |state| {
            let node = state.settings.node.clone();
            feed.terms(&node, chain).await
        });
        terms.map_or(Duration::ZERO, |terms| gather.min(Duration::from_millis(terms.window_ms / 4)))
    }

    pub(super) fn bring(&self, feed: &mut Feed, proven: Vec<Proven>) -> Answers {
        let (count, aggregator) = (proven.len(), self.aggregator);
        self.passing(async |state| state.bring(feed, aggregator, proven).await)
            .unwrap_or_else(|why| vec![Err(why); count])
    }

    pub(super) fn look(
        &self,
        feed: &Address,
        claimed: &Claimed,
        receipt: &Receipt,
    ) -> Result<Whereabouts, NotBrought> {
        self.passing(async |state| state.look(feed, claimed, receipt).await)
    }

    fn run<T>(&self, work: impl AsyncFnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.wait(work(&mut state))
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.as_ref().expect("it is taken when this ends").block_on(future)
    }

    /// The same, of what fails because a node or signer fails, which is tried again later.
    fn passing<T>(
        &self,
        work: impl AsyncFnOnce(&mut State) -> Result<T, ChainError>,
    ) -> Result<T, NotBrought> {
        self.run(async |state| {
            if let Some((since, why)) = &state.down
                && since.elapsed() < DOWN
            {
                return Err(NotBrought::Later(why.clone()));
            }
            state.down = None;
            let done = work(state).await;
            done.map_err(|error| state.failed(&error))
        })
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl State {
    /// Says it in full to who runs the node, and in public what everybody may know.
    pub(super) fn failed(&mut self, error: &ChainError) -> NotBrought {
        self.tell(&error.to_string());
        let public = errors::public(error);
        if errors::is_of_node(error) {
            self.down = Some((Instant::now(), public.clone()));
        }
        NotBrought::Later(public)
    }

    fn tell(&mut self, text: &str) {
        if self.told != text {
            (self.settings.tell)(text);
            text.clone_into(&mut self.told);
        }
    }

    fn now_ms(&self) -> u64 {
        self.settings.clock.now_ms()
    }

    /// Reaches the chain and takes the account's lock, once; what was begun before this process began is under way still.
    async fn reach(&mut self) -> Result<(), ChainError> {
        if self.outbox.is_some() {
            return Ok(());
        }
        let AccountSettings { chain, node, signer, limits, replace_after, folder, tell, .. } = &self.settings;
        let told = tell.clone();
        let tell = Box::new(move |event: &Event| told(&event.to_string()));
        let waiting = Waiting { replace_after: *replace_after, lock: Duration::ZERO, ..Waiting::default() };
        let setup = Setup { chain: *chain, signer: signer.clone(), limits: *limits, waiting, folder, tell };
        let (mut outbox, under_way) = Outbox::resume(node.clone(), setup).await?;
        // Who had the lock before may have spent since this process began.
        self.budget = self.settings.budget()?;
        match (&under_way, self.budget.reserved()) {
            // A command that was ended sent it, and counted nothing.
            (Some(_), Coins(0)) => {
                let most = self.most();
                self.budget.reserve(self.now_ms(), most.cost)?;
                outbox.set_limits(most);
            }
            (Some(_), cost) => outbox.set_limits(Limits { cost, ..self.settings.limits }),
            (None, Coins(0)) => {}
            // It was ended between two writes: what it cost is not known.
            (None, _) => self.budget.settle(self.now_ms(), None)?,
        }
        self.outbox = Some(outbox);
        self.under_way = under_way;
        Ok(())
    }

    /// The most that a transaction may cost now.
    pub(super) fn most(&self) -> Limits {
        let cost = self.settings.limits.cost.min(self.budget.left(self.now_ms()));
        Limits { cost, ..self.settings.limits }
    }

    /// Looks after what is under way, not too often.
    pub(super) async fn turn(&mut self) -> Result<(), ChainError> {
        self.reach().await?;
        let (Some(outbox), Some(under_way)) = (&mut self.outbox, &mut self.under_way) else { return Ok(()) };
        if self.looked.is_some_and(|at| at.elapsed() < LOOK) {
            return Ok(());
        }
        self.looked = Some(Instant::now());
        let now_ms = self.settings.clock.now_ms();
        // A new day, or a larger limit after a start, lets it be sent for more.
        let reserved = self.budget.reserved();
        let most =
            Coins(reserved.0.saturating_add(self.budget.left(now_ms).0)).min(self.settings.limits.cost);
        if most > reserved {
            self.budget.reserve(now_ms, most)?;
            outbox.set_limits(Limits { cost: most, ..self.settings.limits });
        }
        match outbox.advance(under_way).await? {
            Progress::UnderWay => {}
            Progress::Final(sent) => {
                self.budget.settle(now_ms, Some(sent.cost))?;
                self.failed = None;
                let text = format!(
                    "{} is final in block {}: {} gas, {}",
                    sent.what, sent.block, sent.gas, sent.cost
                );
                self.ended.add(under_way.id(), sent);
                self.under_way = None;
                self.tell(&text);
            }
            Progress::Ended(error) => {
                // What took its number instead, and what that cost, nobody says.
                let cost = if let ChainError::Failed { cost, .. } = &error { Some(*cost) } else { None };
                self.budget.settle(now_ms, cost)?;
                self.under_way = None;
                let times = self.failed.take().map_or(0, |(times, ..)| times).saturating_add(1);
                self.failed = Some((times, Instant::now(), errors::public(&error)));
                self.tell(&error.to_string());
            }
        }
        Ok(())
    }

    async fn look(
        &mut self,
        feed: &Address,
        claimed: &Claimed,
        receipt: &Receipt,
    ) -> Result<Whereabouts, ChainError> {
        self.turn().await?;
        if let (Some(under_way), Receipt::Transaction { id, .. }) = (&self.under_way, receipt)
            && under_way.id() == *id
        {
            return Ok(Whereabouts::Pending);
        }
        // What the account itself brought to its end is there for good if it is there; what others brought is asked for now and then.
        let paid = self.ended.paid(receipt);
        if paid.is_some() {
            let has = self.settings.node.has(feed, claimed).await?;
            return Ok(if has { Whereabouts::Final(paid) } else { Whereabouts::Lost });
        }
        let key = (*feed, claimed.epoch(), claimed.chunk());
        if self.looked_at.get(&key).is_some_and(|at| at.elapsed() < LOOK_AT_CHUNK) {
            return Ok(Whereabouts::Pending);
        }
        let standing = self.settings.node.standing(feed, claimed).await?;
        self.looked_at.remove(&key);
        Ok(match standing {
            Standing::Missing => Whereabouts::Lost,
            Standing::Final => Whereabouts::Final(None),
            Standing::There => {
                if self.looked_at.len() >= LOOKED {
                    self.looked_at.clear();
                }
                self.looked_at.insert(key, Instant::now());
                Whereabouts::Pending
            }
        })
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account(on chain {}, for {})", self.chain, self.aggregator)
    }
}
