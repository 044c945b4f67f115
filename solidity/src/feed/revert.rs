//! What router, registry, feed and their readers revert with, in words.

use alloy_primitives::U256;
use alloy_sol_types::SolInterface;

use super::abi::Refusals::RefusalsErrors as Errors;

/// Name and meaning of an error of these contracts; `None` if the data are none.
pub(crate) fn decode(data: &[u8]) -> Option<(&'static str, String)> {
    let error = Errors::abi_decode_validate(data).ok()?;
    let name = Errors::name_by_selector(error.selector())?;
    let of_roles = roles(&error);
    let words = of_roles.or_else(|| keys(&error)).or_else(|| posts(&error)).or_else(|| made(&error));
    let words = words.or_else(|| terms(&error)).or_else(|| submitted(&error)).or_else(|| sealed(&error));
    Some((name, words.unwrap_or_else(|| read(&error))))
}

/// Who may do what.
fn roles(error: &Errors) -> Option<String> {
    Some(match error {
        Errors::OwnableUnauthorizedAccount(e) => {
            format!("only the owner may call this, and {} did", e.account)
        }
        Errors::OwnableInvalidOwner(e) => format!("{} cannot own anything", e.owner),
        Errors::NotGuardian(e) => {
            format!("only the guardian {} may call this, and {} did", e.wanted, e.came)
        }
        Errors::NotGuardianOrOwner(e) => {
            format!("only guardian {} or owner {} may call this, and {} did", e.guardian, e.owner, e.came)
        }
        Errors::OwnerStays(_) => "there is always an owner; name another one".to_owned(),
        Errors::NotRegistrar(e) => {
            format!("only the registrar {} posts roots, and {} did", e.wanted, e.came)
        }
        _ => return None,
    })
}

/// What the router says of a key.
fn keys(error: &Errors) -> Option<String> {
    Some(match error {
        Errors::CodeOther(e) => {
            format!("expected a verifier with the code hash {}, got {}", e.wanted, e.came)
        }
        Errors::KeyInsecure(e) => format!(
            "one machine made the key {}; chain {} is no test chain: use the key of a ceremony",
            e.keyId, e.chainId
        ),
        Errors::KeyKnown(e) => format!("the key {} was added, its verifier is {}", e.keyId, e.verifier),
        Errors::RouteUnknown(e) => format!("no verifier was added for the key {}", e.keyId),
        Errors::RouteFrozen(e) => format!("the key {} was frozen; prove under another", e.keyId),
        Errors::RouteFamily(e) => {
            format!("expected a key of the family {}, got one of {}", e.wanted, e.came)
        }
        Errors::ProofPossible(e) => {
            format!("the proof may be as true as it says, or its family {} is unknown", e.family)
        }
        _ => return None,
    })
}

/// What the registry says of a post.
fn posts(error: &Errors) -> Option<String> {
    Some(match error {
        Errors::DelayOther(e) => {
            format!("expected a delay of 1 to {} s, 0 on test chains alone, got {}", e.most, e.came)
        }
        Errors::RootOutOfRange(e) => format!("no tree has the root {:#x}", e.root),
        Errors::ParentOther(e) => format!(
            "expected a post that goes on from {}, got one that goes on from {}: read the head again",
            e.wanted, e.came
        ),
        Errors::OpsTooLong(e) => {
            format!("expected changes of at most {} bytes, got {}: make several posts", e.most, e.came)
        }
        Errors::PostUnknown(e) => format!("there is no post {}; there are {}", e.index, e.length),
        Errors::PostActive(e) => {
            format!("post {} counts since {} s, and stays", e.index, e.activeAt)
        }
        Errors::TimeAhead(e) => {
            format!("what counts at {} ms is known once it has passed; it is {} ms", e.ms, e.nowMs)
        }
        Errors::IndexOther(e) => {
            format!("post {} is not the last that counted before {} ms; ask findRoot", e.index, e.ms)
        }
        Errors::NoRoot(e) => format!("no post counted before {} ms", e.ms),
        _ => return None,
    })
}

/// Why a feed, an adapter, a gate or a mock is not made, or not set.
fn made(error: &Errors) -> Option<String> {
    Some(match error {
        Errors::RouterMissing(e) => format!("no router is at {}", e.router),
        Errors::DelayShort(e) => format!(
            "expected a registry whose DELAY is an epoch or longer, {} s, got {}: keys could sign backdated readings",
            e.least, e.came
        ),
        Errors::WindowOther(e) => format!("expected a window of 1 to {} ms, got {}", e.most, e.came),
        Errors::MinCountOther(e) => {
            format!("expected a least count of k, {}, or more, got {}", e.least, e.came)
        }
        Errors::ChunkBitsOther(e) => format!(
            "expected chunks of 6, 9, .. or 21 bits, 21 alone where more than sum and count is published, got {}",
            e.came
        ),
        Errors::TooLate(e) => format!(
            "what counts in an epoch is decided before it begins: expected epoch {} or later, got {}",
            e.least, e.came
        ),
        Errors::ChunkBitsPending(e) => {
            format!("a change of chunks from epoch {} on was announced, and comes first", e.fromEpoch)
        }
        Errors::NotVoidable(e) => {
            format!("epoch {} has not begun, is final, or is void", e.epoch)
        }
        Errors::BeaconMissing(e) => format!("no beacon is at {}", e.beacon),
        Errors::SealWindowOther(e) => format!(
            "expected seals for 1 to {} ms, which leaves some of the window for releases, got {}",
            e.most, e.came
        ),
        Errors::StatisticMissing(e) => {
            format!("the feed's policy does not publish statistic {}", e.statistic)
        }
        Errors::DecimalsOther(e) => format!("expected at most {} decimals in all, got {}", e.most, e.came),
        Errors::NotOfOneDevice(e) => {
            format!(
                "a reading is of one device: expected k of 1 and no outputs, got {} and {}",
                e.k, e.outputs
            )
        }
        Errors::MockOnRealChain(e) => format!("chain {} is no test chain: a mock proves nothing", e.chainId),
        _ => return None,
    })
}

/// Why a policy is none of a feed.
fn terms(error: &Errors) -> Option<String> {
    Some(match error {
        Errors::ValuesOther(e) => {
            format!("expected low <= high < low + 2^40, got {} and {}", e.low, e.high)
        }
        Errors::AccuracyZero(_) => {
            "no reading has the accuracy 0: such a policy lets none through".to_owned()
        }
        Errors::EpochsOther(e) => format!(
            "expected epochs of 1 ms or more, of which the first ends by 2^48, got {} ms from {} ms on",
            e.lengthMs, e.originMs
        ),
        Errors::KOther(e) => format!("expected k of {} or more, got {}", e.least, e.came),
        Errors::DeviceClassOther(e) => {
            format!("expected a class of 0 to 65535, or 65536 for any, got {}", e.came)
        }
        Errors::ChannelOther(e) => format!("samples of a frame have the channels 0 to 2, got {}", e.came),
        Errors::LowOther(e) => {
            format!("expected low of {} or more, as less is an absent channel, got {}", e.least, e.came)
        }
        Errors::SamplesZero(_) => "of each device a sample is counted at the least".to_owned(),
        Errors::SpreadOther(e) => {
            format!("expected a least spread of at most high - low, {}, got {}", e.most, e.came)
        }
        Errors::StepZero(_) => "with a least spread there is a largest step of 1 or more".to_owned(),
        Errors::ScaleOther(e) => format!("expected noise of scale 2^0 to 2^{}, got 2^{}", e.most, e.came),
        Errors::NothingToHide(e) => {
            format!("expected low below high, got {} for both: there would be nothing to hide", e.value)
        }
        Errors::OutputsOther(e) => {
            format!(
                "a private sum publishes nothing beside sum and count: expected outputs of 0, got {}",
                e.came
            )
        }
        _ => return None,
    })
}

/// Why what was submitted is not taken.
fn submitted(error: &Errors) -> Option<String> {
    Some(match error {
        Errors::FeedPaused(_) => "the guardian paused the feed".to_owned(),
        Errors::WindowShut(e) => {
            format!("proofs for the epoch are accepted from {} ms on, before {} ms", e.end, e.shut)
        }
        Errors::AggregatorUnknown(e) => {
            format!("{} was not authorised for epoch {}", e.aggregator, e.epoch)
        }
        Errors::PolicyOther(e) => format!("expected the policy {:#x}, got {:#x}", e.wanted, e.came),
        Errors::ChunkOther(e) => format!(
            "in this epoch chunks have {bits} bits, so there are 2^{}; got chunk {} of {} bits",
            21u8.saturating_sub(e.wantedBits),
            e.chunk,
            e.bits,
            bits = e.wantedBits
        ),
        Errors::TooFew(e) => format!("expected {} devices or more, got {}", e.wanted, e.came),
        Errors::RootOther(e) => format!("expected the root {:#x}, got {:#x}", e.wanted, e.came),
        Errors::NotMore(e) => format!(
            "there is one of {} devices for this chunk; expected at least k more, got {}",
            e.stored, e.came
        ),
        Errors::BatchOrder(e) => format!(
            "a batch is of one epoch, chunk after chunk in rising order; that at index {} is not",
            e.index
        ),
        Errors::GateShut(e) => {
            format!("readings of the epoch are accepted from {} ms on, before {} ms", e.start, e.shut)
        }
        Errors::NullifierUsed(e) => {
            format!("the reading of this device and epoch was accepted: {:#x}", e.nullifier)
        }
        _ => return None,
    })
}

/// What a feed of private sums and its beacon say.
fn sealed(error: &Errors) -> Option<String> {
    Some(match error {
        Errors::SealShut(e) => {
            format!("seals for the epoch are accepted from {} ms on, before {} ms", e.end, e.deadline)
        }
        Errors::SealOutOfRange(e) => format!("expected a seal of 1 to r - 1, got {:#x}", e.seal),
        Errors::IsSealed(e) => format!("the chunk was sealed with {:#x}, and keeps it", e.seal),
        Errors::SealOther(e) if e.wanted == U256::ZERO => {
            format!("nobody sealed this chunk before the deadline, so nothing opens it: got {:#x}", e.came)
        }
        Errors::SealOther(e) => {
            format!("expected the proof of what was sealed, {:#x}, got {:#x}", e.wanted, e.came)
        }
        Errors::SealerOther(e) => {
            format!("{} sealed this chunk and alone can open it, not {}", e.wanted, e.came)
        }
        Errors::BeforeDeadline(e) => {
            format!(
                "releases for the epoch are accepted from {} ms on, when seals are not any more",
                e.deadline
            )
        }
        Errors::BeaconOther(e) => {
            format!("expected noise of the deadline's beacon, {:#x}, got {:#x}", e.wanted, e.came)
        }
        Errors::IsReleased(e) => {
            format!("chunk {} of epoch {} has its release, and there is one", e.chunk, e.epoch)
        }
        Errors::BeaconUnknown(e) => format!(
            "the beacon of {} ms is not there: draw its block, and record it once it is there",
            e.momentMs
        ),
        Errors::MomentAhead(e) => {
            format!("a block is drawn once the moment has passed, {} ms; it is {} ms", e.momentMs, e.nowMs)
        }
        Errors::IsDrawn(e) => format!("the block of {} ms is drawn, and once is all", e.momentMs),
        Errors::NotDrawn(e) => {
            format!("no block of {} ms waits to be recorded: draw it, or read what was recorded", e.momentMs)
        }
        Errors::BlockOther(e) => format!(
            "the beacon is recorded in the blocks {} to {}, and this is {}; afterwards there is none, ever",
            e.first, e.last, e.number
        ),
        _ => return None,
    })
}

/// Why there is no answer, and what a cover says; what is not listed has a name that says enough.
fn read(error: &Errors) -> String {
    let seconds = |time: &U256| format!("from {time} s on, and not before");
    match error {
        Errors::NotFinal(e) => format!("epoch {} is final {}", e.epoch, seconds(&e.finalAt)),
        Errors::EpochIsVoid(e) => format!("the guardian declared epoch {} void", e.epoch),
        Errors::NoData(_) => "no epoch has an answer, or none before".to_owned(),
        Errors::EpochHasBegun(e) => {
            format!("the epoch has begun at {} ms and cannot be insured any more", e.startMs)
        }
        Errors::IsSettled(_) => "it pays once, and has".to_owned(),
        Errors::TooEarly(e) => seconds(&e.time),
        Errors::NoAnswer(_) => "the epoch has no answer of enough readings".to_owned(),
        Errors::HasAnswer(_) => "the epoch has an answer, and is settled by it".to_owned(),
        Errors::PaymentRefused(e) => format!("{} did not take what is paid", e.payee),
        _ => "no more is known of it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::STATE;
    use alloy_primitives::keccak256;

    /// Name and selector of each error that the sources declare.
    fn declared() -> Vec<(String, [u8; 4])> {
        let lines = STATE.iter().flat_map(|(_, source)| source.lines());
        let errors = lines.filter_map(|line| line.trim().strip_prefix("error ")?.strip_suffix(");"));
        errors
            .map(|error| {
                let (name, parameters) = error.split_once('(').unwrap();
                let types = parameters.split(',').filter_map(|parameter| parameter.split_whitespace().next());
                let types: Vec<_> =
                    types.map(|kind| if kind == "Statistic" { "uint8" } else { kind }).collect();
                let selector = keccak256(format!("{name}({})", types.join(",")));
                (name.to_owned(), selector[..4].try_into().unwrap())
            })
            .collect()
    }

    #[test]
    fn every_error_of_the_sources_is_known_and_no_other() {
        let declared = declared();
        for (name, selector) in &declared {
            assert_eq!(Errors::name_by_selector(*selector), Some(name.as_str()), "{name}");
        }
        let inherited = ["OwnableUnauthorizedAccount", "OwnableInvalidOwner"];
        for selector in Errors::selectors() {
            let name = Errors::name_by_selector(selector).unwrap();
            let is_declared = declared.iter().any(|(_, of)| *of == selector);
            assert!(is_declared || inherited.contains(&name), "{name} is in no source");
        }
    }

    #[test]
    fn every_error_has_words_of_its_own() {
        for (name, selector) in declared() {
            // Zeros are arguments of every type here.
            let data = [&selector[..], &[0; 96]].concat();
            let words = (0..=3).find_map(|words| decode(&data[..4 + 32 * words]));
            let (came, words) = words.unwrap();
            assert_eq!(came, name);
            assert_ne!(words, "no more is known of it", "{name}");
        }
        assert_eq!(decode(&[]), None);
        assert_eq!(decode(&[1, 2, 3, 4]), None);
    }
}
