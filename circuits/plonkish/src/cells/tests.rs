//! Rows of every form take what they say, and nothing beside it.

use super::*;
use crate::constraints;
use crate::field::to_scalar;
use zksensor_model::field::power_of_two;

/// Whether a table with one value in it meets its constraints.
fn holds(value: Scalar, assert: impl FnOnce(&mut Cells, &Var)) -> bool {
    let mut cells = Cells::new();
    let value = cells.free(value);
    assert(&mut cells, &value);
    let table = cells.into_table();
    let mut holds = true;
    constraints::each(&table, |constraint| holds &= constraint.holds(&table.values, &[]));
    holds
}

#[test]
fn ranges_are_exact_at_every_width() {
    for width in 1..=253 {
        let end = to_scalar(&power_of_two(width));
        let in_range = |value| holds(value, |cells, value| cells.assert_range(value, width));
        for value in [Scalar::ZERO, Scalar::ONE, end - Scalar::ONE] {
            assert!(in_range(value), "{value:?} of {width} bits");
        }
        for value in [end, end + Scalar::ONE, -Scalar::ONE, -Scalar::from(1 << 20)] {
            assert!(!in_range(value), "{value:?} of {width} bits");
        }
    }
}

#[test]
fn ranges_have_so_many_rows_cells_and_lookups() {
    for (width, wanted) in [(8, [0, 1, 1]), (32, [1, 9, 4]), (64, [1, 17, 8]), (253, [6, 76, 33])] {
        let mut cells = Cells::new();
        let value = cells.free(Scalar::ZERO);
        cells.assert_range(&value, width);
        let size = crate::Size::of(&cells.into_table()).unwrap();
        let found = [size.rows - Gate::LEADING.len(), size.cells, size.lookups];
        assert_eq!(found, wanted, "{width} bits; docs/halo2-fit.md has them, too");
    }
}

#[test]
fn bits_are_exact() {
    for width in [1usize, 2, 64, 65, 253] {
        let bits = |value: Scalar| {
            let limbs = limbs(&value);
            let bits = (0..width).map(|bit| Scalar::from(limbs[bit / 64] >> (bit % 64) & 1)).collect();
            holds(value, |cells, value| drop(cells.bits(value, bits)))
        };
        let end = to_scalar(&power_of_two(u32::try_from(width).unwrap()));
        assert!(bits(Scalar::ZERO) && bits(end - Scalar::ONE), "{width} bits");
        assert!(!bits(end) && !bits(-Scalar::ONE), "{width} bits");
    }
    let two = Scalar::from(2);
    assert!(!holds(two, |cells, value| drop(cells.bits(value, vec![two]))), "a bit that is 2");
}

#[test]
fn constants_are_compared_too() {
    let constants = [3u64, 3, 4].map(|value| Var::constant(Scalar::from(value)));
    let [three, again, four] = &constants;
    let three_is = |other: &Var| holds(Scalar::ZERO, |cells, _| cells.assert_equal(three, other));
    assert!(three_is(again) && !three_is(four));
    let equal = |value: u64| {
        holds(Scalar::from(value), |cells, value| {
            cells.assert_equal(value, three);
            cells.assert_equal(again, value);
        })
    };
    assert!(equal(3) && !equal(4));
    let bit = |constant: u64| {
        holds(Scalar::ZERO, |cells, _| cells.assert_bit(&Var::constant(Scalar::from(constant))))
    };
    assert!(bit(0) && bit(1) && !bit(2));
}

/// Rows of every form, each with its result changed: combinations longer than a row, and factors of one term and two.
#[test]
fn sums_products_and_powers_are_exact() {
    let fives = |cells: &mut Cells, count: u64| -> Vec<Var> {
        (0..count).map(|index| cells.free(Scalar::from(index + 5))).collect()
    };
    for terms in 0..40 {
        let is = |offset: u64| {
            let sum = (0..terms).map(|index| (index + 5) * (index + 1)).sum::<u64>() + 7;
            holds(Scalar::from(sum + offset), |cells, value| {
                let vars = fives(cells, terms);
                let weighed: Vec<(Scalar, &Var)> = (1..).map(Scalar::from).zip(&vars).collect();
                let sum = cells.linear(Scalar::from(7), &weighed);
                cells.assert_equal(&sum, value);
                // Once more, as a variable of the table.
                let sum = cells.linear(Scalar::ZERO, &[(Scalar::from(2), &sum)]);
                let twice = cells.linear(Scalar::ZERO, &[(Scalar::from(2), value)]);
                cells.assert_equal(&twice, &sum);
            })
        };
        assert!(is(0) && !is(1), "{terms} terms");
        let is = |offset: u64| {
            let base = (0..terms).map(|index| index + 5).sum::<u64>() + 3;
            let fifth = Scalar::from(base).square().square() * Scalar::from(base);
            holds(fifth + Scalar::from(offset), |cells, value| {
                let mut sum = Linear::constant(Scalar::from(3));
                fives(cells, terms).iter().for_each(|var| sum.add(Scalar::ONE, var.linear()));
                let fifth = cells.power(sum).into();
                cells.assert_equal(&fifth, value);
            })
        };
        assert!(is(0) && !is(1), "{terms} terms");
    }
    for (left, right, constant) in (0..5).flat_map(|left| (0..5).map(move |right| (left, right, left % 2))) {
        let of = |cells: &mut Cells, terms: u64| {
            let vars = fives(cells, terms);
            let weighed: Vec<(Scalar, &Var)> = (3..).map(Scalar::from).zip(&vars).collect();
            cells.linear(Scalar::from(constant), &weighed)
        };
        let number = |terms: u64| (0..terms).map(|index| (index + 5) * (index + 3)).sum::<u64>() + constant;
        let is = |offset: u64| {
            let product = Scalar::from(number(left) * number(right) + offset);
            let made = holds(product, |cells, value| {
                let (left, right) = (of(cells, left), of(cells, right));
                let product = cells.product(&left, &right);
                cells.assert_equal(&product, value);
            });
            let asserted = holds(product, |cells, value| {
                let (left, right) = (of(cells, left), of(cells, right));
                cells.assert_product(&left, &right, value);
            });
            assert_eq!(made, asserted);
            made
        };
        assert!(is(0) && !is(1), "{left} by {right} terms");
    }
}

/// The result of a product has as many terms as it likes, its factors among them.
#[test]
fn a_product_may_be_any_combination() {
    for terms in 0..20u64 {
        let is = |offset: u64| {
            let rest = (0..terms).map(|index| index + 1).sum::<u64>();
            holds(Scalar::from(6), |cells, six| {
                // 6 * x = rest + 6 + x, so that x is what the others leave.
                let x = (Scalar::from(rest + 6) * Scalar::from(5).invert().unwrap()) + Scalar::from(offset);
                let x = cells.free(x);
                let vars: Vec<Var> = (0..terms).map(|index| cells.free(Scalar::from(index + 1))).collect();
                let mut all = Linear::constant(Scalar::ZERO);
                vars.iter().chain([six, &x]).for_each(|var| all.add(Scalar::ONE, var.linear()));
                cells.assert_product(six, &x, &all.into());
            })
        };
        assert!(is(0) && !is(1), "{terms} terms");
    }
}
