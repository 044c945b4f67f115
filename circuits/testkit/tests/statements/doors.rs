//! A gadget that is called with sizes that do not fit refuses, in every build: nothing is cut off, nothing overlaps.

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use zksensor_circuits::gadgets::membership::Path;
use zksensor_circuits::gadgets::{
    Bit, Bits, Gadgets, Order, SynthesisError, compare, eddsa, fence, membership, unpack,
};
use zksensor_circuits::native;
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::Element;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_r1cs::compile;

zksensor_model::public_inputs! {
    /// One element.
    pub struct DoorInputs, DoorVars {
        /// It.
        element: Element = element as "uint256",
    }
}

type Integer = <Fr as PrimeField>::BigInt;

/// A call with sizes that do not fit.
#[derive(Debug, Clone, Copy)]
enum Door {
    /// A path of so many levels at a position of so many bits.
    PathAt(usize, usize),
    /// A path said to have so many levels, with the children of so many.
    Levels(usize, usize),
    /// A path whose last level has so many children.
    Children(usize),
    /// A path of so many levels as free inputs, with the values of so many.
    PathWitness(usize, usize),
    /// So many children of one node.
    Node(usize),
    /// So many nodes.
    TreeRoot(usize),
    FenceRoot(usize),
    /// Parts of so many bits.
    Pack(u32, u32),
    PackNothing,
    Split(u32, u32),
    SplitNothing,
    Bits(u32),
    Range(u32),
    SelectIndex(usize, usize),
    Selected(usize, usize),
    EmptySet,
    Poseidon(usize),
    /// Values of two widths.
    Widths(u32, u32),
    /// The same, one strictly below the other.
    StrictWidths(u32, u32),
    /// As [`Door::StrictWidths`], by the order.
    OrderWidths(u32, u32),
    /// A free input of so many bits.
    WitnessBits(u32),
    WitnessRange(u32),
    /// No instance of a block, in each of three ways.
    NoInstance(u8),
    /// Prefixes of one value only.
    NoPrefixes,
    /// The prefixes of so many bits.
    Prefixes(usize),
    /// The order of two values that are said to have so many bits, and bring no prefixes.
    OrderOf(u32),
    /// S Base8 for an S that brings so many bits.
    FixedBase(usize),
    /// A bound of so many bits, compared with a constant.
    Limited(u32),
    /// A limit that is wider than the value.
    WideLimit,
    /// A window of so many bits.
    Window(usize),
    /// A window that begins at r - 1.
    HighWindow,
    /// A latitude of 33 bits.
    WideCoordinate,
    /// The same, of half planes that many places share.
    WideCoordinateOfPlanes,
}

impl Claim for Door {
    type Inputs = DoorInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "door".into(), version: 1, shape: vec![] }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Door {
    type Witness = ();

    fn check(&self, _: &DoorInputs, (): &()) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        _: Option<&()>,
    ) -> Result<(), SynthesisError> {
        let x = inputs.element.var().clone();
        let set = |count: usize| vec![x.clone(); count];
        match *self {
            Door::PathAt(levels, count) => {
                let position = bits(g, count)?;
                let path = Path::new(levels, vec![set(8); levels])?;
                path.at(&position)?.climb(g, Domain::Node, &x).map(drop)
            }
            Door::Levels(levels, children) => Path::new(levels, vec![set(8); children]).map(drop),
            Door::Children(children) => {
                Path::new(2, vec![set(8), set(children)])?.climb(g, Domain::Node, &x).map(drop)
            }
            Door::PathWitness(levels, values) => {
                Path::witness(g, levels, Some(&vec![[Fr::ONE; 8]; values])).map(drop)
            }
            Door::Node(children) => membership::hash(g, Domain::Node, &set(children)).map(drop),
            Door::TreeRoot(count) => membership::root(g, Domain::Node, &set(count)).map(drop),
            Door::FenceRoot(count) => fence::root(g, &set(count)).map(drop),
            Door::Pack(a, b) => unpack::pack(g, &[(&x, a), (&x, b)]).map(drop),
            Door::PackNothing => unpack::pack(g, &[]).map(drop),
            Door::Split(a, b) => unpack::split(g, "part", &x, &[a, b]).map(drop),
            Door::SplitNothing => unpack::split(g, "part", &x, &[]).map(drop),
            Door::Bits(width) => g.assert_bits(&x, width).map(drop),
            Door::Range(width) => g.assert_range(&x, width).map(drop),
            Door::SelectIndex(count, elements) => {
                let index = bits(g, count)?;
                g.select_index(&index, &set(elements)).map(drop)
            }
            Door::Selected(count, elements) => {
                let index = bits(g, count)?;
                membership::assert_selected(g, &index, &set(elements), &x)
            }
            Door::EmptySet => g.assert_member(&x, &[]),
            Door::Poseidon(count) => {
                g.poseidon(Domain::Node, &set(count).iter().collect::<Vec<_>>()).map(drop)
            }
            Door::WitnessBits(width) => g.witness_bits("free", Some(Fr::ZERO), width).map(drop),
            Door::WitnessRange(width) => g.witness_range("free", Some(Fr::ZERO), width).map(drop),
            Door::NoInstance(0) => g.repeat("block", 0, &[], |_, _, _| Ok(Vec::new())).map(drop),
            Door::NoInstance(1) => g.repeat_each("block", 0, &[], &[], |_, _, _, _| Ok(Vec::new())).map(drop),
            Door::NoInstance(2) => g.repeat_as("block", 0, &(), |_, _, ()| Ok(())).map(drop),
            Door::NoInstance(_) => {
                let none: &[()] = &[];
                g.repeat_each_as("block", &(), none, |_, _, (), ()| Ok(())).map(drop)
            }
            Door::WideCoordinate => {
                let (wide, fits) = (g.assert_range(&x, 33)?, g.assert_range(&x, 32)?);
                fence::assert_inside(g, &x, &wide, &fits, None)
            }
            Door::WideCoordinateOfPlanes => {
                let (wide, fits) = (g.assert_range(&x, 33)?, g.assert_range(&x, 32)?);
                let (planes, active) = (fence::HalfPlanes::of(g, &x)?, g.assert_bool(&x)?);
                planes.assert_inside(g, &fits, &wide, &active)
            }
            compared => compared.compare(g, &x),
        }
    }
}

impl Door {
    /// What compares, or multiplies by bits.
    fn compare<G: Gadgets>(self, g: &mut G, x: &G::Var) -> Result<(), SynthesisError> {
        match self {
            Door::Widths(a, b) => {
                let (a, b) = (g.assert_range(x, a)?, g.assert_range(x, b)?);
                g.assert_le(&a, &b, None)
            }
            Door::OrderWidths(a, b) => {
                let (a, b) = (g.assert_range(x, a)?, g.assert_range(x, b)?);
                g.assert_order(Order::AtMost, &a, &b, None)
            }
            Door::StrictWidths(a, b) => {
                let (a, b) = (g.assert_range(x, a)?, g.assert_range(x, b)?);
                g.assert_lt(&a, &b, None)
            }
            Door::NoPrefixes => {
                let a = g.assert_bits(x, 16)?;
                let prefixes = compare::prefixes(g, a.bits())?;
                compare::assert_order(g, Order::AtMost, (&prefixes, x), (&[], x), 16, None)
            }
            Door::Prefixes(count) => {
                let bits = bits(g, count)?;
                compare::prefixes(g, &bits).map(drop)
            }
            Door::OrderOf(width) => compare::assert_order(g, Order::Below, (&[], x), (&[], x), width, None),
            Door::FixedBase(count) => {
                let bits = bits(g, count)?;
                let response = Bits::insecure_assume(x.clone(), bits);
                eddsa::parts::fixed_base(g, &response).map(drop)
            }
            Door::Limited(width) => {
                let bits = bits(g, width as usize)?;
                let bound = Bits::insecure_assume(x.clone(), bits);
                compare::assert_at_most(g, &bound, &Integer::from(1u64))
            }
            Door::WideLimit => {
                let bound = g.assert_bits(x, 3)?;
                compare::assert_at_most(g, &bound, &Integer::from(8u64))
            }
            Door::Window(count) => {
                let bits = bits(g, count)?;
                compare::assert_in_window(g, &bits, x, &Integer::from(9u64))
            }
            Door::HighWindow => {
                let bits = bits(g, 254)?;
                let mut low = Fr::MODULUS;
                low.sub_with_borrow(&Integer::from(1u64));
                compare::assert_in_window(g, &bits, x, &low)
            }
            _ => panic!("{self:?} compares nothing"),
        }
    }
}

/// So many booleans.
fn bits<G: Gadgets>(g: &mut G, count: usize) -> Result<Vec<Bit<G::Var>>, SynthesisError> {
    let zero = g.constant(Fr::ZERO);
    (0..count).map(|_| g.assert_bool(&zero)).collect()
}

/// Every size around the right one, and far from it. Seven levels at a position of three bits climbed one, once.
fn wrong_sizes() -> Vec<Door> {
    let mut doors = vec![
        Door::PackNothing,
        Door::SplitNothing,
        Door::EmptySet,
        Door::NoPrefixes,
        Door::WideLimit,
        Door::HighWindow,
        Door::WideCoordinate,
        Door::WideCoordinateOfPlanes,
    ];
    for levels in 0..12 {
        let is_path = (1..=10).contains(&levels);
        let not_at = |bits: &usize| !is_path || *bits != 3 * levels;
        doors.extend((0..35).filter(not_at).map(|bits| Door::PathAt(levels, bits)));
        for other in (0..12).filter(|other| !is_path || *other != levels) {
            doors.extend([Door::Levels(levels, other), Door::PathWitness(levels, other)]);
        }
    }
    for count in (0..20).filter(|count| *count != 8) {
        doors.extend([Door::Children(count), Door::Node(count)]);
    }
    doors.extend([0, 255, 256, 600].map(Door::Prefixes));
    doors.extend([0, 254, 255, u32::MAX].map(Door::OrderOf));
    doors.extend((0..260).filter(|bits| ![251, 252].contains(bits)).map(Door::FixedBase));
    doors.extend([0, 254, 255].map(Door::Limited));
    doors.extend((0..600).filter(|count| ![1, 8, 64, 512].contains(count)).map(Door::TreeRoot));
    doors.extend((0..300).filter(|count| *count == 0 || count % 8 != 0).map(Door::FenceRoot));
    doors.push(Door::FenceRoot(4104));
    for width in [0, 254, 255, u32::MAX] {
        doors.extend([Door::Bits(width), Door::Range(width)]);
        doors.extend([Door::WitnessBits(width), Door::WitnessRange(width)]);
    }
    for (a, b) in [(127, 127), (253, 1), (1, 253), (254, 0), (u32::MAX, u32::MAX), (u32::MAX, 1)] {
        doors.extend([Door::Pack(a, b), Door::Split(a, b)]);
    }
    doors.extend([Door::Split(0, 8), Door::Split(8, 0), Door::Pack(0, 8), Door::Pack(8, 0)]);
    for bits in 0..6 {
        for elements in (0..70).filter(|elements| *elements != 1 << bits) {
            doors.extend([Door::SelectIndex(bits, elements), Door::Selected(bits, elements)]);
        }
    }
    doors.extend([Door::SelectIndex(64, 1), Door::Selected(64, 1), Door::SelectIndex(70, 64)]);
    doors.extend([Door::Poseidon(0), Door::Poseidon(9), Door::Poseidon(100)]);
    for (a, b) in [(8, 9), (9, 8), (1, 252), (253, 253)] {
        doors.extend([Door::Widths(a, b), Door::StrictWidths(a, b), Door::OrderWidths(a, b)]);
    }
    doors.extend([0, 1, 2, 3].map(Door::NoInstance));
    doors.extend((0..256).filter(|bits| *bits != 254).map(Door::Window));
    doors
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    for door in wrong_sizes() {
        let refused = |error: Option<SynthesisError>| matches!(error, Some(SynthesisError::Size { .. }));
        let compiled = compile(&door).map(|_| ()).err();
        assert!(refused(compiled.clone()), "{door:?}: {compiled:?}");
        let compiled = zksensor_plonkish::compile(&door).map(|_| ()).err();
        assert!(refused(compiled.clone()), "{door:?} as a table: {compiled:?}");
        let ran = native::run(&door, &[Fr::ZERO], &(), None).err();
        assert!(refused(ran.clone()), "{door:?} natively: {ran:?}");
    }
}

/// The last of each, which fit.
#[test]
fn sizes_that_fit_are_taken() {
    for door in [
        Door::PathAt(1, 3),
        Door::PathAt(10, 30),
        Door::Levels(1, 1),
        Door::Children(8),
        Door::PathWitness(3, 3),
        Door::Node(8),
        Door::Prefixes(1),
        Door::Prefixes(254),
        Door::OrderOf(1),
        Door::FixedBase(251),
        Door::FixedBase(252),
        Door::Limited(253),
        Door::TreeRoot(1),
        Door::TreeRoot(512),
        Door::FenceRoot(8),
        Door::Pack(127, 126),
        Door::Split(1, 252),
        Door::Bits(1),
        Door::Bits(253),
        Door::Range(1),
        Door::Range(253),
        Door::SelectIndex(0, 1),
        Door::Selected(1, 2),
        Door::Poseidon(8),
        Door::Widths(252, 252),
        Door::StrictWidths(252, 252),
        Door::OrderWidths(252, 252),
        Door::Window(254),
    ] {
        assert!(compile(&door).is_ok(), "{door:?}");
        assert!(zksensor_plonkish::compile(&door).is_ok(), "{door:?} as a table");
    }
}

/// A statement with a hint that nobody can compute.
struct Silent;

impl Claim for Silent {
    type Inputs = DoorInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "silent".into(), version: 1, shape: vec![] }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Silent {
    type Witness = ();

    fn check(&self, _: &DoorInputs, (): &()) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        _: Option<&()>,
    ) -> Result<(), SynthesisError> {
        let constant = g.constant(Fr::ONE);
        for from in [vec![], vec![inputs.element.var()], vec![&constant]] {
            let hint = g.hint("nobody's", 1, &from, |_| panic!("a hint ran without values"))?;
            g.assert_equal(&hint[0], inputs.element.var())?;
        }
        Ok(())
    }
}

/// Of constants and of nothing, too, which have values when a key is made.
#[test]
fn hints_do_not_run_without_values() {
    assert_eq!(compile(&Silent).unwrap().constraints(), 3);
    assert_eq!(zksensor_plonkish::compile(&Silent).unwrap().constraints().len(), 4); // one is the public input
}

/// Functions that take any number of what they take, or refuse another in words of their own.
const ANY_NUMBER: [&str; 5] = [
    "linear",     // an empty sum is its constant
    "hint",       // another number of results is `HintCount`
    "composite",  // inputs are for the definition, which counts them
    "port",       // a bound of any width crosses a border
    "digit_bits", // of a width, without a variable
];

/// Every function of the gadgets that takes a slice, a list, a number or a bound stands behind a door above, so that one that is
/// written tomorrow is asked the same.
#[test]
fn every_gadget_that_takes_sizes_has_a_door() {
    // `Vec::new` is nobody's door.
    let this = include_str!("doors.rs").replace("Vec::new(", "");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    let mut found = 0;
    for (file, public) in [
        ("gadgets.rs", "    fn "),
        ("gadgets/compare.rs", "pub fn "),
        ("gadgets/fence.rs", "pub fn "),
        ("gadgets/membership.rs", "pub fn "),
        ("gadgets/preimage.rs", "pub fn "),
        ("gadgets/unpack.rs", "pub fn "),
        ("gadgets/eddsa/challenged.rs", "pub fn "),
        ("gadgets/eddsa/fixed_base.rs", "pub fn "),
        ("gadgets/eddsa/ladder.rs", "pub fn "),
        ("gadgets/eddsa/laws.rs", "pub fn "),
        ("gadgets/eddsa.rs", "pub fn "),
    ] {
        let source = std::fs::read_to_string(folder.join(file)).unwrap();
        for signature in source.split(public).skip(1) {
            let head = signature.split([';', '{']).next().unwrap();
            let (name, arguments) = head.split_once('(').unwrap();
            let name = name.split('<').next().unwrap();
            let arguments = arguments.split("->").next().unwrap();
            let sized = ["&[", "Vec<", "usize", "u32", "&Bounded<", "&Bits<", "&'p ["];
            let takes_sizes = sized.iter().any(|part| arguments.contains(part));
            if takes_sizes && !ANY_NUMBER.contains(&name) {
                let module = file.rsplit('/').next().unwrap().trim_end_matches(".rs");
                let owners = [module, "eddsa", "Path", "PathAt", "parts"];
                let called: Vec<String> = owners
                    .iter()
                    .map(|owner| format!("{owner}::{name}("))
                    .chain([format!(".{name}(")])
                    .collect();
                assert!(
                    called.iter().any(|call| this.contains(call.as_str())),
                    "{file}: `{name}` has no door"
                );
                found += 1;
            }
        }
    }
    assert!(found > 20, "{found} functions");
}

/// The native counterparts, in a release build too.
#[test]
fn elements_do_not_overlap() {
    for widths in [&[254][..], &[200, 54], &[u32::MAX, 1]] {
        let parts: Vec<(Fr, u32)> = widths.iter().map(|width| (Fr::ONE, *width)).collect();
        assert!(std::panic::catch_unwind(|| field::pack(&parts)).is_err(), "{widths:?}");
    }
    for exponent in [254, 255, u32::MAX] {
        assert!(std::panic::catch_unwind(|| field::power_of_two(exponent)).is_err(), "{exponent}");
    }
    assert_eq!(field::pack(&[(Fr::ONE, 200), (Fr::ONE, 53)]), field::power_of_two(53) + Fr::ONE);
}
