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

/// An account on a chain. Whoever brings something by it is answered that it is busy while something is under way.
pub struct Account {
    chain: u64,
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
    /// What was told last.
    told: String,
}

impl Account {
    /// An account. Nothing is asked yet: the chain may be away when a node starts.
    ///
    /// # Errors
    /// [`ChainError::File`] and [`ChainError::OtherFile`] if what was spent cannot be read; what the system says if it starts no runtime.
    pub fn open(settings: AccountSettings) -> Result<Arc<Self>, ChainError> {
        let spent =
            settings.folder.join(format!("{}-{}.spent.json", settings.chain, settings.signer.address()));
        let budget = Budget::open(&spent, settings.a_day)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let failed = |source| ChainError::File {
            path: settings.folder.clone(),
            action: "wait for answers about",
            source,
        };
        let runtime = Some(runtime.map_err(failed)?);
        let aggregator = settings.aggregator.map_or_else(|| settings.signer.address(), Address);
        let (chain, gather) = (settings.chain, settings.gather);
        let state = State {
            budget,
            outbox: None,
            under_way: None,
            ended: Ended::default(),
            looked: None,
            looked_at: HashMap::new(),
            down: None,
            told: String::new(),
            settings,
        };
        Ok(Arc::new(Account { chain, aggregator, gather, runtime, state: Mutex::new(state) }))
    }

    pub(super) fn binding(&self, feed: &Address, statement: &StatementId) -> Binding {
        Binding::new(self.chain, feed.0, self.aggregator.0, statement)
    }

    pub(super) fn gathers(&self) -> Duration {
        self.gather
    }

    /// Whether a feed takes what this account brings, as things are: what is wrong.
    pub(super) fn examine(&self, feed: &mut Feed, policy_id: &str) -> Result<Vec<String>, ChainError> {
        let (aggregator, chain) = (self.aggregator, self.chain);
        self.run(async |state| state.examine(feed, (chain, aggregator), policy_id).await)
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
            (None, _) => self.budget.settle(None)?,
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
        let (Some(outbox), Some(under_way)) = (&self.outbox, &mut self.under_way) else { return Ok(()) };
        if self.looked.is_some_and(|at| at.elapsed() < LOOK) {
            return Ok(());
        }
        self.looked = Some(Instant::now());
        match outbox.advance(under_way).await? {
            Progress::UnderWay => {}
            Progress::Final(sent) => {
                self.budget.settle(Some(sent.cost))?;
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
                self.budget.settle(cost)?;
                self.under_way = None;
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
        // What the account itself brought to its end is asked for at once, what others brought now and then.
        let paid = self.ended.paid(receipt);
        let key = (*feed, claimed.epoch(), claimed.chunk());
        if paid.is_none() && self.looked_at.get(&key).is_some_and(|at| at.elapsed() < LOOK_AT_CHUNK) {
            return Ok(Whereabouts::Pending);
        }
        let standing = self.settings.node.standing(feed, claimed).await?;
        self.looked_at.remove(&key);
        Ok(match standing {
            Standing::Missing => Whereabouts::Lost,
            Standing::Final => Whereabouts::Final(paid),
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
                None => None,
            };
        }
        let batch = Batch { feed, node, chain: self.settings.chain, aggregator, proven: &proven };
        self.send(&batch, &mut answers).await;
        Ok(answers.into_iter().map(|answer| answer.unwrap_or(Err(NotBrought::Busy))).collect())
    }

    /// Sends those that have no answer, and gives one to each that is sent or refused. One that has none after it waits for those that were sent.
    async fn send(&mut self, batch: &Batch<'_>, answers: &mut [Option<Result<Brought, NotBrought>>]) {
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
                let why = self.failed(&error);
                for answer in answers.iter_mut().filter(|answer| answer.is_none()) {
                    *answer = Some(Err(why.clone()));
                }
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

    /// Reserves the most that it can cost, and sends it.
    async fn begin(&mut self, call: &Call) -> Result<String, ChainError> {
        let most = self.most();
        let Some(outbox) = &mut self.outbox else { return Err(not_reached()) };
        if most.cost == Coins(0) {
            return Err(spent(self.budget.a_day()));
        }
        outbox.set_limits(most);
        self.budget.reserve(self.settings.clock.now_ms(), most.cost)?;
        match outbox.begin(call).await {
            Ok(under_way) => {
                let id = under_way.id();
                self.under_way = Some(under_way);
                self.looked = Some(Instant::now());
                Ok(id)
            }
            Err(error) => {
                self.budget.settle(Some(Coins(0)))?;
                let is_of_budget = most.cost < self.settings.limits.cost;
                match error {
                    ChainError::TooDear { got, .. } if is_of_budget && got <= self.settings.limits.cost => {
                        Err(spent(self.budget.a_day()))
                    }
                    error => Err(error),
                }
            }
        }
    }

    async fn examine(
        &mut self,
        feed: &mut Feed,
        (chain, aggregator): (u64, Address),
        policy_id: &str,
    ) -> Result<Vec<String>, ChainError> {
        let node = self.settings.node.clone();
        node.require_chain(chain).await?;
        let key_id = feed.key_id;
        let address = feed.address;
        let terms = feed.terms(&node, chain).await?;
        let mut wrong = Vec::new();
        if terms.policy_id != policy_id {
            wrong.push(format!("the feed {address} is one of the policy {}", terms.policy_id));
        }
        if let Some(reason) = node.wrong_key(&terms, &key_id).await? {
            wrong.push(reason);
        }
        if !node.is_aggregator(&terms, &aggregator).await? {
            wrong.push(format!("the feed {address} knows no aggregator {aggregator}"));
        }
        Ok(wrong)
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
