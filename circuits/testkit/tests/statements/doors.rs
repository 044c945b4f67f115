//! A gadget that is called with sizes that do not fit refuses, in every build: nothing is cut off, nothing overlaps.

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use zksensor_circuits::gadgets::{
    Bit, Bounded, Gadgets, Order, SynthesisError, compare, fence, membership, unpack,
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
    /// So many levels of a path at a position of so many bits.
    ClimbAt(usize, usize),
    /// Levels of so many children.
    Children(usize),
    /// A member of a path whose levels have so many children.
    Climb(usize),
    /// The children of two levels where three are wanted.
    WitnessChildren,
    /// So many nodes.
    TreeRoot(usize),
    FenceRoot(usize),
    /// Parts of so many bits.
    Pack(u32, u32),
    Split(u32, u32),
    SplitNothing,
    Bits(u32),
    SelectIndex(usize, usize),
    Selected(usize, usize),
    EmptySet,
    Poseidon(usize),
    /// Values of two widths.
    Widths(u32, u32),
    /// Prefixes of one value only.
    NoPrefixes,
    /// A bound without bits, compared with a constant.
    NoBits,
    /// A limit that is wider than the value.
    WideLimit,
    /// A window of so many bits.
    Window(usize),
    /// A window that begins at r - 1.
    HighWindow,
    /// A latitude of 33 bits.
    WideCoordinate,
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
        let bits = |g: &mut G, count: usize| -> Result<Vec<Bit<G::Var>>, SynthesisError> {
            let zero = g.constant(Fr::ZERO);
            (0..count).map(|_| g.assert_bool(&zero)).collect()
        };
        let set = |count: usize| vec![x.clone(); count];
        match *self {
            Door::ClimbAt(levels, count) => {
                let position = bits(g, count)?;
                membership::climb_at(g, Domain::Node, &x, &position, &vec![set(8); levels]).map(drop)
            }
            Door::Children(children) => {
                let position = bits(g, 6)?;
                membership::climb_at(g, Domain::Node, &x, &position, &[set(8), set(children)]).map(drop)
            }
            Door::Climb(children) => membership::climb(g, Domain::Node, &x, &[set(children)]).map(drop),
            Door::WitnessChildren => membership::witness_children(g, 3, Some(&[[Fr::ONE; 8]; 2])).map(drop),
            Door::TreeRoot(count) => membership::root(g, Domain::Node, &set(count)).map(drop),
            Door::FenceRoot(count) => fence::root(g, &set(count)).map(drop),
            Door::Pack(a, b) => unpack::pack(g, &[(&x, a), (&x, b)]).map(drop),
            Door::Split(a, b) => unpack::split(g, "part", &x, &[a, b]).map(drop),
            Door::SplitNothing => unpack::split(g, "part", &x, &[]).map(drop),
            Door::Bits(width) => g.assert_bits(&x, width).map(drop),
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
            Door::Widths(a, b) => {
                let (a, b) = (g.assert_bits(&x, a)?, g.assert_bits(&x, b)?);
                g.assert_le(&a, &b, None)
            }
            Door::NoPrefixes => {
                let a = g.assert_bits(&x, 16)?;
                let prefixes = compare::prefixes(g, a.bits());
                compare::assert_order(g, Order::AtMost, (&prefixes, &x), (&[], &x), 16, None)
            }
            Door::NoBits => {
                let bound = Bounded::insecure_assume(x.clone(), 16, Vec::new());
                compare::assert_at_most(g, &bound, &Integer::from(9u64))
            }
            Door::WideLimit => {
                let bound = g.assert_bits(&x, 3)?;
                compare::assert_at_most(g, &bound, &Integer::from(8u64))
            }
            Door::Window(count) => {
                let bits = bits(g, count)?;
                compare::assert_in_window(g, &bits, &x, &Integer::from(9u64))
            }
            Door::HighWindow => {
                let bits = bits(g, 254)?;
                let mut low = Fr::MODULUS;
                low.sub_with_borrow(&Integer::from(1u64));
                compare::assert_in_window(g, &bits, &x, &low)
            }
            Door::WideCoordinate => {
                let (wide, fits) = (g.assert_bits(&x, 33)?, g.assert_bits(&x, 32)?);
                fence::assert_inside(g, &x, &wide, &fits, None)
            }
        }
    }
}

/// Every size around the right one, and far from it. Seven levels at a position of three bits climbed one, once.
#[test]
fn sizes_that_do_not_fit_are_refused() {
    let mut doors = vec![
        Door::WitnessChildren,
        Door::SplitNothing,
        Door::EmptySet,
        Door::NoPrefixes,
        Door::NoBits,
        Door::WideLimit,
        Door::HighWindow,
        Door::WideCoordinate,
    ];
    for levels in 0..8 {
        doors.extend((0..25).filter(|bits| *bits != 3 * levels).map(|bits| Door::ClimbAt(levels, bits)));
    }
    for count in (0..20).filter(|count| *count != 8) {
        doors.extend([Door::Children(count), Door::Climb(count)]);
    }
    doors.extend((0..600).filter(|count| ![1, 8, 64, 512].contains(count)).map(Door::TreeRoot));
    doors.extend((0..300).filter(|count| *count == 0 || count % 8 != 0).map(Door::FenceRoot));
    doors.extend([
        Door::FenceRoot(4104),
        Door::Bits(0),
        Door::Bits(254),
        Door::Bits(255),
        Door::Bits(u32::MAX),
    ]);
    for (a, b) in [(127, 127), (253, 1), (1, 253), (254, 0), (u32::MAX, u32::MAX), (u32::MAX, 1)] {
        doors.extend([Door::Pack(a, b), Door::Split(a, b)]);
    }
    doors.extend([Door::Split(0, 8), Door::Split(8, 0)]);
    for bits in 0..6 {
        for elements in (0..70).filter(|elements| *elements != 1 << bits) {
            doors.extend([Door::SelectIndex(bits, elements), Door::Selected(bits, elements)]);
        }
    }
    doors.extend([Door::SelectIndex(64, 1), Door::Selected(64, 1), Door::SelectIndex(70, 64)]);
    doors.extend([Door::Poseidon(0), Door::Poseidon(9), Door::Poseidon(100)]);
    doors.extend([Door::Widths(8, 9), Door::Widths(9, 8), Door::Widths(1, 253)]);
    doors.extend((0..256).filter(|bits| *bits != 254).map(Door::Window));
    for door in doors {
        let refused = |error: Option<SynthesisError>| matches!(error, Some(SynthesisError::Size { .. }));
        let compiled = compile(&door).map(|_| ()).err();
        assert!(refused(compiled.clone()), "{door:?}: {compiled:?}");
        let ran = native::run(&door, &[Fr::ZERO], &(), None).err();
        assert!(refused(ran.clone()), "{door:?} natively: {ran:?}");
    }
}

/// The last of each, which fit.
#[test]
fn sizes_that_fit_are_taken() {
    for door in [
        Door::ClimbAt(0, 0),
        Door::ClimbAt(7, 21),
        Door::Children(8),
        Door::Climb(8),
        Door::TreeRoot(1),
        Door::TreeRoot(512),
        Door::FenceRoot(8),
        Door::Pack(127, 126),
        Door::Split(1, 252),
        Door::Bits(1),
        Door::Bits(253),
        Door::SelectIndex(0, 1),
        Door::Selected(1, 2),
        Door::Poseidon(8),
        Door::Widths(253, 253),
        Door::Window(254),
    ] {
        assert!(compile(&door).is_ok(), "{door:?}");
    }
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
    let two_of_three = || Bounded::insecure_assume(1u8, 3, vec![Bit::insecure_assume(1u8); 2]);
    assert!(std::panic::catch_unwind(two_of_three).is_err());
    assert_eq!(field::pack(&[(Fr::ONE, 200), (Fr::ONE, 53)]), field::power_of_two(53) + Fr::ONE);
}
