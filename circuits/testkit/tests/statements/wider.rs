//! What the circuits take though no typed claim can say it, and what they refuse as the types do: vectors that are packed and signed
//! by hand. Of what is taken a line goes when a version refuses it; none may come.

use ark_ff::AdditiveGroup;
use zksensor_circuits::statement::aggregate::AggregateInputs;
use zksensor_circuits::statement::histogram::Histogram;
use zksensor_circuits::statement::private_sum::PrivateSum;
use zksensor_circuits::statement::reading::{Commitment, Nullifier, ReadingInputs};
use zksensor_circuits::statement::survey::{Survey, SurveyInputs};
use zksensor_circuits::statement::track::{Track, TrackInputs};
use zksensor_circuits::statement::{Binding, Rule, Statement, Violation};
use zksensor_circuits::trace::Site;
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::PublicInputs;
use zksensor_model::policy::{Outputs, Policy, PolicyId, PolicyParts, encoding};
use zksensor_model::primitives::babyjubjub::{BASE8, Point, Scalar};
use zksensor_model::primitives::eddsa::PublicKey;
use zksensor_model::primitives::poseidon::{self, Domain};
use zksensor_model::reading::{Network, PayloadHash, Reading, ReadingError, SignedReading};
use zksensor_model::rule::Scope;
use zksensor_model::schema::ABSENT;
use zksensor_testkit::{Conformance, Fleet, FleetOptions};

use super::kit::{Forge, Tested, Verdict, World, aggregate, reading, respond, salt, verdict};
use super::one_each_bad::OneEach;

/// A part of a claim that no type holds.
#[derive(Debug, Clone, Copy)]
enum Wide {
    /// The policy's class: any, with a class beside it.
    AnyClass(u16),
    /// The policy's k.
    K(u32),
    /// The policy's output flags.
    Outputs(u8),
    /// The policy's channel: one that no sample has.
    ChannelOfFrames,
    /// The policy's low: what stands for an absent value.
    LowOfFrames,
    /// The network of policy and readings: of so many bits.
    Network(u32),
    /// The accuracy of the readings: 0.
    NoAccuracy,
    /// The payload hash of the readings: of so many bits.
    PayloadHash(u32),
    /// Channels 2 and 3 of the readings, where the policy reads channel 0: of so many bits.
    UnreadLane(u32),
}

/// Every line is taken by both statements.
const TAKEN: &[Wide] = &[
    Wide::Network(249),
    Wide::Network(253),
    Wide::PayloadHash(249),
    Wide::PayloadHash(253),
    Wide::UnreadLane(129),
    Wide::UnreadLane(253),
];

/// Every line is refused by both, by this rule. Version 1 took them.
const REFUSED: &[(Wide, Rule)] = &[
    (Wide::AnyClass(1), Rule::POLICY),
    (Wide::AnyClass(7), Rule::POLICY),
    (Wide::AnyClass(u16::MAX), Rule::POLICY),
    (Wide::K(0), Rule::POLICY),
    (Wide::NoAccuracy, Rule::ACCURACY),
];

/// Every line is refused by `reading`.
const REFUSED_BY_READING: &[Wide] = &[
    Wide::K(2),
    Wide::K(1000),
    Wide::Outputs(encoding::SUM_OF_SQUARES_FLAG),
    Wide::Outputs(encoding::MINIMUM_FLAG),
    Wide::Outputs(encoding::MAXIMUM_FLAG),
    Wide::Outputs(7),
];

/// Every line is refused by `track`.
const REFUSED_BY_TRACK: &[Wide] = &[
    Wide::K(0),
    Wide::K(2),
    Wide::K(1000),
    Wide::AnyClass(1),
    Wide::AnyClass(u16::MAX),
    Wide::Outputs(encoding::MINIMUM_FLAG),
    Wide::ChannelOfFrames,
    Wide::LowOfFrames,
];

/// Every line is refused by `survey`; where it is k, with the sum of squares asked for.
const REFUSED_BY_SURVEY: &[Wide] = &[
    Wide::K(0),
    Wide::K(1),
    Wide::K(7),
    Wide::AnyClass(1),
    Wide::AnyClass(u16::MAX),
    Wide::ChannelOfFrames,
    Wide::LowOfFrames,
];

/// Every line is refused by `histogram` and by `private-sum`, which have no outputs to choose from.
const REFUSED_WITHOUT_OUTPUTS: &[Wide] = &[
    Wide::K(0),
    Wide::AnyClass(1),
    Wide::AnyClass(u16::MAX),
    Wide::Outputs(encoding::MINIMUM_FLAG),
    Wide::Outputs(encoding::MAXIMUM_FLAG),
];

/// Every line is refused by `aggregate`, with the sum of squares asked for.
const REFUSED_BY_AGGREGATE: &[Wide] = &[Wide::K(1), Wide::K(5), Wide::K(7)];

/// A field element of exactly so many bits.
fn of_bits(bits: u32) -> Fr {
    field::power_of_two(bits - 1) + Fr::from(5u64)
}

impl Wide {
    /// What a wire of this name gets, in the policy or elsewhere.
    fn value(self, site: &str, in_policy: bool) -> Option<Fr> {
        Some(match (self, site, in_policy) {
            (Wide::AnyClass(class), "device class", true) => {
                Fr::from(encoding::ANY_DEVICE_CLASS + u32::from(class))
            }
            (Wide::K(k), "k", true) => Fr::from(k),
            (Wide::Outputs(flags), "outputs", true) => Fr::from(flags),
            (Wide::ChannelOfFrames, "channel", true) => Fr::from(3u64),
            (Wide::LowOfFrames, "low", true) => Fr::ZERO,
            (Wide::Network(bits), "network", _)
            | (Wide::PayloadHash(bits), "payload hash", false)
            | (Wide::UnreadLane(bits), "channels 2 and 3", false) => of_bits(bits),
            _ => return None,
        })
    }

    /// The id of the policy with this part in the place of its own.
    fn policy_id(self, policy: &Policy) -> PolicyId {
        let (mut ranges, mut kind, mut lanes) = (policy.ranges(), policy.kind(), policy.lanes());
        for (site, part) in [
            ("k", &mut ranges.k),
            ("low", &mut ranges.low),
            ("channel", &mut kind.channel),
            ("device class", &mut kind.device_class),
            ("outputs", &mut kind.outputs),
        ] {
            *part = self.value(site, true).unwrap_or(*part);
        }
        (lanes[2], lanes[3]) = (ranges.pack(), kind.pack());
        lanes[0] = self.value("network", true).unwrap_or(lanes[0]);
        PolicyId::from_field(poseidon::hash(Domain::Policy, &lanes))
    }

    /// The message of the reading with this part in the place of its own.
    fn message(self, reading: &Reading) -> Fr {
        let mut lanes = reading.lanes();
        for (lane, site) in [(0, "network"), (1, "payload hash"), (4, "channels 2 and 3")] {
            lanes[lane] = self.value(site, false).unwrap_or(lanes[lane]);
        }
        poseidon::hash(Domain::Message, &lanes)
    }

    /// No typed claim says it: a checked constructor refuses the part, or the type has no room for it.
    fn assert_refused_natively(self, world: &World) {
        let policy = |change: &dyn Fn(&mut PolicyParts)| {
            let mut parts = *world.fleet.policy.parts();
            change(&mut parts);
            Policy::new(parts)
        };
        match self {
            // A policy has a class or none, and the lanes of all of those are others.
            Wide::AnyClass(_) => {
                let wide = self.policy_id(&world.fleet.policy);
                for class in (0..=u16::MAX).step_by(4369).chain([1, 7]).map(Some).chain([None]) {
                    assert_ne!(policy(&|parts| parts.device_class = class).unwrap().id(), wide);
                }
            }
            Wide::K(k) => assert!(policy(&|parts| parts.k = k).is_err(), "{self:?}"),
            Wide::Outputs(flags) => {
                let outputs = Outputs {
                    sum_of_squares: flags & encoding::SUM_OF_SQUARES_FLAG != 0,
                    minimum: flags & encoding::MINIMUM_FLAG != 0,
                    maximum: flags & encoding::MAXIMUM_FLAG != 0,
                };
                assert_eq!(outputs.flags(), flags);
                assert!(policy(&|parts| parts.outputs = outputs).is_err(), "{self:?}");
            }
            Wide::ChannelOfFrames => assert!(policy(&|parts| parts.channel = 3).is_err()),
            Wide::LowOfFrames => assert!(policy(&|parts| parts.low = ABSENT).is_err()),
            Wide::Network(bits) => {
                assert!(matches!(Network::from_field(of_bits(bits)), Err(ReadingError::Network { .. })));
            }
            Wide::NoAccuracy => {
                let signed = world.members[0].signed.unwrap();
                let again = SignedReading::new(*signed.reading(), *signed.key(), *signed.signature());
                assert_eq!(again, Err(ReadingError::ZeroAccuracy));
            }
            Wide::PayloadHash(bits) => {
                let hash = PayloadHash::from_field(of_bits(bits));
                assert!(matches!(hash, Err(ReadingError::PayloadHash { .. })));
            }
            // Two channels of 64 bits.
            Wide::UnreadLane(bits) => assert!(bits > 128),
        }
    }

    /// Signs every reading of the world over its wide message, by keys of our own.
    fn sign(self, world: &mut World) {
        for (member, number) in world.members.iter_mut().zip(1u64..) {
            if matches!(self, Wide::NoAccuracy) {
                member.reading.accuracy_mm = 0;
            }
            let secret = Scalar::from(1000 + number);
            let key = BASE8.mul(&secret);
            member.leaf.key = PublicKey::new(key).unwrap();
            let message = self.message(&member.reading);
            let signature = respond(&secret, &key, &Scalar::from(77u64), &Point::IDENTITY, &message);
            member.signed =
                Some(SignedReading::insecure_unverified(member.reading, member.leaf.key, signature));
        }
    }

    /// `check` refuses the nearest typed claim; the constraints take the wide one, or refuse it by a rule.
    fn judge<S: Statement>(
        self,
        kit: &Conformance<S>,
        world: &World,
        (inputs, witness): (&S::Inputs, &S::Witness),
        refused_by: Option<Rule>,
    ) {
        self.assert_refused_natively(world);
        let checked = kit.statement().check(inputs, witness);
        assert!(checked.is_err(), "{self:?}: check takes it");
        if matches!(self, Wide::NoAccuracy) {
            assert_eq!(checked, Err(Violation::NoAccuracy { reading: 0 }));
        }
        let slots = world.members.len();
        let hook = Forge(|site: &Site<'_>, values: &mut [Fr]| {
            let in_policy = site.path.contains(&Scope::Rule(Rule::POLICY));
            if let Some(value) =
                self.value(site.name, in_policy).filter(|_| in_policy || site.instance < slots)
            {
                values[0] = value;
            }
        });
        let verdict = verdict(kit, &inputs.to_words().unwrap(), witness, Some(&hook));
        let (id, name) = (kit.circuit().id(), format!("{self:?}"));
        match refused_by {
            Some(rule) => verdict.assert_refused_by(rule, &format!("{id}: {name}")),
            None => assert!(
                verdict.accepted(&name),
                "{id} refuses {name}: this is closed now, take it off the list and out of SECURITY.md: {:?}",
                verdict.unsatisfied
            ),
        }
    }

    /// By `reading`. Gives the nullifier, if the id is one that no policy has.
    fn of_reading(self, refused_by: Option<Rule>) -> Option<Nullifier> {
        let mut world = World::reading();
        if matches!(self, Wide::AnyClass(_)) {
            world.policy(|parts| parts.device_class = None);
        }
        self.sign(&mut world);
        let (inputs, witness) = world.reading_claim();
        let policy_id = self.policy_id(&world.fleet.policy);
        let inputs = ReadingInputs {
            policy_id,
            nullifier: Nullifier::of(&witness.secret, policy_id, Fleet::EPOCH),
            commitment: Commitment::of(&self.message(&world.members[0].reading), &salt(1)),
            ..inputs
        };
        self.judge(reading(), &world, (&inputs, &witness), refused_by);
        (world.fleet.policy.id() != policy_id).then_some(inputs.nullifier)
    }

    /// By `track`, of which no sample is touched.
    fn of_track(self, refused_by: Option<Rule>) {
        let mut world = Track::sparse();
        if matches!(self, Wide::AnyClass(_)) {
            world.policy(|parts| parts.device_class = None);
        }
        let (inputs, witness) = Track::claim(&world, Binding::NONE);
        let policy_id = self.policy_id(&world.fleet.policy);
        let nullifier = Nullifier::of(&witness.secret, policy_id, Fleet::EPOCH);
        let inputs = TrackInputs { policy_id, nullifier, ..inputs };
        self.judge(Track::kit(), &world, (&inputs, &witness), refused_by);
    }

    /// By `survey`, of which no sample is touched.
    fn of_survey(self, refused_by: Option<Rule>) {
        let outputs = Outputs { sum_of_squares: true, ..Outputs::default() };
        let squares = FleetOptions { k: 8, outputs, ..FleetOptions::of::<Survey>() };
        let mut world = match self {
            Wide::K(k) if k > 0 => World::new(k as usize, squares),
            // k = 0 as k = 1: a survey of nothing is refused by C2.
            _ => Survey::sparse(),
        };
        if matches!(self, Wide::AnyClass(_)) {
            world.policy(|parts| parts.device_class = None);
        }
        let (inputs, witness) = Survey::claim(&world, Binding::NONE);
        let inputs = SurveyInputs { policy_id: self.policy_id(&world.fleet.policy), ..inputs };
        self.judge(Survey::kit(), &world, (&inputs, &witness), refused_by);
    }

    /// By a statement about readings without outputs, of which no reading is touched.
    fn of_readings<S: OneEach>(self, refused_by: Option<Rule>) {
        assert!(!S::FAMILY.has_outputs());
        let mut world = S::sparse();
        if matches!(self, Wide::AnyClass(_)) {
            world.policy(|parts| parts.device_class = None);
        }
        let (mut inputs, witness) = S::claim(&world, Binding::NONE);
        *S::common(&mut inputs).policy_id = self.policy_id(&world.fleet.policy);
        self.judge(S::kit(), &world, (&inputs, &witness), refused_by);
    }

    /// By `aggregate`.
    fn of_aggregate(self, refused_by: Option<Rule>) {
        let outputs = Outputs { sum_of_squares: true, ..Outputs::default() };
        let squares = FleetOptions { k: 8, outputs, device_class: None, ..FleetOptions::default() };
        let mut world = match self {
            // As k = 1: an aggregate of nothing is refused by C2.
            Wide::K(0) => World::aggregate(1),
            Wide::K(k) => World::new(k as usize, squares),
            Wide::AnyClass(_) => {
                World::new(5, FleetOptions { device_class: None, ..FleetOptions::default() })
            }
            _ => World::aggregate(5),
        };
        self.sign(&mut world);
        let (inputs, witness) = world.aggregate_claim();
        let inputs = AggregateInputs { policy_id: self.policy_id(&world.fleet.policy), ..inputs };
        self.judge(aggregate(), &world, (&inputs, &witness), refused_by);
    }
}

#[test]
fn the_circuits_take_these() {
    let mut wide = Vec::new();
    for part in TAKEN {
        wide.extend(part.of_reading(None));
        part.of_aggregate(None);
    }
    // Several ids for one meaning: as many nullifiers of one device, each for an id that no policy has.
    assert_eq!(wide.len(), 2);
    assert_ne!(wide[0], wide[1]);
}

#[test]
fn the_circuits_refuse_these() {
    for (part, rule) in REFUSED {
        part.of_reading(Some(*rule));
        part.of_aggregate(Some(*rule));
    }
    for part in REFUSED_BY_READING {
        part.of_reading(Some(Rule::POLICY));
    }
    for part in REFUSED_BY_TRACK {
        part.of_track(Some(Rule::POLICY));
    }
    for part in REFUSED_BY_SURVEY {
        part.of_survey(Some(Rule::POLICY));
    }
    for part in REFUSED_WITHOUT_OUTPUTS {
        part.of_readings::<Histogram>(Some(Rule::POLICY));
        part.of_readings::<PrivateSum>(Some(Rule::POLICY));
    }
    for part in REFUSED_BY_AGGREGATE {
        part.of_aggregate(Some(Rule::POLICY));
    }
}

/// A leaf whose attribute is this value, which no type of ours has, in a registry that took it nevertheless.
fn of_wide_leaf(part: &'static str, value: Fr) -> Verdict {
    let mut world = World::new(5, FleetOptions { device_class: None, ..FleetOptions::default() });
    let leaf = world.members[0].leaf;
    let mut wide = leaf.preimage();
    match part {
        "class" => wide.class = value,
        "expiry" => wide.expiry_unix_ms = value,
        _ => wide.owner = value,
    }
    let (own, wide) = (leaf.hash(), wide.hash());
    world.members[0].enrolled = Some(wide);
    let (inputs, witness) = world.aggregate_claim();
    let hook = Forge(|site: &Site<'_>, values: &mut [Fr]| match site.name {
        _ if site.instance > 0 => {}
        name if name == part && site.path.contains(&Scope::Part("leaf")) => values[0] = value,
        "child" if values[0] == own => values[0] = wide,
        _ => {}
    });
    verdict(aggregate(), &inputs.to_words().unwrap(), &witness, Some(&hook))
}

/// Class and owner are lanes of their own, and what a registry answers for; the expiry is compared, and so ranged.
#[test]
fn attributes_beyond_their_range() {
    assert!(of_wide_leaf("class", Fr::from(7u64)).accepted("the class that it has"));
    assert!(of_wide_leaf("class", of_bits(17)).accepted("a class of 17 bits"));
    assert!(of_wide_leaf("owner", of_bits(129)).accepted("an owner of 129 bits"));
    assert!(of_wide_leaf("owner", -Fr::from(1u64)).accepted("an owner of r - 1"));
    assert!(of_wide_leaf("expiry", of_bits(48)).accepted("the last bit of an expiry"));
    for value in [of_bits(49), -Fr::from(1u64)] {
        let verdict = of_wide_leaf("expiry", value);
        assert!(!verdict.accepted("an expiry beyond its range"));
        assert!(verdict.unsatisfied.unwrap().path.contains(&Scope::Part("leaf")));
    }
}

/// The same hands make a claim that holds where nothing is wide: what the vectors show is the part alone.
#[test]
fn the_vectors_differ_from_good_ones_in_the_part_alone() {
    let mut world = World::reading();
    let plain = Wide::UnreadLane(129);
    plain.sign(&mut world);
    let (inputs, witness) = world.reading_claim();
    // Signed over the wide lane, shown with the narrow one.
    assert_eq!(reading().statement().check(&inputs, &witness), Err(Violation::Signature { reading: 0 }));
    let narrow = World::reading();
    let lane = narrow.members[0].reading.lanes()[4];
    assert!(field::bit_length(&lane) <= 128 && field::bit_length(&of_bits(129)) == 129);
    assert_eq!(plain.policy_id(&narrow.fleet.policy), narrow.fleet.policy.id());
    assert_ne!(plain.message(&narrow.members[0].reading), narrow.members[0].reading.message());
    assert_eq!(Wide::K(1).policy_id(&narrow.fleet.policy), narrow.fleet.policy.id());
    assert_eq!(Wide::Outputs(0).policy_id(&narrow.fleet.policy), narrow.fleet.policy.id());
    assert_eq!(Wide::K(1).message(&narrow.members[0].reading), narrow.members[0].reading.message());
}
