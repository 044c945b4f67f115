//! The same, natively.

use zksensor_model::fence::Fence;
use zksensor_model::field::Fr;
use zksensor_model::policy::{Policy, PolicyId, PolicyParts};
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{Chunk, ChunkCap, MembershipPath, Position, RegistryRoot};

use crate::statement::{ClaimFamily, PolicyMismatch, Violation, ensure, epoch_bounds};

/// C1: the policy is that of the id and for this family, and its fence fits the shape. Gives (first millisecond, first after) of the epoch.
pub(in crate::statement) fn check_policy<C: ClaimFamily>(
    (policy_id, epoch): (PolicyId, u32),
    policy: &Policy,
    fence: &Fence,
    triangles: usize,
) -> Result<(u64, u64), Violation> {
    let mismatch = |reason| move || Violation::Policy { reason };
    ensure(policy.id() == policy_id, mismatch(PolicyMismatch::Id))?;
    ensure(C::is_of(policy), mismatch(PolicyMismatch::Statement))?;
    ensure(fence.triangles().len() <= triangles, mismatch(PolicyMismatch::Triangles))?;
    ensure(fence.root() == policy.parts().fence, mismatch(PolicyMismatch::Fence))?;
    epoch_bounds(policy, epoch)
}

/// The width of a chunk, as it is public.
pub(in crate::statement) fn bits_of(chunk: Chunk) -> u8 {
    u8::try_from(chunk.bits()).expect("a chunk has at most 21 bits")
}

/// C14 of the public inputs: whether they name a chunk as wide as the first of the shape, and one that there is.
pub(in crate::statement) fn check_chunk(first: Chunk, chunk_bits: u8, chunk: u32) -> Result<(), Violation> {
    let (wanted, chunks) = (first.bits(), 1 << first.index_bits());
    ensure(u32::from(chunk_bits) == wanted && chunk < chunks, || Violation::ChunkOfShape {
        wanted,
        chunks,
        chunk_bits,
        chunk,
    })
}

/// Whether the cap is that of the public chunk, and leads to the public root.
pub(in crate::statement) fn is_cap_of(
    cap: &ChunkCap,
    registry_root: RegistryRoot,
    (chunk_bits, chunk): (u8, u32),
) -> bool {
    (bits_of(cap.chunk()), cap.chunk().index()) == (chunk_bits, chunk) && cap.root() == registry_root
}

/// C14 of the device in slot `index`, and C4: it is in the cap's chunk and below the cap, which leads to the registry root if `in_root`.
pub(in crate::statement) fn check_seat(
    index: usize,
    (cap, in_root): (&ChunkCap, bool),
    leaf: Fr,
    position: Position,
    path: &MembershipPath,
) -> Result<(), Violation> {
    let (chunk, number) = (cap.chunk(), position.get());
    let Some(offset) = chunk.offset(position) else {
        let (chunk, chunk_bits) = (chunk.index(), bits_of(chunk));
        return Err(Violation::Chunk { reading: index, position: number, chunk, chunk_bits });
    };
    let top = path.ancestor(Domain::Node, leaf, number, chunk.levels_below_cap());
    let in_cap = cap.nodes()[chunk.cap_index(offset)] == top;
    ensure(in_cap && in_root, || Violation::Membership { reading: index, position: number })
}

/// C13.
pub(in crate::statement) fn check_order(positions: &[Position]) -> Result<(), Violation> {
    for (index, pair) in positions.windows(2).enumerate() {
        let (before, position) = (pair[0].get(), pair[1].get());
        ensure(before < position, || Violation::Order { reading: index + 1, position, before })?;
    }
    Ok(())
}

/// C15.
pub(in crate::statement) fn check_count(claimed: u32, count: usize, k: u32) -> Result<(), Violation> {
    ensure(claimed as usize == count && claimed >= k, || Violation::Count { claimed, count, k })
}

/// What is public of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::statement) struct Released {
    pub(in crate::statement) sum: i64,
    pub(in crate::statement) sum_of_squares: u128,
    pub(in crate::statement) minimum: u64,
    pub(in crate::statement) maximum: u64,
}

/// The statistics of values; those of value - low are 0 below low.
struct Statistics {
    sum: i128,
    squares: u128,
    minimum: u128,
    maximum: u128,
}

impl Statistics {
    fn of(values: &[i64], low: i64) -> Self {
        let above: Vec<u128> = values
            .iter()
            .map(|value| u128::try_from(i128::from(*value) - i128::from(low)).unwrap_or(0))
            .collect();
        Statistics {
            sum: values.iter().map(|value| i128::from(*value)).sum(),
            squares: above
                .iter()
                .fold(0, |sum: u128, value| sum.saturating_add(value.saturating_mul(*value))),
            minimum: above.iter().copied().min().unwrap_or(0),
            maximum: above.iter().copied().max().unwrap_or(0),
        }
    }
}

/// What there is to publish of values under this policy; what is not asked for is 0.
pub(in crate::statement) fn released(values: &[i64], parts: &PolicyParts) -> Released {
    let Statistics { sum, squares, minimum, maximum } = Statistics::of(values, parts.low);
    let asked = |asked: bool, value: u128| if asked { value } else { 0 };
    Released {
        sum: i64::try_from(sum).unwrap_or(i64::MAX),
        sum_of_squares: asked(parts.outputs.sum_of_squares, squares),
        minimum: low_u64(asked(parts.outputs.minimum, minimum)),
        maximum: low_u64(asked(parts.outputs.maximum, maximum)),
    }
}

/// C16 to C19.
pub(in crate::statement) fn check_released(
    claimed: &Released,
    values: &[i64],
    parts: &PolicyParts,
) -> Result<(), Violation> {
    let sum = values.iter().map(|value| i128::from(*value)).sum();
    ensure(i128::from(claimed.sum) == sum, || Violation::Sum { claimed: claimed.sum, sum })?;
    let wanted = released(values, parts);
    ensure(claimed.sum_of_squares == wanted.sum_of_squares, || Violation::SumOfSquares {
        claimed: claimed.sum_of_squares,
        wanted: wanted.sum_of_squares,
    })?;
    ensure(claimed.minimum == wanted.minimum, || Violation::Minimum {
        claimed: claimed.minimum,
        wanted: wanted.minimum,
    })?;
    ensure(claimed.maximum == wanted.maximum, || Violation::Maximum {
        claimed: claimed.maximum,
        wanted: wanted.maximum,
    })
}

fn low_u64(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}
