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
    Budget, Call, ChainError, Claimed, Coins, Event, Limits, Node, Outbox, Progress, Proven, Setup, Signer,
    Standing, Submission, UnderWay, Waiting,
};

use super::errors;
use super::under_way::{Ended, Receipt};
use super::{Answers, Feed, brought};
use crate::clock::Clock;
use crate::place::{Brought, NotBrought, Whereabouts};
use crate::service::Tell;

/// Between two looks at what is under way: a block of Polygon.
const LOOK: Duration = Duration::from_millis(1500);
/// Between two looks at a chunk that somebody else brought.
const LOOK_AT_CHUNK: Duration = Duration::from_secs(3);
/// A node that did not answer is asked again after so long.
const DOWN: Duration = Duration::from_secs(5);
/// After a transaction that was refused in its block nothing is sent for so long, and twice as long after each further one.
const FAILED: Duration = Duration::from_secs(60);
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
        let name = format!("{}-{}.spent.json", self.chain, self.signer.address());
        Budget::open(&self.folder.join(name), self.a_day)
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

struct State {
    settings: AccountSettings,
    budget: Budget,
    /// It holds the account's lock, once the chain was reached.
    outbox: Option<Outbox>,
    under_way: Option<UnderWay>,
    ended: Ended,
    looked: Option<Instant>,
    looked_at: HashMap<(Address, u32, u32), Instant>,
    /// The node failed then, with that.
    down: Option<(Instant, String)>,
    /// Transactions that were refused in their blocks, one after the other, and when and why the last was.
    failed: Option<(u32, Instant, String)>,
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
    fn failed(&mut self, error: &ChainError) -> NotBrought {
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

    fn binding(&self, feed: &Address, aggregator: Address, statement: &StatementId) -> Binding {
        Binding::new(self.settings.chain, feed.0, aggregator.0, statement)
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
    fn most(&self) -> Limits {
        let cost = self.settings.limits.cost.min(self.budget.left(self.now_ms()));
        Limits { cost, ..self.settings.limits }
    }

    /// Looks after what is under way, not too often.
    async fn turn(&mut self) -> Result<(), ChainError> {
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

    /// Brings what the feed does not have in one transaction, or as much of it as may be paid for.
    async fn bring(
        &mut self,
        feed: &mut Feed,
        aggregator: Address,
        proven: Vec<Proven>,
    ) -> Result<Answers, ChainError> {
        self.turn().await?;
        if self.under_way.is_some() {
            return Ok(vec![Err(NotBrought::Busy); proven.len()]);
        }
        if let Some((times, at, why)) = &self.failed
            && at.elapsed() < FAILED * (1 << (times - 1).min(6))
        {
            return Ok(vec![Err(NotBrought::Later(why.clone())); proven.len()]);
        }
        let node = self.settings.node.clone();
        let terms = feed.terms(&node, self.settings.chain).await?;
        let mut answers: Vec<Option<Result<Brought, NotBrought>>> = vec![None; proven.len()];
        let now_s = node.now_s().await?;
        for (answer, proven) in answers.iter_mut().zip(&proven) {
            let claimed = &proven.inputs;
            let shuts = terms.end_ms(claimed.epoch()).saturating_add(terms.window_ms);
            *answer = match brought(node.standing(&feed.address, claimed).await?) {
                Some(brought) => Some(Ok(brought)),
                // A node that lies about the time is not believed alone.
                None if 1000 * now_s >= shuts && self.settings.clock.now_ms() >= shuts => {
                    let reason = "the feed's window for this epoch is shut";
                    Some(Err(NotBrought::Never(reason.to_owned())))
                }
                None if claimed.binding() != self.binding(&feed.address, aggregator, &proven.statement) => {
                    let reason =
                        "it was made for another chain, feed or aggregator, which the configuration had then";
                    Some(Err(NotBrought::Later(reason.to_owned())))
                }
                None => None,
            };
        }
        let batch = Batch { feed, node, chain: self.settings.chain, aggregator, proven: &proven };
        self.send(&batch, &mut answers).await;
        Ok(answers.into_iter().map(|answer| answer.unwrap_or(Err(NotBrought::Busy))).collect())
    }

    /// Sends those that have no answer, and gives one to each that is sent or refused. One that has none after it waits for those that were sent.
    async fn send(&mut self, batch: &Batch<'_>, answers: &mut [Option<Result<Brought, NotBrought>>]) {
        if self.most().cost == Coins(0) {
            let why = self.failed(&spent(self.budget.a_day()));
            fill(answers, &why);
            return;
        }
        let of_day = spent(self.budget.a_day());
        let mut most = answers.len();
        loop {
            let open: Vec<usize> =
                (0..answers.len()).filter(|&at| answers[at].is_none()).take(most).collect();
            if open.is_empty() {
                return;
            }
            let sent = match batch.call(&open).await {
                Ok(call) => self.begin(&call).await,
                Err(error) => Err(error),
            };
            let error = match sent {
                Ok(id) => {
                    let receipt = Receipt::Transaction { id, proofs: open.len() as u64 }.to_string();
                    for at in open {
                        let receipt = receipt.clone();
                        answers[at] = Some(Ok(Brought { receipt, paid: None, is_final: false }));
                    }
                    return;
                }
                Err(error) => error,
            };
            let is_large = matches!(error, ChainError::TooDear { .. } | ChainError::TooMuchGas { .. });
            if open.len() > 1 && is_large {
                most = open.len() / 2;
                continue;
            }
            let is_of_some = errors::is_of_some(&error);
            let found = match open[..] {
                [at] if is_of_some => {
                    answers[at] = Some(Err(self.failed(&error)));
                    true
                }
                _ => is_of_some && self.refuse_each(batch, &open, answers).await,
            };
            if !found {
                let is_of_budget =
                    matches!(&error, ChainError::TooDear { got, .. } if *got <= self.settings.limits.cost);
                let why = self.failed(if is_of_budget { &of_day } else { &error });
                fill(answers, &why);
                return;
            }
        }
    }

    /// Tries each alone, and gives those that are refused their answers; whether there are such, and others.
    async fn refuse_each(
        &mut self,
        batch: &Batch<'_>,
        open: &[usize],
        answers: &mut [Option<Result<Brought, NotBrought>>],
    ) -> bool {
        let mut refused = 0;
        let account = self.settings.signer.address();
        for &at in open {
            let tried = match batch.call(&[at]).await {
                Ok(call) => batch.node.preview(batch.chain, &account, &call, &self.settings.limits).await,
                Err(error) => Err(error),
            };
            if let Err(error @ (ChainError::WouldRevert { .. } | ChainError::Unfit { .. })) = tried {
                answers[at] = Some(Err(self.failed(&error)));
                refused += 1;
            }
        }
        0 < refused && refused < open.len()
    }

    /// Sends it, the most that it can cost being reserved before anything is kept.
    async fn begin(&mut self, call: &Call) -> Result<String, ChainError> {
        let most = self.most();
        let State { outbox: Some(outbox), budget, settings, .. } = self else { return Err(not_reached()) };
        outbox.set_limits(most);
        let now_ms = settings.clock.now_ms();
        match outbox.begin(call, || budget.reserve(now_ms, most.cost)).await {
            Ok(under_way) => {
                let id = under_way.id();
                self.under_way = Some(under_way);
                self.looked = Some(Instant::now());
                Ok(id)
            }
            Err(error) => {
                if self.budget.reserved() > Coins(0) {
                    self.budget.settle(now_ms, Some(Coins(0)))?;
                }
                Err(error)
            }
        }
    }

    async fn examine(
        &mut self,
        feed: &mut Feed,
        aggregator: Address,
        wanted: &Wanted<'_>,
    ) -> Result<Vec<String>, ChainError> {
        let (node, chain) = (self.settings.node.clone(), self.settings.chain);
        node.require_chain(chain).await?;
        let (key_id, address) = (feed.key_id, feed.address);
        let terms = feed.terms(&node, chain).await?;
        let mut wrong = Vec::new();
        if terms.policy_id != wanted.policy_id {
            wrong.push(format!("the feed {address} is one of the policy {}", terms.policy_id));
        }
        if u128::from(terms.window_ms) <= wanted.grace.as_millis() {
            wrong.push(format!(
                "the feed {address} takes proofs for {} s after an epoch, and grace_s is {}: it has to be shorter",
                terms.window_ms / 1000,
                wanted.grace.as_secs()
            ));
        }
        let since = (1000 * node.now_s().await?).saturating_sub(terms.origin_ms);
        let epoch = u32::try_from(since / terms.length_ms.max(1)).unwrap_or(u32::MAX);
        let bits = node.epoch(&terms, epoch).await?.chunk_bits;
        if bits != wanted.chunk_bits {
            wrong.push(format!(
                "the feed {address} has chunks of {bits} bits, and the key's shape has {}",
                wanted.chunk_bits
            ));
        }
        if let Some(reason) = node.wrong_key(&terms, &key_id).await? {
            wrong.push(reason);
        }
        if !node.is_aggregator(&terms, &aggregator, epoch).await? {
            wrong.push(format!("the feed {address} has no aggregator {aggregator} for epoch {epoch} or a later one"));
        }
        Ok(wrong)
    }
}

/// What a configuration brings to a feed.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The policy's id, `0x` and 64 digits.
    pub policy_id: &'a str,
    /// How long after an epoch readings of it are taken.
    pub grace: Duration,
    /// Positions of a chunk in the key's shape, as a power of two.
    pub chunk_bits: u8,
}

/// Gives everything that has no answer this one.
fn fill(answers: &mut [Option<Result<Brought, NotBrought>>], why: &NotBrought) {
    for answer in answers.iter_mut().filter(|answer| answer.is_none()) {
        *answer = Some(Err(why.clone()));
    }
}

impl Feed {
    async fn terms(&mut self, node: &Node, chain: u64) -> Result<zksensor_chain::FeedTerms, ChainError> {
        if self.terms.is_none() {
            self.terms = Some(node.feed_terms(chain, &self.address).await?);
        }
        Ok(self.terms.clone().expect("it was just filled"))
    }
}

/// Proofs of an epoch, and where they go.
struct Batch<'a> {
    feed: &'a Feed,
    node: Node,
    chain: u64,
    aggregator: Address,
    proven: &'a [Proven],
}

impl Batch<'_> {
    /// The transaction that brings some of them.
    async fn call(&self, some: &[usize]) -> Result<Call, ChainError> {
        let submission = Submission {
            chain: self.chain,
            feed: self.feed.address,
            aggregator: self.aggregator,
            key_id: self.feed.key_id,
            proven: some.iter().map(|at| self.proven[*at].clone()).collect(),
        };
        let terms = self.feed.terms.as_ref().ok_or_else(not_reached)?;
        let plan = self.node.plan_for(terms, &submission).await?;
        plan.call.ok_or_else(|| ChainError::Unfit {
            wanted: "a proof that the feed does not have".to_owned(),
            got: "one that somebody brought in the meantime".to_owned(),
        })
    }
}

fn not_reached() -> ChainError {
    ChainError::Unfit { wanted: "a chain that was reached".to_owned(), got: "none yet".to_owned() }
}

fn spent(a_day: Coins) -> ChainError {
    ChainError::Unfit {
        wanted: format!("a transaction within what is left of the day's budget of {a_day}"),
        got: "one that may cost more".to_owned(),
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account(on chain {}, for {})", self.chain, self.aggregator)
    }
}
