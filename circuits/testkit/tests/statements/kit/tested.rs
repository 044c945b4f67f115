//! What the tests want of a statement beside the kit's `Specimen`: how a world becomes its claim, and which of its claims are
//! telling. One file each, beside this; [`each_tested`] walks the list.

use ark_ff::{AdditiveGroup, Field as _};
use zksensor_circuits::statement::{Binding, Rule, Scope};
use zksensor_model::field::Fr;
use zksensor_model::primitives::eddsa::Signature;
use zksensor_testkit::{
    ClaimOf, Conformance, Family, FleetOptions, Forger, Hostile, Specimen, Target, hostile_values,
};

use super::World;

/// Overrides of wires that a claim is looked at with.
pub(crate) struct Lies<S: Specimen> {
    /// The claim, which holds unless it is for an override to make it seem so.
    pub(crate) claim: ClaimOf<S>,
    /// The overrides, each of some wires together.
    pub(crate) overrides: Overrides<S>,
    /// A rule that refuses them by a chain of products: each link is looked at.
    pub(crate) chain: Option<Rule>,
}

/// From a claim to wires with what they are overridden with.
pub(crate) type Overrides<S> = Box<dyn Fn(&Forger<'_, S>) -> Vec<Override>>;

/// Wires with their values.
pub(crate) type Override = Vec<(Target, Vec<Fr>)>;

impl<S: Specimen> Lies<S> {
    /// These overrides of a claim.
    pub(crate) fn new(
        claim: ClaimOf<S>,
        overrides: impl Fn(&Forger<'_, S>) -> Vec<Override> + 'static,
    ) -> Self {
        Lies { claim, overrides: Box::new(overrides), chain: None }
    }

    /// Every wire of a name alone, with `values` of its own.
    pub(crate) fn of(claim: ClaimOf<S>, name: &'static str, values: fn(&[Fr]) -> Vec<Vec<Fr>>) -> Self {
        let overrides = move |forger: &Forger<'_, S>| {
            let targets = forger.targets().filter(|target| target.name == name && !target.columns.is_empty());
            let lies = |target: Target| {
                let values = values(forger.values(&target)).into_iter();
                values.map(|values| vec![(target.clone(), values)]).collect::<Vec<_>>()
            };
            targets.flat_map(lies).collect()
        };
        Lies::new(claim, overrides)
    }

    /// Of the bits of an integer in these scopes one is off by a fraction, for which the lowest one makes up: the integer is the same. Where
    /// an order of it is switched off or met by equality, nothing but the bit's own row looks at the bit.
    pub(crate) fn fractions(claim: ClaimOf<S>, is_wanted: fn(&Target) -> bool) -> Self {
        Lies::new(claim, move |forger: &Forger<'_, S>| {
            let bits = forger.hints().into_iter().filter(|target| target.name == "bit" && is_wanted(target));
            let lies = |target: Target| {
                let all = hostile_values(forger.values(&target)).into_iter();
                let fractions = all.filter(|hostile| hostile.family == Family::Fraction);
                fractions
                    .map(|Hostile { values, .. }| vec![(target.clone(), values)])
                    .collect::<Vec<Override>>()
            };
            bits.flat_map(lies).collect()
        })
    }

    /// Of the booleans of every hint of this name, of which one is 1 and says its number, two others are 1 and one is -1, so that they say
    /// the same number still; or the one of number 0 is 1 as well.
    pub(crate) fn of_one_hot(claim: ClaimOf<S>, name: &'static str) -> Self {
        Lies::new(claim, move |forger: &Forger<'_, S>| {
            let hints = forger.hints().into_iter().filter(|target| target.name == name);
            let lies = |target: Target| {
                let honest = forger.values(&target);
                let number = honest.iter().position(|value| *value == Fr::ONE).expect("one of them is 1");
                let all: Vec<Override> = others_of_one_hot(honest.len(), number)
                    .map(|values| vec![(target.clone(), values)])
                    .collect();
                all
            };
            hints.flat_map(lies).collect()
        })
    }
}

/// Of so many booleans, as many as there are and one more: values that say `number`, and are not its one-hot ones.
fn others_of_one_hot(count: usize, number: usize) -> impl Iterator<Item = Vec<Fr>> {
    assert!(number > 0, "number 0 is said by none");
    let with = move |ones: &[usize], minus: Option<usize>| {
        let mut values = vec![Fr::ZERO; count];
        ones.iter().for_each(|one| values[*one] = Fr::ONE);
        minus.into_iter().for_each(|minus| values[minus] = -Fr::ONE);
        values
    };
    let minus = (0..count).map(move |minus| {
        let sum = number + minus;
        let ones = (0..count).map(|one| [one, sum.wrapping_sub(one)]);
        let mut ones =
            ones.filter(|[one, other]| one < other && *other < count && ![*one, *other].contains(&minus));
        with(&ones.next().expect("two others have the sum"), Some(minus))
    });
    minus.chain([with(&[0, number], None)])
}

/// The channel of a policy of frames in two bits that are none: the low bit is what the high one leaves, 0 of channel 1, 2 of channel 2.
pub(crate) fn high_bit_of_channel<S: Specimen>(forger: &Forger<'_, S>, channel: u8) -> Vec<Override> {
    let of_two = |target: &Target| {
        target.name == "bit" && target.columns.len() == 1 && Scope::is_innermost(&target.path, Rule::POLICY)
    };
    let high = forger.hints().into_iter().find(of_two).expect("the channel has a high bit");
    let half = Fr::from(2u64).inverse().expect("2 is not 0");
    vec![vec![(high, vec![if channel == 1 { half } else { Fr::ZERO }])]]
}

/// A statement under test.
pub(crate) trait Tested: Specimen {
    /// The shape that most vectors are of, compiled once.
    fn kit() -> &'static Conformance<Self>;

    /// The least shape in which every rule has a row.
    fn small() -> Self;

    /// Members of a world that the small shape has room for.
    fn room() -> usize {
        Self::small().each()
    }

    /// Small shapes that have every row between them.
    fn branches() -> Vec<Self> {
        vec![Self::small()]
    }

    /// The claim that a world's members make together, and the public inputs that follow from it.
    fn claim(world: &World, binding: Binding) -> ClaimOf<Self>;

    /// A good world for the shape of most vectors.
    fn good() -> World;

    /// A claim of that shape in which every public input but the binding says something.
    fn telling() -> ClaimOf<Self>;

    /// Scopes of a gadget that other statements have and delete the rows of: the signature is that of `reading`, in a block that takes
    /// longer to run again.
    const ELSEWHERE: &'static [&'static str] = &[];

    /// Rules of this statement alone that compare.
    const COMPARES: &'static [Rule] = &[];

    /// Channels that a policy may read.
    const CHANNELS: u8 = 4;

    /// Public inputs that say *at most* (1) or *at least* (-1) of [`Tested::telling`]: they may move that way.
    const LOOSE: &'static [(&'static str, i8)] = &[];

    /// A claim of the small shape with as much unused as there can be, all that it may publish published.
    fn sparse() -> World;

    /// A world for the shape of most vectors with something unused, all published that any number of readings may.
    fn unused() -> World {
        Self::sparse()
    }

    /// Worlds of the small shape whose wires are looked at beside those that differ in a reading alone.
    fn own_worlds() -> Vec<World>;

    /// Worlds of the shape of most vectors that are looked at as well.
    fn own_large_worlds() -> Vec<World> {
        Vec::new()
    }

    /// Claims of the small shape that a rule of this statement alone refuses.
    fn own_bad() -> Vec<ClaimOf<Self>>;

    /// Claims of the small shape with wires that a rule of this statement alone looks at.
    fn own_lies() -> Vec<Lies<Self>> {
        Vec::new()
    }

    /// What the device of a world's first member signs with its own key, and the signature.
    fn signed(world: &World) -> (Fr, Signature) {
        let signed = world.fleet.sign(world.members[0].device, &world.members[0].reading);
        (signed.reading().message(), *signed.signature())
    }

    /// A fleet for one reading.
    fn options() -> FleetOptions {
        FleetOptions { k: 1, ..FleetOptions::of::<Self>() }
    }
}

/// What is done with every statement.
pub(crate) trait TestedVisitor {
    /// Does it.
    fn visit<S: Tested>(&mut self);
}

macro_rules! each {
    ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
        /// Calls the visitor for every statement that has a circuit.
        pub(crate) fn each_tested(visitor: &mut impl TestedVisitor) {
            $(visitor.visit::<zksensor_circuits::statement::$module::$name>();)*
        }
    };
}
zksensor_model::statements!(each);
