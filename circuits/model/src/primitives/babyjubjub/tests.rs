use alloc::vec::Vec;

use ark_ec::models::CurveConfig;
use ark_ec::twisted_edwards::{MontCurveConfig, TECurveConfig};
use ark_ff::FftField;
use proptest::prelude::*;
use taceo_ark_babyjubjub as oracle;

use super::*;

/// A generator of the group of order 8, as (x, y): l times a point of full order.
fn order_eight() -> Point {
    (2u64..)
        .filter_map(|y| Point::unpack(&Point { x: Fr::ONE, y: Fr::from(y) }.pack()).ok())
        .map(|point| Point::from(combine([(&multiples(point.projective()), Scalar::MODULUS)])))
        .find(|torsion| !torsion.double().double().is_identity())
        .expect("half of all points have an order divisible by 8")
}

#[test]
fn base8_is_erc_2494s() {
    let generator = Point {
        x: MontFp!("995203441582195749578291179787384436505546430278305826713579947235728471134"),
        y: MontFp!("5472060717959818805561601436314318772137091100104008585924551046643952123905"),
    };
    assert_eq!(generator.mul_by_cofactor(), BASE8);
    assert!(!generator.is_in_prime_subgroup());
    assert!(BASE8.is_in_prime_subgroup() && !BASE8.is_identity());
}

#[test]
fn parameters_are_those_of_an_independent_crate() {
    use curve::EdwardsConfig;
    assert_eq!(Scalar::MODULUS, oracle::Fr::MODULUS);
    assert_eq!(Scalar::GENERATOR.into_bigint(), oracle::Fr::GENERATOR.into_bigint());
    assert_eq!(EdwardsConfig::COFACTOR, oracle::EdwardsConfig::COFACTOR);
    assert_eq!(EdwardsConfig::COFACTOR_INV * Scalar::from(COFACTOR), Scalar::ONE);
    assert_eq!(<EdwardsConfig as TECurveConfig>::COEFF_A, <oracle::EdwardsConfig as TECurveConfig>::COEFF_A);
    assert_eq!(EdwardsConfig::COEFF_D, oracle::EdwardsConfig::COEFF_D);
    let montgomery = <EdwardsConfig as MontCurveConfig>::COEFF_A;
    assert_eq!(montgomery, <oracle::EdwardsConfig as MontCurveConfig>::COEFF_A);
    assert_eq!(EdwardsConfig::COEFF_B, oracle::EdwardsConfig::COEFF_B);
    assert_eq!(BASE8, Point { x: oracle::GENERATOR_X, y: oracle::GENERATOR_Y });
}

#[test]
fn addition_agrees_with_circomlib() {
    // circomlib test/babyjub.js: "Should add point (0,1) and (0,1)", "Should add 2 same numbers", "Should add 2 different numbers".
    let first = Point {
        x: MontFp!("17777552123799933955779906779655732241715742912184938656739573121738514868268"),
        y: MontFp!("2626589144620713026669568689430873010625803728049924121243784502389097019475"),
    };
    let second = Point {
        x: MontFp!("16540640123574156134436876038791482806971768689494387082833631921987005038935"),
        y: MontFp!("20819045374670962167435360035096875258406992893633759881276124905556507972311"),
    };
    let sum = Point {
        x: MontFp!("7916061937171219682591368294088513039687205273691143098332585753343424131937"),
        y: MontFp!("14035240266687799601661095864649209771790948434046947201833777492504781204499"),
    };
    let double = Point {
        x: MontFp!("6890855772600357754907169075114257697580319025794532037257385534741338397365"),
        y: MontFp!("4338620300185947561074059802482547481416142213883829469920100239455078257889"),
    };
    assert_eq!(first.add(&second), sum);
    assert_eq!(first.add(&first), double);
    assert_eq!(first.double(), double);
    assert_eq!(first.add(&Point::IDENTITY), first);
    // circomlibjs test/babyjub.js: packPoint.
    let packed = "0x53b81ed5bffe9545b54016234682e7b2f699bd42a5e9eae27ff4051bc698ce85";
    assert_eq!(crate::hex::encode(&first.pack()), packed);
    assert_eq!(Point::unpack(&first.pack()), Ok(first));
}

#[test]
fn small_order_points_are_told_apart() {
    let torsion = order_eight();
    let points: Vec<Point> = (0..8u64).map(|k| torsion.mul(&Scalar::from(k))).collect();
    for (index, point) in points.iter().enumerate() {
        assert!(point.is_on_curve() && point.mul_by_cofactor().is_identity());
        assert_eq!(point.is_in_prime_subgroup(), index == 0);
        assert!(!points[..index].contains(point));
        assert!(!BASE8.add(point).is_in_prime_subgroup() || index == 0);
        assert_eq!(BASE8.add(point).mul_by_cofactor(), BASE8.mul_by_cofactor());
        assert_eq!(Point::unpack(&point.pack()), Ok(*point));
    }
    assert_eq!(points[4], Point { x: Fr::ZERO, y: -Fr::ONE });
}

#[test]
fn unpacking_is_strict() {
    let mut identity = Point::IDENTITY.pack();
    identity[31] |= SIGN_BIT;
    assert!(matches!(Point::unpack(&identity), Err(PackedPointError::SignOfZero { .. })));
    let mut modulus: [u8; 32] = ark_ff::BigInteger::to_bytes_le(&Fr::MODULUS).try_into().unwrap();
    assert!(matches!(Point::unpack(&modulus), Err(PackedPointError::NotCanonical { .. })));
    modulus[0] += 1; // r + 1 would be an alias of the identity
    assert!(matches!(Point::unpack(&modulus), Err(PackedPointError::NotCanonical { .. })));
    let refused = (2u8..).find(|y| {
        let mut bytes = [0; 32];
        bytes[0] = *y;
        matches!(Point::unpack(&bytes), Err(PackedPointError::NotOnCurve { .. }))
    });
    assert!(refused.is_some());
    assert!(!Point { x: Fr::ONE, y: Fr::ONE }.is_on_curve());
}

#[test]
fn montgomery_map_lands_on_the_montgomery_curve() {
    for k in 1..20u64 {
        let point = BASE8.mul(&Scalar::from(k));
        let (u, v) = point.to_montgomery().unwrap();
        assert_eq!(MONTGOMERY_B * v.square(), u.square() * u + MONTGOMERY_A * u.square() + u);
        assert_eq!(Point::from_montgomery(&u, &v), Some(point));
    }
    assert_eq!(Point::IDENTITY.to_montgomery(), None);
    assert_eq!(Point { x: Fr::ZERO, y: -Fr::ONE }.to_montgomery(), None);
    assert_eq!(Point::from_montgomery(&Fr::ZERO, &Fr::ZERO), None);
    assert_eq!(Point::from_montgomery(&-Fr::ONE, &Fr::ONE), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn unpacking_arbitrary_bytes_round_trips_or_fails(bytes: [u8; 32]) {
        let mut bytes = bytes;
        bytes[31] &= 0x9f; // leave a fair chance of a canonical y
        if let Ok(point) = Point::unpack(&bytes) {
            prop_assert!(point.is_on_curve());
            prop_assert_eq!(point.pack(), bytes);
        }
    }

    #[test]
    fn the_ladder_agrees_with_an_independent_crate(a: u128, k: u64, negative: bool) {
        let scalar = if negative { -Scalar::from(a) } else { Scalar::from(a) };
        let point = BASE8.mul(&Scalar::from(k)).add(&order_eight());
        let same = oracle::Fr::from_bigint(scalar.into_bigint()).unwrap();
        let expected = oracle::EdwardsAffine { x: point.x, y: point.y } * same;
        let expected = oracle::EdwardsAffine::from(expected);
        prop_assert_eq!(point.mul(&scalar), Point { x: expected.x, y: expected.y });
    }

    #[test]
    fn windows_agree_with_the_ladder(a: u128, b: u128, k: u64) {
        let (a, b) = (-Scalar::from(a), Scalar::from(b));
        let point = BASE8.mul(&Scalar::from(k)).add(&order_eight());
        prop_assert_eq!(base8_minus(&a, &b, &point), BASE8.mul(&a).add(&point.mul(&b).negate()));
    }
}
