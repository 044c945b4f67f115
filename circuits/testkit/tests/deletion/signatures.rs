//! Signatures that one row alone refuses, in its scope at least.

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use zksensor_circuits::statement::{Binding, Statement};
use zksensor_model::field::Fr;
use zksensor_model::primitives::babyjubjub::{BASE8, EDWARDS_A, EDWARDS_D, Point, Scalar};
use zksensor_model::primitives::eddsa::{Signature, challenge};
use zksensor_model::rule::Scope;
use zksensor_testkit::{Conformance, Deletions, Family, FleetOptions, Forger, Target, hostile_values};

use super::kit::{Tested, World, respond};

/// (0, -1), of order 2: P plus it is (-x, -y).
const HALF_TURN: Point = Point { x: Fr::ZERO, y: ark_ff::MontFp!("-1") };

/// The bad signatures of one reading of a statement.
pub(super) fn look_at<S: Tested>(kit: &Conformance<S>, deletions: &mut Deletions<'_>) {
    for (index, world) in worlds(&S::options()).iter().enumerate() {
        let (inputs, witness) = S::claim(world, Binding::NONE);
        look(deletions, &Forger::of_bad(kit, &inputs, &witness), index);
    }
    for (alias, world) in aliased::<S>() {
        let (inputs, witness) = S::claim(&world, Binding::NONE);
        let forger = Forger::new(kit, &inputs, &witness);
        aliases(deletions, &forger, alias);
    }
}

/// S Base8 is minus R + h 8A, so that y alone is right; then R is turned by half, so that x alone is; then S is l - 1.
fn worlds(options: &FleetOptions) -> [World; 3] {
    let (secret, nonce) = (Scalar::from(987_654_321u64), Scalar::from(777u64));
    let key = BASE8.mul(&secret);
    [(Point::IDENTITY, None), (HALF_TURN, None), (Point::IDENTITY, Some(-Scalar::ONE))].map(|(turn, s)| {
        let mut world = World::new(1, options.clone());
        world.members[0].sign_under(key, move |message| {
            let good = respond(&secret, &key, &nonce, &turn, message);
            Signature { s: s.unwrap_or(-good.s), ..good }
        });
        world
    })
}

/// The only target of slot 0 with this name in a scope whose innermost name is `scope`, or the last of several.
fn find<S: Statement>(forger: &Forger<'_, S>, scope: &'static str, name: &str) -> Target {
    forger
        .targets()
        .filter(|target| target.instance.unwrap_or(0) == 0 && target.name == name)
        .filter(|target| Scope::is_innermost(&target.path, scope))
        .last()
        .unwrap()
}

fn look<S: Statement>(deletions: &mut Deletions<'_>, forger: &Forger<'_, S>, index: usize) {
    deletions.by_vector(&forger.assignment(&[]));
    if index == 2 {
        return top_bit(deletions, forger);
    }
    // The wrong coordinate of R + h 8A is put right, which only its quotient refuses.
    for name in ["x", "y"] {
        let target = find(forger, "equation", name);
        let value = forger.values(&target)[0];
        deletions.by_vector(&forger.assignment(&[(&target, &[-value])]));
    }
    equation(deletions, forger);
    key(deletions, forger);
}

/// S = l - 1 passes the comparison whatever its bits are, by its last factor.
fn top_bit<S: Statement>(deletions: &mut Deletions<'_>, forger: &Forger<'_, S>) {
    let bits = forger
        .hints()
        .into_iter()
        .find(|target| Scope::is_innermost(&target.path, "fixed base") && target.columns.len() == 250)
        .unwrap();
    for hostile in hostile_values(forger.values(&bits)) {
        let honest = forger.values(&bits);
        if hostile.family == Family::Fraction && hostile.values[249] != honest[249] {
            deletions.by_vector(&forger.assignment(&[(&bits, &hostile.values)]));
        }
    }
}

/// Products of the equation off by one and nonces off the curve, with an S Base8 that meets them.
fn equation<S: Statement>(deletions: &mut Deletions<'_>, forger: &Forger<'_, S>) {
    let nonce = find_in_rule(forger, "nonce x");
    let off = [forger.values(&nonce)[0] + Fr::ONE];
    let products = products(deletions, forger, "equation");
    meet(deletions, forger, &[(&nonce, &off)]);
    for product in &products {
        meet(deletions, forger, &[(product, &[forger.values(product)[0] + Fr::ONE])]);
    }
    for (product, square) in
        products.iter().zip(squares(off[0], forger.values(&find_in_rule(forger, "nonce y"))[0]))
    {
        meet(deletions, forger, &[(&nonce, &off), (product, &[square])]);
    }
}

/// Keys off the curve, whose squares pretend that they are on it.
fn key<S: Statement>(deletions: &mut Deletions<'_>, forger: &Forger<'_, S>) {
    let x = forger.targets().find(|target| target.name == "key x").unwrap();
    let y = forger.targets().find(|target| target.name == "key y").unwrap();
    let off = [forger.values(&x)[0] + Fr::ONE];
    deletions.by_vector(&forger.assignment(&[(&x, &off)]));
    for (product, square) in
        products(deletions, forger, "key").iter().zip(squares(off[0], forger.values(&y)[0]))
    {
        deletions.by_vector(&forger.assignment(&[(&x, &off), (product, &[square])]));
    }
}

/// The x^2 that would put (x, y) on the curve, and the y^2 that would.
fn squares(x: Fr, y: Fr) -> [Fr; 2] {
    let (x2, y2) = (x.square(), y.square());
    let divide = |a: Fr, b: Fr| a * b.inverse().unwrap();
    [
        divide(Fr::ONE - y2, EDWARDS_A - EDWARDS_D * y2),
        divide(Fr::ONE - EDWARDS_A * x2, Fr::ONE - EDWARDS_D * x2),
    ]
}

/// The nonce's coordinates stand in the rule, not in the scope of the signature.
fn find_in_rule<S: Statement>(forger: &Forger<'_, S>, name: &str) -> Target {
    forger.targets().find(|target| target.name == name).unwrap()
}

/// The products of a scope of slot 0 in order.
fn products<S: Statement>(
    deletions: &Deletions<'_>,
    forger: &Forger<'_, S>,
    scope: &'static str,
) -> Vec<Target> {
    (0..deletions.numbers())
        .filter_map(|row| forger.product(row))
        .filter(|target| Scope::is_innermost(&target.path, scope))
        .collect()
}

/// Runs with overrides, and again with S Base8 overridden to be R + h 8A.
fn meet<S: Statement>(deletions: &mut Deletions<'_>, forger: &Forger<'_, S>, overrides: &[(&Target, &[Fr])]) {
    let first = forger.assignment(overrides);
    let left = ["x", "y"].map(|name| find(forger, "fixed base", name));
    let right = ["x", "y"].map(|name| first[find(forger, "equation", name).columns].to_vec());
    let met = left.iter().zip(&right).map(|(target, values)| (target, &values[..]));
    deletions.by_vector(&forger.assignment(&overrides.iter().copied().chain(met).collect::<Vec<_>>()));
}

/// What may stand for the same.
#[derive(Clone, Copy)]
enum Alias {
    /// S + l has the 251 bits of S.
    Response,
    /// B + r has 254 bits.
    Above,
    /// B - r is not negative.
    Below,
}

/// A reading with each alias, B being h + 11 l - 2^254.
fn aliased<S: Tested>() -> [(Alias, World); 3] {
    type Integer = <Fr as PrimeField>::BigInt;
    let mut low = Integer::from(0u64);
    for _ in 0..11 {
        low.add_with_carry(&Scalar::MODULUS);
    }
    let mut top = Integer::from(1u64);
    top <<= 254;
    low.sub_with_borrow(&top);
    let has = |alias: Alias, world: &World| {
        let (message, Signature { r, s }) = S::signed(world);
        let mut integer = challenge(&r, world.members[0].leaf.key.point(), &message).into_bigint();
        integer.add_with_carry(&low);
        match alias {
            Alias::Response => {
                let mut above = s.into_bigint();
                above.add_with_carry(&Scalar::MODULUS);
                above.num_bits() <= 251
            }
            Alias::Above => !integer.add_with_carry(&Fr::MODULUS) && integer.num_bits() <= 254,
            Alias::Below => integer >= Fr::MODULUS,
        }
    };
    [Alias::Response, Alias::Above, Alias::Below].map(|alias| {
        let worlds = (0..).map(|sequence| {
            let mut world = World::new(1, S::options());
            world.edit(0, |reading| reading.sequence = sequence);
            world
        });
        (alias, worlds.into_iter().find(|world| has(alias, world)).unwrap())
    })
}

/// No link of the chains that refuse an alias may be missing.
fn aliases<S: Statement>(deletions: &mut Deletions<'_>, forger: &Forger<'_, S>, alias: Alias) {
    if let Alias::Response = alias {
        let response = find_in_rule(forger, "response");
        let above = [forger.values(&response)[0] + Fr::from_bigint(Scalar::MODULUS).unwrap()];
        return deletions
            .by_products(forger, &[(&response, &above)], |path| Scope::is_innermost(path, "fixed base"));
    }
    let bits = find(forger, "variable base", "shifted challenge bit");
    let all = hostile_values(forger.values(&bits));
    let aliases: Vec<_> = all.iter().filter(|hostile| hostile.family == Family::Alias).collect();
    assert!(!aliases.is_empty(), "the challenge has an alias");
    for alias in aliases {
        deletions.by_products(forger, &[(&bits, &alias.values)], |path| {
            Scope::is_innermost(path, "variable base")
        });
    }
}
