//! Three hours.

use serde_json::json;
use zksensor::model::registry::Registry;
use zksensor::prelude::Device;
use zksensor::rand::rngs::OsRng;
use zksensor::solidity::evm::Address;
use zksensor::solidity::feed::aggregates;
use zksensor::solidity::feed::cover;
use zksensor::solidity::feed::registry::{self, NO_PARENT, Ops};

use super::polygon::{AGGREGATOR, INSURED, PAYMENT, Polygon, RIVAL, ROLES, STRANGER};
use super::town::{K, MOST, Proven, Town, Wanted};
use super::{Failure, Report};

/// The mean that has to be exceeded, in hundredths of a degree.
const THRESHOLD: i64 = 3_000;
/// The post that counts in every epoch.
const ROOT: u64 = 0;

/// The town, the chain, and the cover of the third hour.
struct Story {
    town: Town,
    chain: Polygon,
    cover: Address,
}

/// Tells it; an error is where it went otherwise.
pub(crate) fn tell() -> Result<Report, Failure> {
    let mut story = Story::begin()?;
    story.first_hour()?;
    story.second_hour()?;
    story.third_hour()?;
    let paid = story.settle()?;
    let Polygon { refused, lines, .. } = story.chain;
    let json = json!({ "verified": true, "epochs": 3, "refused": refused, "paid": paid });
    Ok(Report { people: lines.trim_end().to_owned(), json })
}

impl Story {
    /// 14:00: everything is deployed, the stations are enrolled, and somebody insures the third hour, which has not begun.
    fn begin() -> Result<Self, Failure> {
        let town = Town::new(Polygon::registry_address(), &mut OsRng)?;
        let mut chain = Polygon::new(&town)?;
        if chain.registry() != Polygon::registry_address() {
            return Err("the registry is not where its address was predicted".into());
        }
        let ops = enrolled(&town.registry);
        let post = registry::post(town.registry.root(), &NO_PARENT, &ops);
        let to = chain.registry();
        let stranger = chain.send(STRANGER, to, &post);
        chain.refuse("a root that a stranger posts", "NotRegistrar", stranger)?;
        let gas = chain.send(ROLES.registrar, to, &post)?.gas;
        chain.say(&format!(
            "14:00  {} stations are posted for {gas} gas; they count from 15:00 on",
            town.registry.len()
        ));
        let cover = chain.insure(2, THRESHOLD)?;
        chain.say("14:00  the third hour is insured: 1,000 POL, if its mean is above 30.00 Cel");
        Ok(Story { town, chain, cover })
    }

    /// A proof by stations of one of the two chunks.
    fn prove(&self, epoch: u32, chunk: usize, count: usize, recipient: Address) -> Result<Proven, Failure> {
        // Each hour is warmer: 20, 25 and 30 degrees, and the second chunk by two more.
        let degrees = 20 + 5 * epoch + 2 * chunk as u32;
        self.prove_of(&self.town.registry, &self.town.chunks[chunk][..count], epoch, degrees, recipient)
    }

    fn prove_of(
        &self,
        registry: &Registry,
        devices: &[Device],
        epoch: u32,
        degrees: u32,
        recipient: Address,
    ) -> Result<Proven, Failure> {
        let feed = self.chain.feed;
        self.town.prove(&Wanted { registry, devices, epoch, degrees, feed, recipient })
    }

    /// 16:00 to 17:00: two chunks, of which one is replaced by one of more stations; and those who have no right to submit.
    fn first_hour(&mut self) -> Result<(), Failure> {
        let five = self.prove(0, 0, K, AGGREGATOR)?;
        let ten = self.prove(0, 0, MOST, AGGREGATOR)?;
        let second = self.prove(0, 1, K, AGGREGATOR)?;
        let of_stranger = self.prove(0, 0, K, STRANGER)?;
        let chain = &mut self.chain;

        chain.at(16, 59);
        let early = chain.submit(&five, AGGREGATOR, ROOT);
        chain.refuse("the first hour before it is over", "WindowShut", early)?;
        chain.at(17, 0);
        let result = chain.submit(&of_stranger, STRANGER, ROOT);
        chain.refuse("a stranger's aggregate, proven for the stranger", "AggregatorUnknown", result)?;
        let result = chain.submit(&five, RIVAL, ROOT);
        chain.refuse("somebody else's proof for one's own credit", "ProofRejected", result)?;
        let mut altered = five.clone();
        altered.1.count += 1;
        let result = chain.submit(&altered, AGGREGATOR, ROOT);
        chain.refuse("a proof of five that is said to be of six", "ProofRejected", result)?;

        let gas = chain.submit(&five, AGGREGATOR, ROOT)?.gas;
        chain.say(&format!("17:00  the first hour: five stations of one chunk, {gas} gas"));
        let result = chain.submit(&five, AGGREGATOR, ROOT);
        chain.refuse("the same once more", "NotMore", result)?;
        let gas = chain.submit(&ten, AGGREGATOR, ROOT)?.gas;
        chain.say(&format!("17:00  ten take the place of the five, {gas} gas"));
        let result = chain.submit(&five, AGGREGATOR, ROOT);
        chain.refuse("the five in place of the ten", "NotMore", result)?;
        let gas = chain.submit(&second, AGGREGATOR, ROOT)?.gas;
        chain.say(&format!("17:00  five of another chunk, {gas} gas"));
        if chain.round(0)?.is_final || chain.ask(chain.adapter, &aggregates::latest_round_data()).is_ok() {
            return Err("an hour is answered that is still open".into());
        }
        chain.at(18, 0);
        self.holds(0, &[&ten, &second])
    }

    /// 17:00 to 18:00: one chunk comes, the other too late. And a registrar posts stations of their own, which the guardian takes back.
    fn second_hour(&mut self) -> Result<(), Failure> {
        let first = self.prove(1, 0, MOST, AGGREGATOR)?;
        let late = self.prove(1, 1, K, AGGREGATOR)?;
        let (invented, devices) = self.town.with_invented()?;
        // Proven as soon as it is posted; it would be for the third hour, and decide it.
        let forged = self.prove_of(&invented, &devices, 2, 50, AGGREGATOR)?;

        let (chain, town) = (&mut self.chain, &self.town);
        let registry = chain.registry();
        let parent = registry::digest(town.registry.root(), &NO_PARENT, &enrolled(&town.registry));
        let mut ops = Ops::new();
        let news = invented.records().skip(town.registry.len());
        news.for_each(|record| ops.enrol(&record.leaf));
        chain.at(17, 30);
        chain.send(ROLES.registrar, registry, &registry::post(invented.root(), &parent, &ops))?;
        chain.at(17, 45);
        let result = chain.send(STRANGER, registry, &registry::veto(1, "not mine to say"));
        chain.refuse("a veto by a stranger", "NotGuardianOrOwner", result)?;
        let result = chain.send(ROLES.guardian, registry, &registry::veto(0, "too late"));
        chain.refuse("a veto of a root that counts", "PostActive", result)?;
        chain.send(ROLES.guardian, registry, &registry::veto(1, "stations that nobody knows"))?;
        chain.say("17:45  the guardian takes back a root with stations that nobody knows, before it counts");

        chain.at(18, 0);
        let gas = chain.submit(&first, AGGREGATOR, ROOT)?.gas;
        chain.say(&format!("18:00  the second hour: ten stations of one chunk, {gas} gas"));
        chain.at(19, 0);
        let result = chain.submit(&late, AGGREGATOR, ROOT);
        chain.refuse("the other chunk an hour later", "WindowShut", result)?;
        let result = chain.submit(&forged, AGGREGATOR, ROOT);
        chain.refuse("the third hour by the root that was taken back", "RootOther", result)?;
        let result = chain.submit(&forged, AGGREGATOR, ROOT + 1);
        chain.refuse("the same, with the post that is no more", "IndexOther", result)?;
        self.holds(1, &[&first])
    }

    /// 18:00 to 19:00: both chunks in one transaction.
    fn third_hour(&mut self) -> Result<(), Failure> {
        let both = [self.prove(2, 0, MOST, AGGREGATOR)?, self.prove(2, 1, K, AGGREGATOR)?];
        let (chain, cover) = (&mut self.chain, self.cover);
        chain.at(19, 10);
        let mut turned = both.clone();
        turned.reverse();
        let result = chain.submit_batch(&turned, ROOT);
        chain.refuse("a batch whose chunks do not rise", "BatchOrder", result)?;
        let mut forged = both.clone();
        forged[1].0 = both[0].0.clone();
        let result = chain.submit_batch(&forged, ROOT);
        chain.refuse("a batch with a proof of something else", "BatchRejected", result)?;
        let gas = chain.submit_batch(&both, ROOT)?.gas;
        chain.say(&format!("19:10  the third hour: both chunks in one transaction, {gas} gas"));
        let result = chain.send(INSURED, cover, &cover::settle());
        chain.refuse("a settlement while the hour is open", "TooEarly", result)?;
        let result = chain.insure_begun(2, THRESHOLD);
        chain.refuse("insurance of an hour that has begun", "EpochHasBegun", result)?;
        chain.at(20, 0);
        self.holds(2, &both.each_ref())
    }

    /// 20:00: nothing changes any more, and the cover pays as the hour was. Whether it did.
    fn settle(&mut self) -> Result<bool, Failure> {
        let (chain, cover) = (&mut self.chain, self.cover);
        let answer = aggregates::decode_latest_round_data(
            &chain.ask(chain.adapter, &aggregates::latest_round_data())?,
        )?;
        let round = chain.round(2)?;
        let mean = (1000 * round.sum).div_euclid(i128::from(round.count));
        if (answer.round_id, answer.answer) != (3, mean) {
            return Err(format!("expected {mean} of round 3 of the adapter, got {answer:?}").into());
        }
        chain.say(&format!("20:00  the adapter answers {:.5} Cel", mean as f64 / 1e5));
        let result = chain.send(STRANGER, cover, &cover::refund());
        chain.refuse("a refund before the time of grace is over", "TooEarly", result)?;
        chain.send(STRANGER, cover, &cover::settle())?;
        let paid = chain.balance(INSURED) == PAYMENT && chain.balance(cover) == 0;
        if !paid {
            return Err("the cover did not pay the insured".into());
        }
        chain.say("20:00  the cover pays 1,000 POL to the insured, whoever asks it to");
        let result = chain.send(INSURED, cover, &cover::settle());
        chain.refuse("a second payment", "IsSettled", result)?;
        Ok(paid)
    }

    /// That the feed has this hour as it was proven, and that it is final.
    fn holds(&mut self, epoch: u32, proven: &[&Proven]) -> Result<(), Failure> {
        let round = self.chain.round(epoch)?;
        let sum: i128 = proven.iter().map(|(_, inputs)| i128::from(inputs.sum)).sum();
        let count: u32 = proven.iter().map(|(_, inputs)| inputs.count).sum();
        let wanted = (sum, count, proven.len() as u32, true, false);
        if (round.sum, round.count, round.chunks, round.is_final, round.voided) != wanted {
            return Err(format!("epoch {epoch}: expected {wanted:?}, got {round:?}").into());
        }
        let mean = sum as f64 / f64::from(count) / 100.0;
        self.chain.say(&format!("       final: {count} stations, chunks: {}, {mean:.2} Cel", proven.len()));
        Ok(())
    }
}

/// The changes that make a tree of nothing.
fn enrolled(registry: &Registry) -> Ops {
    let mut ops = Ops::new();
    registry.records().for_each(|record| ops.enrol(&record.leaf));
    ops
}
