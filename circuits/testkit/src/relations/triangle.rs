//! A point in a packed triangle: three half-planes, in 128-bit integers.

use ark_ff::{AdditiveGroup, Field};
use rand::RngCore;

use super::{Looked, Relation, RelationFailure, hold, seeded};
use crate::forgery::Target;
use crate::hostile::hostile_values;
use zksensor_circuits::gadgets::{Gadgets, SynthesisError, fence};
use zksensor_model::field::{self, Fr};

pub(super) fn check() -> Result<Looked, RelationFailure> {
    Ok(hold(Inside { gated: false })?.plus(hold(Inside { gated: true })?))
}

/// The packed triangle, latitude, longitude and, if gated, whether it matters.
struct Inside {
    gated: bool,
}

/// Latitude, longitude.
type Corner = [u32; 2];

fn pack(corners: [Corner; 3]) -> Fr {
    field::pack(&corners.as_flattened().iter().map(|part| (Fr::from(*part), 32)).collect::<Vec<_>>())
}

/// The corners in the lowest 192 bits; `None` if there are more.
fn unpack(word: &Fr) -> Option<[Corner; 3]> {
    let bits = field::bits_le(word, 254);
    let part = |index: usize| {
        bits[32 * index..32 * (index + 1)].iter().rev().fold(0u32, |part, bit| part << 1 | u32::from(*bit))
    };
    (!bits[192..].contains(&true)).then(|| [[part(5), part(4)], [part(3), part(2)], [part(1), part(0)]])
}

/// The three edge functions.
fn edges(corners: [Corner; 3], [latitude, longitude]: Corner) -> [i128; 3] {
    std::array::from_fn(|k| {
        let [[y0, x0], [y1, x1]] = [corners[k], corners[(k + 1) % 3]].map(|corner| corner.map(i128::from));
        (x1 - x0) * (i128::from(latitude) - y0) - (y1 - y0) * (i128::from(longitude) - x0)
    })
}

fn small(value: &Fr) -> Option<u32> {
    field::to_u64(value).and_then(|value| u32::try_from(value).ok())
}

impl Relation for Inside {
    fn name(&self) -> String {
        format!("inside a triangle, gated {}", self.gated)
    }
    fn inputs(&self) -> usize {
        3 + usize::from(self.gated)
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let active = inputs.get(3).map(|active| g.assert_bool(active)).transpose()?;
        let latitude = g.assert_range(&inputs[1], 32)?;
        let longitude = g.assert_range(&inputs[2], 32)?;
        fence::assert_inside(g, &inputs[0], &latitude, &longitude, active.as_ref())
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        let (Some(corners), Some(latitude), Some(longitude)) =
            (unpack(&inputs[0]), small(&inputs[1]), small(&inputs[2]))
        else {
            return false;
        };
        let inside = edges(corners, [latitude, longitude]).iter().all(|edge| (0..1 << 63).contains(edge));
        match inputs.get(3) {
            None => inside,
            Some(active) => *active == Fr::ZERO || (*active == Fr::ONE && inside),
        }
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let rng = &mut seeded(51);
        let mut located: Vec<(Fr, Fr, Fr)> = Vec::new();
        let mut triangles = vec![
            [[0, 0], [0, 100], [100, 0]],
            [[0, 0], [100, 0], [0, 100]],
            [[7, 7], [7, 7], [7, 7]],
            [[0, 0], [0, 0], [0, 0]],
            [[0, 0], [10, 10], [30, 30]],
            [[0, 0], [0, u32::MAX], [u32::MAX, 0]],
            [[u32::MAX, u32::MAX], [u32::MAX, 0], [0, u32::MAX]],
            [[0, 0], [u32::MAX, u32::MAX], [u32::MAX, 0]],
            [[1 << 31, 1 << 31], [1 << 31, (1 << 31) + 5], [(1 << 31) + 5, 1 << 31]],
        ];
        triangles.extend((0..6).map(|_| std::array::from_fn(|_| [rng.next_u32(), rng.next_u32()])));
        for corners in triangles {
            let packed = pack(corners);
            let mut points: Vec<Corner> = corners.to_vec();
            for k in 0..3 {
                let [[y0, x0], [y1, x1]] =
                    [corners[k], corners[(k + 1) % 3]].map(|corner| corner.map(u64::from));
                points.push([y0 + y1, x0 + x1].map(|sum| u32::try_from(sum / 2).expect("a mean of two")));
            }
            let mean = |axis: usize| corners.iter().map(|corner| u64::from(corner[axis])).sum::<u64>() / 3;
            points.push([mean(0), mean(1)].map(|mean| u32::try_from(mean).expect("a mean of three")));
            points.extend([[0, 0], [u32::MAX, 0], [0, u32::MAX], [u32::MAX; 2], [50, 50], [1, 1]]);
            let around = points.clone().into_iter().flat_map(|[y, x]| {
                [
                    [y.wrapping_add(1), x],
                    [y.wrapping_sub(1), x],
                    [y, x.wrapping_add(1)],
                    [y, x.wrapping_sub(1)],
                ]
            });
            points.extend(around.collect::<Vec<_>>());
            located.extend(points.into_iter().map(|[y, x]| (packed, Fr::from(y), Fr::from(x))));
            // No word of six parts, no coordinate of 32 bits.
            let (y, x) = (Fr::from(corners[0][0]), Fr::from(corners[0][1]));
            located.extend([
                (packed + field::power_of_two(192), y, x),
                (packed + field::power_of_two(253), y, x),
                (-Fr::ONE, y, x),
                (packed, y + field::power_of_two(32), x),
                (packed, y, x + field::power_of_two(32)),
                (packed, -Fr::ONE, x),
            ]);
        }
        let flags = if self.gated { vec![Fr::ZERO, Fr::ONE, Fr::from(2u64), -Fr::ONE] } else { vec![] };
        located
            .into_iter()
            .flat_map(|(triangle, y, x)| {
                let place = vec![triangle, y, x];
                if flags.is_empty() {
                    return vec![place];
                }
                flags.iter().map(|flag| [&place[..], &[*flag]].concat()).collect()
            })
            .collect()
    }
    fn overrides(&self, inputs: &[Fr], target: &Target, honest: &[Fr]) -> Vec<Vec<Fr>> {
        // The corners, at one in eight of the places; the bits of each range are the business of `bits`.
        let looked_at = field::bits_le(&inputs[1], 3) == [false; 3];
        if target.name != "corner" || self.gated || !looked_at {
            return Vec::new();
        }
        hostile_values(honest).into_iter().map(|hostile| hostile.values).collect()
    }
}
