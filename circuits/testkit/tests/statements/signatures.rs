//! Signatures and keys that nobody honest makes: `check`, the native backend and the constraints agree on each.

use std::sync::Mutex;

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use zksensor_circuits::statement::Rule;
use zksensor_circuits::statement::reading::ReadingInputs;
use zksensor_circuits::trace::Site;
use zksensor_model::device::Leaf;
use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::babyjubjub::{BASE8, PackedPointError, Point, Scalar};
use zksensor_model::primitives::eddsa::{
    PublicKey, PublicKeyError, Signature, SignatureError, challenge, response_element,
};
use zksensor_model::registry::{Registry, RegistryError};
use zksensor_model::rule::Scope;
use zksensor_testkit::curve::small_order;

use super::kit::{World, forged, reading, respond, run, verdict};

/// -1 mod l.
pub(super) fn minus_one() -> Scalar {
    -Scalar::ONE
}

/// A generator of the eight points of small order.
pub(super) fn torsion() -> Point {
    small_order()[1]
}

/// The world of one reading whose key is `key`, signed with this nonce point and response.
fn world_of(key: Point, sign: impl Fn(&Fr) -> Signature + Send + Sync + 'static) -> World {
    let mut world = World::reading();
    world.members[0].sign_under(key, sign);
    world
}

/// The first member's reading has the accuracy 0, which no signing function of ours takes.
pub(super) fn without_accuracy(mut world: World) -> World {
    let member = &mut world.members[0];
    member.reading.accuracy_mm = 0;
    let secret = Scalar::from(5u64);
    let key = BASE8.mul(&secret);
    member.sign_under(key, move |message| {
        respond(&secret, &key, &Scalar::from(77u64), &Point::IDENTITY, message)
    });
    world
}

#[test]
fn the_torsion_point_has_order_eight() {
    let t = torsion();
    assert!(t.is_on_curve());
    assert!(!t.double().double().is_identity());
    assert!(t.mul_by_cofactor().is_identity());
}

/// 8A = O: S Base8 = R holds for any h, so anyone could sign.
#[test]
fn keys_of_small_order_are_refused() {
    let (t, nonce) = (torsion(), Scalar::from(12345u64));
    let mut key = t;
    for _ in 0..8 {
        let world = world_of(key, move |_| Signature { r: BASE8.mul(&nonce), s: nonce });
        run(reading(), "a key of small order", world.reading_claim(), Rule::SIGNATURE);
        key = key.add(&t);
    }
}

/// A = P + T with T of small order: 8A = 8P. circomlib accepts, and so do we; that no such key is enrolled is the
/// registry's business.
#[test]
fn keys_with_a_part_of_small_order_are_accepted_as_circomlib_does() {
    let (secret, nonce, mut small) = (Scalar::from(987_654_321u64), Scalar::from(777u64), torsion());
    for _ in 0..8 {
        let key = BASE8.mul(&secret).add(&small);
        let world = world_of(key, move |message| respond(&secret, &key, &nonce, &Point::IDENTITY, message));
        run(reading(), "a key with a part of small order", world.reading_claim(), None);
        assert_eq!(PublicKey::new(key).is_ok(), small.is_identity());
        small = small.add(&torsion());
    }
}

/// The cofactor is not cleared on R.
#[test]
fn a_nonce_with_a_part_of_small_order_is_refused() {
    let (secret, nonce, mut small) = (Scalar::from(5u64), Scalar::from(6u64), torsion());
    for _ in 0..7 {
        let key = BASE8.mul(&secret);
        let world = world_of(key, move |message| respond(&secret, &key, &nonce, &small, message));
        run(reading(), "R of composite order", world.reading_claim(), Rule::SIGNATURE);
        small = small.add(&torsion());
    }
}

/// Scalars at which a ladder or a window could stumble.
#[test]
fn extreme_scalars_hold() {
    for secret in [1u64, 2, 3].map(Scalar::from).into_iter().chain([minus_one(), minus_one() + minus_one()]) {
        for nonce in [Scalar::ZERO, Scalar::ONE, minus_one()] {
            let key = BASE8.mul(&secret);
            let world =
                world_of(key, move |message| respond(&secret, &key, &nonce, &Point::IDENTITY, message));
            run(reading(), "an extreme scalar", world.reading_claim(), None);
        }
    }
    // S = 0 and S = l - 1: the nonce is S - 8 h a, which h needs first, so R is what is solved for: only S B - h 8A can
    // be checked. They are refused for what they are, not for being extreme.
    for s in [Scalar::ZERO, Scalar::ONE, minus_one()] {
        let key = BASE8.mul(&Scalar::from(9u64));
        let world = world_of(key, move |_| Signature { r: BASE8, s });
        run(reading(), "an extreme response of no signature", world.reading_claim(), Rule::SIGNATURE);
    }
}

#[test]
fn points_off_the_curve_are_refused() {
    let honest = World::reading();
    let key = *honest.members[0].leaf.key.point();
    let signed = honest.fleet.sign(0, &honest.members[0].reading);
    let good = *signed.signature();
    let off = |p: &Point| {
        [
            Point { x: p.x + Fr::ONE, y: p.y },
            Point { x: p.x, y: p.y + Fr::ONE },
            Point { x: p.y, y: p.x },
            Point { x: Fr::ZERO, y: Fr::ZERO },
            Point { x: Fr::ONE, y: Fr::ONE },
        ]
    };
    for r in off(&good.r) {
        let world = world_of(key, move |_| Signature { r, ..good });
        run(reading(), "R off the curve", world.reading_claim(), Rule::SIGNATURE);
    }
    for key in off(&key) {
        let world = world_of(key, move |_| good);
        run(reading(), "A off the curve", world.reading_claim(), Rule::SIGNATURE);
    }
    for r in [Point::IDENTITY, torsion(), good.r.negate(), Point { x: good.r.x, y: -good.r.y }] {
        let world = world_of(key, move |_| Signature { r, ..good });
        run(reading(), "another R on the curve", world.reading_claim(), Rule::SIGNATURE);
    }
    for key in [key.negate(), Point { x: key.x, y: -key.y }, key.double()] {
        let world = world_of(key, move |_| good);
        run(reading(), "another A on the curve", world.reading_claim(), Rule::SIGNATURE);
    }
}

/// S + l stands for the same multiple of Base8. The type of a signature cannot hold it, so a hook puts it in; both for an
/// S + l that has 252 bits and for one that fits the 251 bits of S, which only the comparison can refuse.
#[test]
fn a_response_above_l_is_refused() {
    let l = Fr::from_bigint(Scalar::MODULUS).unwrap();
    let mut widths = std::collections::BTreeSet::new();
    for sequence in 0.. {
        let mut world = World::reading();
        world.edit(0, |reading| reading.sequence = sequence);
        let (inputs, witness) = world.reading_claim();
        let s = response_element(&witness.reading.signed.signature().s);
        if !widths.insert(field::bit_length(&(s + l))) {
            continue;
        }
        for forgery in [s + l, l, -s, s + l + l] {
            let verdict = forged(reading(), (&inputs, &witness), |site: &Site<'_>, values: &mut [Fr]| {
                if site.name == "response" {
                    values[0] = forgery;
                }
            });
            verdict.assert_refused_by(Rule::SIGNATURE, "S + l");
        }
        if widths.len() == 2 {
            break;
        }
    }
    assert!(widths.contains(&251) && widths.contains(&252), "{widths:?}");
}

/// The shifted challenge has an alias B + r or B - r below 2^254 in about a third of all signatures; its bits are refused.
/// The native backend has no such hint.
#[test]
fn the_alias_of_the_challenge_is_refused() {
    let mut above = 0;
    let mut below = 0;
    for sequence in 0..200 {
        if above >= 2 && below >= 1 {
            break;
        }
        let mut world = World::reading();
        world.edit(0, |reading| reading.sequence = sequence);
        let member = &world.members[0];
        let signed = world.fleet.sign(0, &member.reading);
        let h = challenge(&signed.signature().r, member.leaf.key.point(), &member.reading.message());
        let Some((alias, up)) = alias_of(&h) else { continue };
        if (up && above >= 2) || (!up && below >= 1) {
            continue;
        }
        let (inputs, witness) = world.reading_claim();
        let words = zksensor_model::layout::PublicInputs::to_words(&inputs).unwrap();
        let seen = Mutex::new(0);
        let hook = super::kit::Forge(|site: &Site<'_>, values: &mut [Fr]| {
            if site.name == "shifted challenge bit" {
                *seen.lock().unwrap() += 1;
                for (index, value) in values.iter_mut().enumerate() {
                    *value = Fr::from(alias.get_bit(index + 1));
                }
            }
        });
        let verdict = verdict(reading(), &words, &witness, Some(&hook));
        assert_eq!(*seen.lock().unwrap(), 1, "the hint is there, and in one backend");
        let found = verdict.unsatisfied.expect("the alias is refused");
        assert_eq!(found.rule(), Some(Rule::SIGNATURE));
        // The decomposition itself holds: it is the window that refuses, with the forged bits propagated to the equation.
        assert!(found.path.contains(&Scope::Part("variable base")), "{found:?}");
        if up { above += 1 } else { below += 1 }
    }
    assert!(above >= 2 && below >= 1, "{above} aliases above, {below} below");
}

/// B + r or B - r for B = h + 11 l - 2^254 or what is congruent to it in the window, if it has 254 bits.
fn alias_of(h: &Fr) -> Option<(<Fr as PrimeField>::BigInt, bool)> {
    type Integer = <Fr as PrimeField>::BigInt;
    let mut low = Integer::from(0u64);
    for _ in 0..11 {
        low.add_with_carry(&Scalar::MODULUS);
    }
    let mut top = Integer::from(1u64);
    top <<= 254;
    low.sub_with_borrow(&top);
    // B = h + low as integers, below low + r <= 2^254.
    let mut up = h.into_bigint();
    up.add_with_carry(&low);
    let mut down = up;
    let carried = up.add_with_carry(&Fr::MODULUS);
    if !carried && up.num_bits() <= 254 {
        return Some((up, true));
    }
    let borrowed = down.sub_with_borrow(&Fr::MODULUS);
    (!borrowed).then_some((down, false))
}

/// The registry holds A. A + T has the same 8A, and whoever holds A's secret can sign under it: the leaf tells them apart.
#[test]
fn a_registered_key_plus_torsion_is_another_key() {
    let (secret, nonce) = (Scalar::from(987_654_321u64), Scalar::from(777u64));
    let registered = BASE8.mul(&secret);
    let signed_by = |key: Point, shown: Point| {
        world_of(shown, move |message| respond(&secret, &key, &nonce, &Point::IDENTITY, message))
            .reading_claim()
    };
    let (honest, witness) = signed_by(registered, registered);
    run(reading(), "a registered A", (honest, witness), None);
    let mut small = torsion();
    for _ in 0..7 {
        let key = registered.add(&small);
        assert_eq!(key.mul_by_cofactor(), registered.mul_by_cofactor());
        // Signed under A + T, shown as A + T: the signature holds, but the path leads to another root.
        let (inputs, witness) = signed_by(key, key);
        assert_ne!(inputs.registry_root, honest.registry_root);
        let inputs = ReadingInputs { registry_root: honest.registry_root, ..inputs };
        run(reading(), "A + T against a registered A", (inputs, witness), Rule::MEMBERSHIP);
        // Signed under A, shown as A + T, or the other way: the challenge hashes the key.
        let (inputs, witness) = signed_by(registered, key);
        let inputs = ReadingInputs { registry_root: honest.registry_root, ..inputs };
        run(reading(), "a signature of A under A + T", (inputs, witness), Rule::SIGNATURE);
        run(reading(), "a signature of A + T under A", signed_by(key, registered), Rule::SIGNATURE);
        small = small.add(&torsion());
    }
}

/// A, R, or both the identity, also with the response that makes the equation hold: S = 0 and 8A = O.
#[test]
fn the_identity_is_no_key_and_no_cover() {
    let identity = Point::IDENTITY;
    for s in [Scalar::ZERO, Scalar::ONE, minus_one()] {
        let world = world_of(identity, move |_| Signature { r: BASE8.mul(&s), s });
        run(reading(), "A is the identity", world.reading_claim(), Rule::SIGNATURE);
        let world = world_of(BASE8.mul(&Scalar::from(9u64)), move |_| Signature { r: identity, s });
        run(reading(), "R is the identity", world.reading_claim(), Rule::SIGNATURE);
    }
    assert_eq!(PublicKey::new(identity), Err(PublicKeyError::Identity));
}

/// A coordinate plus r is the same element: as bytes it is refused, and a circuit has elements alone.
#[test]
fn coordinates_that_are_not_canonical_are_refused_when_read() {
    let fleet = World::reading().fleet;
    let signed = fleet.sign(0, &fleet.reading(0));
    let alias = |bytes: &mut [u8]| {
        let mut limbs = <Fr as PrimeField>::BigInt::default();
        for (limb, chunk) in limbs.0.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = u64::from_le_bytes(chunk.try_into().unwrap());
        }
        let sign = limbs.0[3] >> 63 << 63;
        limbs.0[3] ^= sign;
        limbs.add_with_carry(&Fr::MODULUS);
        // The packing has room for y + r, as r has 254 bits.
        assert!(limbs.num_bits() <= 255);
        limbs.0[3] |= sign;
        bytes.copy_from_slice(&limbs.to_bytes_le());
    };
    let mut key = signed.key().encode();
    alias(&mut key);
    let refused = PublicKey::decode(&key);
    assert!(
        matches!(refused, Err(PublicKeyError::Encoding { reason: PackedPointError::NotCanonical { .. } })),
        "{refused:?}"
    );
    let mut signature = signed.signature().encode();
    alias(&mut signature[..32]);
    let refused = Signature::decode(&signature);
    assert!(
        matches!(refused, Err(SignatureError::Encoding { reason: PackedPointError::NotCanonical { .. } })),
        "{refused:?}"
    );
    // S + l in the 32 bytes of S.
    let mut signature = signed.signature().encode();
    let mut s = signed.signature().s.into_bigint();
    s.add_with_carry(&Scalar::MODULUS);
    signature[32..].copy_from_slice(&s.to_bytes_le());
    let refused = Signature::decode(&signature);
    assert!(matches!(refused, Err(SignatureError::ScalarNotCanonical { .. })), "{refused:?}");
}

/// One by one, in bulk, and in the place of another.
#[test]
fn enrolment_refuses_what_is_not_of_prime_order() {
    let honest = World::reading().members[0].leaf;
    let good = |secret: u64| PublicKey::new(BASE8.mul(&Scalar::from(secret))).unwrap();
    let key = *honest.key.point();
    let mut hostile = vec![
        (Point::IDENTITY, PublicKeyError::Identity),
        (Point { x: key.x + Fr::ONE, y: key.y }, PublicKeyError::OffCurve),
        (Point { x: Fr::ZERO, y: Fr::ZERO }, PublicKeyError::OffCurve),
    ];
    let mut small = torsion();
    for _ in 0..7 {
        hostile.push((small, PublicKeyError::NotPrimeOrder));
        hostile.push((key.add(&small), PublicKeyError::NotPrimeOrder));
        small = small.add(&torsion());
    }
    for (point, source) in hostile {
        assert_eq!(PublicKey::new(point), Err(source.clone()), "{point:?}");
        let bad = Leaf { key: PublicKey::insecure_unchecked(point), ..honest };
        let refused = RegistryError::Key { source };
        let mut registry = Registry::new();
        assert_eq!(registry.enrol(bad), Err(refused.clone()));
        let position = registry.enrol(honest).unwrap();
        assert_eq!(registry.replace(position, bad), Err(refused.clone()));
        let root = registry.root();
        let all: Vec<Leaf> =
            (2..5u64).map(|secret| Leaf { key: good(secret), ..honest }).chain([bad]).collect();
        let batch = RegistryError::Batch { index: 3, reason: Box::new(refused) };
        assert_eq!(registry.enrol_all(all), Err(batch));
        assert_eq!((registry.root(), registry.len()), (root, 1), "nothing was enrolled");
    }
}
