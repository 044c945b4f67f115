//! What the vectors are made of: devices placed by hand in a registry of their own, and the three verdicts.

#[path = "kit/aggregate.rs"]
mod aggregate;
#[path = "kit/histogram.rs"]
mod histogram;
#[path = "kit/private_sum.rs"]
mod private_sum;
#[path = "kit/reading.rs"]
mod reading;
#[path = "kit/survey.rs"]
pub(super) mod survey;
#[path = "kit/tested.rs"]
mod tested;
#[path = "kit/track.rs"]
pub(super) mod track;

use std::any::Any;
use std::cell::RefCell;
use std::sync::Arc;

use zksensor_circuits::native;
use zksensor_circuits::statement::aggregate::{Aggregate, AggregateWitness};
use zksensor_circuits::statement::reading::{Salt, SingleReading};
use zksensor_circuits::statement::track::EnrolledFrame;
use zksensor_circuits::statement::{Binding, EnrolledReading, Rule, Statement};
use zksensor_circuits::trace::{Hook, Site};
use zksensor_model::device::{DeviceKey, DeviceSecret, Leaf};
use zksensor_model::field::Fr;
use zksensor_model::frame::{Frame, SAMPLES_A_STEP, SignedFrame};
use zksensor_model::layout::PublicInputs;
use zksensor_model::policy::{Outputs, Policy, PolicyParts};
use zksensor_model::preimages;
use zksensor_model::primitives::babyjubjub::{BASE8, Point, Scalar};
use zksensor_model::primitives::eddsa::{PublicKey, Signature, challenge};
use zksensor_model::primitives::merkle::SparseTree;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::reading::{Reading, SignedReading, UnixMillis};
use zksensor_model::registry::{CAP, Chunk, ChunkCap, EMPTY_LEAF, Position, TREE_DEPTH};
use zksensor_r1cs::Unsatisfied;
use zksensor_testkit::curve::modulo_l;
use zksensor_testkit::{ClaimOf, Conformance, Fleet, FleetOptions, Vector, first_unsatisfied_in};

#[allow(unused_imports, reason = "shared, see above")]
pub(super) use tested::{Lies, Override, Tested, TestedVisitor, each_tested};

/// Readings of the aggregate that most vectors use.
pub(super) const CAPACITY: usize = 8;
/// Triangles of that aggregate.
pub(super) const TRIANGLES: usize = 16;

/// Position of the first member of a [`World`], the first of a chunk of 512.
pub(super) const FIRST: u32 = 512;
/// The next member is so many positions further.
pub(super) const APART: u32 = 7;

/// `aggregate` of [`CAPACITY`] readings, compiled once.
pub(super) fn aggregate() -> &'static Conformance<Aggregate> {
    Aggregate::kit()
}

/// `reading`, compiled once.
pub(super) fn reading() -> &'static Conformance<SingleReading> {
    SingleReading::kit()
}

/// Devices of the fleet, each where and how a vector wants it.
#[derive(Clone)]
pub(super) struct World {
    pub(super) fleet: Fleet,
    pub(super) members: Vec<Member>,
    /// Levels of the chunk of an aggregate: the one around the first member.
    pub(super) levels: u8,
}

/// One device with its reading.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) device: usize,
    pub(super) position: u32,
    pub(super) leaf: Leaf,
    /// What the registry holds at the position, if it is not the hash of `leaf`.
    pub(super) enrolled: Option<Fr>,
    pub(super) reading: Reading,
    /// The reading is one more sample of the frame of the member before: of a survey.
    pub(super) further: bool,
    /// The signature, if it is not the device's over `reading`.
    pub(super) signed: Option<SignedReading>,
    /// How it signs, if not by the device's key.
    pub(super) hand: Option<Hand>,
}

/// Signs a message, well or not.
pub(super) type Hand = Arc<dyn Fn(&Fr) -> Signature + Send + Sync>;

impl Member {
    /// Enrols these coordinates and signs under them, be they a key or not: for hostile vectors.
    pub(super) fn sign_under(&mut self, key: Point, sign: impl Fn(&Fr) -> Signature + Send + Sync + 'static) {
        self.leaf.key = PublicKey::insecure_unchecked(key);
        self.hand = Some(Arc::new(sign));
    }

    /// Its reading, signed as it signs.
    fn sign(&self, fleet: &Fleet) -> SignedReading {
        match (&self.signed, &self.hand) {
            (Some(signed), _) => *signed,
            (None, Some(hand)) => {
                let signature = hand(&self.reading.message());
                SignedReading::insecure_unverified(self.reading, self.leaf.key, signature)
            }
            (None, None) => fleet.sign(self.device, &self.reading),
        }
    }
}

impl World {
    /// `count` good readings under an aggregate policy with k = 5.
    pub(super) fn aggregate(count: usize) -> Self {
        World::new(count, FleetOptions::default())
    }

    /// One good reading under a reading policy.
    pub(super) fn reading() -> Self {
        World::new(1, FleetOptions::of::<SingleReading>())
    }

    /// `count` good readings, seven positions apart from 512 on: up to ten are in one chunk of 64, and two in one leaf node.
    pub(super) fn new(count: usize, options: FleetOptions) -> Self {
        let fleet = Fleet::new(&FleetOptions { devices: count.max(1), ..options });
        let members = (0..count)
            .map(|device| Member {
                device,
                position: FIRST + APART * u32::try_from(device).unwrap(),
                leaf: *fleet.registry.leaf(fleet.positions[device]).unwrap(),
                enrolled: None,
                reading: fleet.reading(device),
                further: false,
                signed: None,
                hand: None,
            })
            .collect();
        World { fleet, members, levels: Fleet::LEVELS }
    }

    /// All outputs asked for, k = 8.
    pub(super) fn with_outputs(outputs: Outputs) -> Self {
        World::new(CAPACITY, FleetOptions { k: 8, outputs, ..FleetOptions::default() })
    }

    /// Changes the policy.
    pub(super) fn policy(&mut self, change: impl FnOnce(&mut PolicyParts)) -> &mut Self {
        let mut parts = *self.fleet.policy.parts();
        change(&mut parts);
        self.fleet.policy = Policy::new(parts).unwrap();
        self
    }

    /// Changes the reading of one member.
    pub(super) fn edit(&mut self, member: usize, change: impl FnOnce(&mut Reading)) -> &mut Self {
        change(&mut self.members[member].reading);
        self
    }

    /// Sets the policy's channel of every member's reading.
    pub(super) fn values(&mut self, values: &[i64]) -> &mut Self {
        let channel = usize::from(self.fleet.policy.parts().channel);
        for (member, value) in self.members.iter_mut().zip(values) {
            member.reading.channels[channel] = *value;
        }
        self
    }

    fn tree(&self) -> SparseTree<TREE_DEPTH> {
        Self::tree_of(&self.members)
    }

    fn tree_of(members: &[Member]) -> SparseTree<TREE_DEPTH> {
        let mut tree = SparseTree::new(Domain::Node, EMPTY_LEAF);
        tree.set_all(
            members
                .iter()
                .map(|member| (member.position, member.enrolled.unwrap_or_else(|| member.leaf.hash()))),
        );
        tree
    }

    pub(super) fn enrolled(&self) -> Vec<EnrolledReading> {
        let tree = self.tree();
        self.members
            .iter()
            .map(|member| EnrolledReading {
                signed: member.sign(&self.fleet),
                identity: member.leaf.identity,
                attributes: member.leaf.attributes,
                position: Position::new(member.position).unwrap(),
                path: tree.path(member.position),
            })
            .collect()
    }

    /// The frame of a device whose samples are the readings of these members, in their order, with its registration in this tree.
    pub(super) fn enrolled_frame(&self, members: &[Member], tree: &SparseTree<TREE_DEPTH>) -> EnrolledFrame {
        let readings: Vec<Reading> = members.iter().map(|member| member.reading).collect();
        let first = &members[0];
        let signed = self.fleet.frame(first.device, &readings);
        let signed = match &first.hand {
            None => signed,
            Some(hand) => {
                let signature = hand(&signed.frame().message());
                SignedFrame::insecure_unverified(signed.frame().clone(), first.leaf.key, signature)
            }
        };
        EnrolledFrame {
            signed,
            identity: first.leaf.identity,
            attributes: first.leaf.attributes,
            position: Position::new(first.position).unwrap(),
            path: tree.path(first.position),
        }
    }

    /// Has the device of all members sign, by a key of our own, that its frame has `count` samples and these elements in one step of the
    /// chain, whatever the samples of `frame` are.
    pub(super) fn sign_elements(&mut self, frame: &Frame, count: usize, change: impl FnOnce(&mut [Fr])) {
        let summary = frame.summary();
        let mut elements = [Fr::from(0u64); SAMPLES_A_STEP];
        for (element, sample) in elements.iter_mut().zip(frame.samples()) {
            *element = sample.insecure_parts().pack();
        }
        change(&mut elements);
        let header = preimages::FrameHeader { count: Fr::from(count as u64), ..summary.header_parts() };
        let chain = preimages::Samples::of(Fr::from(0u64), elements).hash();
        let message = preimages::Frame { header: header.pack(), chain, ..summary.preimage() }.hash();
        let (secret, nonce) = (Scalar::from(987_654_321u64), Scalar::from(777u64));
        let key = BASE8.mul(&secret);
        for member in &mut self.members {
            member.sign_under(key, move |_| respond(&secret, &key, &nonce, &Point::IDENTITY, &message));
        }
    }

    /// The chunk around the first member, or the first one.
    pub(super) fn chunk(&self) -> Chunk {
        let first = self.members.first().map_or(0, |member| member.position);
        Chunk::around(Position::new(first).unwrap(), self.levels).unwrap()
    }

    /// What joins a chunk to the registry root.
    pub(super) fn cap(&self, chunk: Chunk) -> ChunkCap {
        let (tree, first) = (self.tree(), chunk.index() * CAP as u32);
        let node = |index: usize| tree.node(chunk.levels_below_cap(), first + u32::try_from(index).unwrap());
        let path = tree.path(chunk.index() * chunk.positions());
        let siblings = path.siblings[usize::from(chunk.levels())..].to_vec();
        ChunkCap::new(chunk, Box::new(std::array::from_fn(node)), siblings).unwrap()
    }

    /// The aggregate of the members, in their order.
    pub(super) fn aggregate_witness(&self) -> AggregateWitness {
        AggregateWitness {
            policy: self.fleet.policy,
            fence: self.fleet.fence.clone(),
            cap: self.cap(self.chunk()),
            readings: self.enrolled(),
        }
    }

    /// The aggregate with the public inputs that follow from it.
    pub(super) fn aggregate_claim(&self) -> ClaimOf<Aggregate> {
        Aggregate::claim(self, Binding::NONE)
    }

    /// `reading` of the first member with the public inputs that follow from it.
    pub(super) fn reading_claim(&self) -> ClaimOf<SingleReading> {
        SingleReading::claim(self, Binding::NONE)
    }
}

/// First millisecond of the fleet's epoch, first after it.
pub(super) fn epoch(world: &World) -> (u64, u64) {
    let policy = &world.fleet.policy;
    (policy.epoch_start(Fleet::EPOCH).unwrap().get(), policy.epoch_end_ms(Fleet::EPOCH).unwrap())
}

pub(super) fn millis(time: u64) -> UnixMillis {
    UnixMillis::new(time).unwrap()
}

pub(super) fn seeded(seed: u64) -> rand_chacha::ChaCha20Rng {
    rand_chacha::rand_core::SeedableRng::seed_from_u64(seed)
}

pub(super) fn salt(seed: u64) -> Salt {
    Salt::generate(&mut seeded(seed))
}

pub(super) fn stranger() -> (DeviceKey, DeviceSecret) {
    let mut rng = seeded(99);
    (DeviceKey::generate(&mut rng), DeviceSecret::generate(&mut rng))
}

/// S for a = `secret`, A = `key`, R = `nonce` Base8 + `shift`.
pub(super) fn respond(
    secret: &Scalar,
    key: &Point,
    nonce: &Scalar,
    shift: &Point,
    message: &Fr,
) -> Signature {
    let r = BASE8.mul(nonce).add(shift);
    let h = modulo_l(&challenge(&r, key, message));
    Signature { r, s: *nonce + h * Scalar::from(8u64) * secret }
}

/// A signature that need not hold.
pub(super) fn unverified(reading: &Reading, key: PublicKey, by: &SignedReading) -> SignedReading {
    SignedReading::insecure_unverified(*reading, key, *by.signature())
}

thread_local! {
    /// Vectors that are kept instead of being run, while [`collect`] runs.
    static COLLECTED: RefCell<Option<Vec<Box<dyn Any>>>> = const { RefCell::new(None) };
}

/// The vectors of one statement that these tests would run.
pub(super) fn collect<S>(tests: &[fn()]) -> Vec<Vector<S>>
where
    S: Statement + 'static,
    S::Inputs: 'static,
    S::Witness: 'static,
{
    COLLECTED.set(Some(Vec::new()));
    tests.iter().for_each(|test| test());
    let kept = COLLECTED.take().unwrap();
    kept.into_iter().filter_map(|vector| vector.downcast().ok()).map(|vector| *vector).collect()
}

/// Runs one vector through the kit.
pub(super) fn run<S>(
    kit: &Conformance<S>,
    name: &'static str,
    (inputs, witness): (S::Inputs, S::Witness),
    refused_by: impl Into<Option<Rule>>,
) where
    S: Statement + 'static,
    S::Inputs: 'static,
    S::Witness: 'static,
{
    let vector = Vector::<S> { name, inputs, witness, refused_by: refused_by.into() };
    COLLECTED.with_borrow_mut(|kept| match kept {
        Some(kept) => kept.push(Box::new(vector)),
        None => kit.run(&vector),
    });
}

/// A closure as a hook.
pub(super) struct Forge<F>(pub(super) F);

impl<F: Fn(&Site<'_>, &mut [Fr]) + Sync> Hook for Forge<F> {
    fn visit(&self, site: &Site<'_>, values: &mut [Fr]) {
        (self.0)(site, values);
    }
}

/// What the native backend and the constraints say, with a hook.
pub(super) struct Verdict {
    pub(super) native: Vec<native::Failure>,
    pub(super) unsatisfied: Option<Unsatisfied>,
}

impl Verdict {
    /// Both accept or both refuse: which.
    pub(super) fn accepted(&self, name: &str) -> bool {
        let Verdict { native, unsatisfied } = self;
        assert_eq!(
            native.is_empty(),
            unsatisfied.is_none(),
            "{name}: native {native:?}, R1CS {unsatisfied:?}"
        );
        native.is_empty()
    }

    /// Both refuse.
    pub(super) fn assert_refused(&self, name: &str) {
        assert!(!self.accepted(name), "{name}: accepted");
    }

    /// Both refuse, this rule among the reasons of the native backend and the first of the constraints.
    pub(super) fn assert_refused_by(&self, rule: Rule, name: &str) {
        assert!(!self.accepted(name), "{name}: accepted, wanted {rule}");
        let native: Vec<Option<Rule>> = self.native.iter().map(native::Failure::rule).collect();
        assert!(
            native.contains(&Some(rule)),
            "{name}: wanted {rule}, the native backend said {:?}",
            self.native
        );
        let found = self.unsatisfied.as_ref().unwrap();
        assert_eq!(found.rule(), Some(rule), "{name}: {found:?}");
    }
}

/// Runs both backends on packed words.
pub(super) fn verdict<S: Statement>(
    kit: &Conformance<S>,
    words: &[Fr],
    witness: &S::Witness,
    hook: Option<&dyn Hook>,
) -> Verdict {
    let native = native::run(kit.statement(), words, witness, hook).unwrap();
    let unsatisfied = first_unsatisfied_in(kit.circuit(), kit.statement(), words, witness, hook).unwrap();
    Verdict { native, unsatisfied }
}

/// As [`verdict`] for typed inputs and a forging closure.
pub(super) fn forged<S: Statement>(
    kit: &Conformance<S>,
    (inputs, witness): (&S::Inputs, &S::Witness),
    forge: impl Fn(&Site<'_>, &mut [Fr]) + Sync,
) -> Verdict {
    verdict(kit, &inputs.to_words().unwrap(), witness, Some(&Forge(forge)))
}

/// The rule whose scope is innermost around a site.
pub(super) fn rule_of(site: &Site<'_>) -> Option<Rule> {
    Rule::innermost(site.path)
}
