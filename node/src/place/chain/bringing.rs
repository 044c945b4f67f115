//! Proofs of an epoch on their way to a feed: what it has is left out, the rest is one transaction, or as much of it as is paid for.

use std::time::{Duration, Instant};

use zksensor::model::claim::Binding;
use zksensor::solidity::Address;
use zksensor_chain::{Call, ChainError, Coins, Node, Proven, Submission};

use super::account::State;
use super::under_way::Receipt;
use super::{Answers, Feed, brought, errors};
use crate::place::{Brought, NotBrought};

/// After a transaction that was refused in its block nothing is sent for so long, and twice as long after each further one.
const FAILED: Duration = Duration::from_secs(60);

impl State {
    /// Brings what the feed does not have in one transaction, or as much of it as may be paid for.
    pub(super) async fn bring(
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
        let chain = self.settings.chain;
        let terms = feed.terms(&node, chain).await?;
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
                None if claimed.binding()
                    != Binding::new(chain, feed.address.0, aggregator.0, &proven.statement) =>
                {
                    let reason =
                        "it was made for another chain, feed or aggregator, which the configuration had then";
                    Some(Err(NotBrought::Later(reason.to_owned())))
                }
                None => None,
            };
        }
        let batch = Batch { feed, node, chain, aggregator, proven: &proven };
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
}

/// Gives everything that has no answer this one.
fn fill(answers: &mut [Option<Result<Brought, NotBrought>>], why: &NotBrought) {
    for answer in answers.iter_mut().filter(|answer| answer.is_none()) {
        *answer = Some(Err(why.clone()));
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
