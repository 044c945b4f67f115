//! Points through the circuits: the fence as a set of triangles, as `aggregate` has it, and by a Merkle path, as `reading`
//! has it. A point inside has a witness; for a point outside no choice of triangle that is tried makes one.

use std::thread;

use ark_ff::Field;
use zksensor::circuits::gadgets::{Bit, Bounded, Gadgets, SynthesisError, fence, membership};
use zksensor::circuits::statement::reading::SingleReading;
use zksensor::circuits::statement::{Binding, Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor::model::fence::{Corner, DEPTH, Fence, FencePath, Triangle};
use zksensor::model::field::Fr;
use zksensor::model::layout::{Element, PublicInputs};
use zksensor::model::policy::{Policy, PolicyParts};
use zksensor::model::primitives::merkle;
use zksensor::model::primitives::poseidon::Domain;
use zksensor::model::public_inputs;
use zksensor::model::reading::Location;
use zksensor::r1cs::{Circuit, compile};
use zksensor_testkit::{Fleet, FleetOptions, first_unsatisfied_in};

use super::geometry::{self, location};
use super::outlines::{Outline, Point};

/// Points through both forms together, at least.
const POINTS: usize = 2000;
/// Points of each outline by a path, and in a set.
const BY_PATH: usize = 42;
const IN_SET: usize = 40;
/// Of which one in so many is tried with a forged triangle, too.
const FORGED: usize = 4;
/// A set of more triangles is tried with fewer points.
const LARGE: (usize, usize) = (256, 12);
/// Points of the first outline through the whole statement `reading`.
const WHOLE: usize = 24;

public_inputs! {
    /// A fence and a place.
    pub struct PlaceInputs, PlaceVars {
        /// Root of the fence.
        root: Element = element as "uint256",
        /// Latitude, plus 2^31.
        latitude: u32 = 32 as "uint32",
        /// Longitude, plus 2^31.
        longitude: u32 = 32 as "uint32",
    }
}

/// What a prover chooses.
struct Choice {
    fence: Fence,
    triangle: Triangle,
    index: usize,
    path: FencePath,
}

impl Choice {
    /// Triangle `index` of the fence, and its path.
    fn of(fence: &Fence, index: usize) -> Choice {
        let path = fence.path(index).unwrap();
        Choice { fence: fence.clone(), triangle: fence.triangles()[index], index, path }
    }
}

/// Rule C5 alone.
fn check(inputs: &PlaceInputs, choice: &Choice, admitted: bool) -> Result<(), Violation> {
    let corner = Corner { latitude: inputs.latitude, longitude: inputs.longitude }.signed();
    let holds = Location::from_e7(corner.0, corner.1).is_ok_and(|at| choice.triangle.contains(&at));
    let root = choice.fence.root().to_field() == inputs.root.0;
    if admitted && root && holds { Ok(()) } else { Err(Violation::Fence { reading: 0 }) }
}

/// A set of so many triangles is in the witness, one of them is selected.
struct InSet(usize);

impl Claim for InSet {
    type Inputs = PlaceInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "in-set".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for InSet {
    type Witness = Choice;

    fn check(&self, inputs: &PlaceInputs, choice: &Choice) -> Result<(), Violation> {
        check(inputs, choice, choice.fence.triangles().contains(&choice.triangle))
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        choice: Option<&Choice>,
    ) -> Result<(), SynthesisError> {
        let padded = choice.map(|choice| choice.fence.padded(self.0).expect("the shape is the fence's"));
        let set = (0..self.0)
            .map(|index| g.witness("triangle", padded.as_ref().map(|set| set[index].pack())))
            .collect::<Result<Vec<_>, _>>()?;
        let root = fence::root(g, &set)?;
        g.assert_equal(&root, inputs.root.var())?;
        let selected = g.witness("selected triangle", choice.map(|choice| choice.triangle.pack()))?;
        g.assert_member(&selected, &set)?;
        let [latitude, longitude] = place(g, inputs)?;
        // As an active slot of an aggregate.
        let one = g.constant(Fr::ONE);
        let active = Bit::insecure_assume(one);
        fence::assert_inside(g, &selected, &latitude, &longitude, Some(&active))
    }
}

/// One triangle is in the witness, with its path to the root.
struct OnPath;

impl Claim for OnPath {
    type Inputs = PlaceInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "on-path".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for OnPath {
    type Witness = Choice;

    fn check(&self, inputs: &PlaceInputs, choice: &Choice) -> Result<(), Violation> {
        check(inputs, choice, choice.fence.root().admits(&choice.triangle, choice.index, &choice.path))
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        choice: Option<&Choice>,
    ) -> Result<(), SynthesisError> {
        let selected = g.witness("selected triangle", choice.map(|choice| choice.triangle.pack()))?;
        let children = choice.map(children);
        let path = membership::Path::witness(g, DEPTH, children.as_ref().map(|levels| &levels[..]))?;
        let root = path.climb(g, Domain::Fence, &selected)?;
        g.assert_equal(&root, inputs.root.var())?;
        let [latitude, longitude] = place(g, inputs)?;
        fence::assert_inside(g, &selected, &latitude, &longitude, None)
    }
}

fn place<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, InSet>,
) -> Result<[Bounded<G::Var>; 2], SynthesisError> {
    let latitude = g.assert_range(inputs.latitude.var(), 32)?;
    Ok([latitude, g.assert_range(inputs.longitude.var(), 32)?])
}

/// The eight children of every node on the path of a choice, from the leaf up.
fn children(choice: &Choice) -> [[Fr; merkle::ARITY]; DEPTH] {
    let position = u32::try_from(choice.index).unwrap();
    let mut node = choice.triangle.pack();
    std::array::from_fn(|level| {
        let children = choice.path.children(level, node, merkle::digit(position, level));
        node = merkle::node_hash(Domain::Fence, &children);
        children
    })
}

/// Puts points of every outline through both forms, and some through `reading`.
pub(super) fn compare(outlines: &[Outline]) {
    let Some(first) = outlines.first() else { return };
    let path = compile(&OnPath).unwrap();
    let counts = thread::scope(|scope| {
        let by_path = scope.spawn(|| {
            let each = outlines.iter().map(|outline| tried(&OnPath, &path, outline, BY_PATH));
            each.sum::<usize>()
        });
        let in_set = outlines.iter().map(|outline| {
            let shape = InSet(outline.fence.triangles().len().next_multiple_of(8));
            let count = if shape.0 > LARGE.0 { LARGE.1 } else { IN_SET };
            tried(&shape, &compile(&shape).unwrap(), outline, count)
        });
        let in_set = in_set.sum::<usize>();
        super::joined(by_path) + in_set
    });
    assert!(counts >= POINTS, "{counts} points");
    through_the_whole_statement(first);
}

/// Every so many of the outline's points, so that some are inside, some outside, and some on the border.
fn sample(outline: &Outline, count: usize) -> Vec<Point> {
    let points = geometry::points(outline, outline.points.min(20_000), 7);
    points.iter().copied().step_by(points.len() / count).take(count).collect()
}

/// Tries points in one form: how many.
fn tried<S: Statement<Inputs = PlaceInputs, Witness = Choice>>(
    form: &S,
    circuit: &Circuit,
    outline: &Outline,
    count: usize,
) -> usize {
    let fence = &outline.fence;
    let points = sample(outline, count);
    let (mut admitted, name) = (0, &outline.name);
    for (number, at) in points.iter().enumerate() {
        let corner = Corner::from(location(*at));
        let (root, Corner { latitude, longitude }) = (Element(fence.root().to_field()), corner);
        let inputs = PlaceInputs { root, latitude, longitude };
        let words = inputs.to_words().unwrap();
        let satisfied = |choice: &Choice| {
            let found = first_unsatisfied_in(circuit, form, &words, choice, None).unwrap().is_none();
            assert_eq!(
                found,
                form.check(&inputs, choice).is_ok(),
                "{name} at {at:?}, triangle {}",
                choice.index
            );
            found
        };
        let exact = geometry::inside(outline, *at);
        match fence.locate(&location(*at)) {
            Some(index) => {
                assert!(exact && satisfied(&Choice::of(fence, index)), "{name} at {at:?} has no witness");
                admitted += 1;
            }
            None => {
                assert!(!exact, "{name} at {at:?}");
                assert!(
                    !satisfied(&Choice::of(fence, nearest(fence, *at))),
                    "{name} at {at:?} has a witness"
                );
            }
        }
        // A triangle of the prover's own around the point, in the place of one of the fence.
        if number % FORGED == 0
            && let Some(own) = own_triangle(corner)
        {
            assert!(own.contains(&location(*at)));
            let forged = Choice { triangle: own, ..Choice::of(fence, 0) };
            assert!(!satisfied(&forged), "{name} at {at:?}: a triangle that is not of the fence");
        }
    }
    assert!(admitted > 0 && admitted < points.len(), "{name}: {admitted} of {} are inside", points.len());
    points.len()
}

/// The triangle of a fence that misses a point by least.
fn nearest(fence: &Fence, at: Point) -> usize {
    let worst = |triangle: &Triangle| triangle.half_planes(&location(at)).into_iter().min();
    let triangles = fence.triangles();
    (0..triangles.len()).max_by_key(|index| worst(&triangles[*index])).unwrap()
}

/// The least triangle with a corner at a place, if it is within the range of coordinates.
fn own_triangle(at: Corner) -> Option<Triangle> {
    let Corner { latitude, longitude } = at;
    Triangle::new(
        at,
        Corner { latitude, longitude: longitude + 1 },
        Corner { latitude: latitude + 1, longitude },
    )
    .ok()
}

/// The forms above are those of the statements: `reading` itself says the same.
fn through_the_whole_statement(outline: &Outline) {
    let options = FleetOptions {
        devices: 1,
        ..FleetOptions::of::<zksensor::circuits::statement::reading::SingleReading>()
    };
    let mut fleet = Fleet::new(&options);
    fleet.fence = outline.fence.clone();
    let parts = PolicyParts { fence: outline.fence.root(), ..*fleet.policy.parts() };
    fleet.policy = Policy::new(parts).unwrap();
    let circuit = compile(&SingleReading).unwrap();
    for at in sample(outline, WHOLE) {
        let mut reading = fleet.reading(0);
        reading.location = location(at);
        let mut witness = fleet.single_of(0, &reading);
        let exact = geometry::inside(outline, at);
        if !exact {
            let index = nearest(&outline.fence, at);
            witness.in_fence.triangle = outline.fence.triangles()[index];
            witness.in_fence.index = u32::try_from(index).unwrap();
            witness.in_fence.path = outline.fence.path(index).unwrap();
        }
        let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
        let refused =
            first_unsatisfied_in(&circuit, &SingleReading, &inputs.to_words().unwrap(), &witness, None)
                .unwrap();
        let rule = refused.map(|refused| refused.rule());
        let wanted = if exact { None } else { Some(Some(Rule::FENCE)) };
        assert_eq!(rule, wanted, "`reading` at {at:?}");
        assert_eq!(SingleReading.check(&inputs, &witness).is_ok(), exact, "`reading` at {at:?}, natively");
    }
}
