//! A point in a triangle: three half-plane tests in integers.
//!
//! Corners are offset-encoded 32-bit integers (x = longitude, y = latitude). With
//! E_k = (x_{k+1} - x_k)(y - y_k) - (y_{k+1} - y_k)(x - x_k), the point is in the counter-clockwise triangle or on its
//! border if and only if E_0, E_1, E_2 >= 0. Each product is below 2^65 in size, so E_k never comes near r; inside a
//! triangle of valid coordinates 0 <= E_k <= twice its area < 2^63, so 63 bits are asked for.
//!
//! Native counterpart: [`zksensor_model::fence::Triangle::contains`]. The corners come out of one packed element that a Merkle
//! path or a set of packed triangles ties to the fence root.

use std::iter::successors;

use ark_ff::{AdditiveGroup, Field as _};

use super::{Bit, Bounded, Gadgets, SynthesisError, membership, unpack};
use zksensor_model::fence::{COORDINATE_BITS, DEPTH, MAX_TRIANGLES};
use zksensor_model::field::Fr;
use zksensor_model::preimages::Corners;
use zksensor_model::primitives::poseidon::Domain;

/// Bits of an edge function inside the fence.
const EDGE_BITS: u32 = 63;

/// The location (latitude, longitude) lies in the packed triangle, or `active` is 0.
///
/// # Errors
/// [`SynthesisError::Size`] for coordinates of more than 32 bits, whose products could come near r.
pub fn assert_inside<G: Gadgets>(
    g: &mut G,
    triangle: &G::Var,
    latitude: &Bounded<G::Var>,
    longitude: &Bounded<G::Var>,
    active: Option<&Bit<G::Var>>,
) -> Result<(), SynthesisError> {
    assert_coordinates([latitude, longitude])?;
    let corners = unpack::split(g, "corner", triangle, &Corners::LANE.widths())?;
    for k in 0..3 {
        let [y0, x0] = [corners[2 * k].var(), corners[2 * k + 1].var()];
        let next = (k + 1) % 3;
        let [y1, x1] = [corners[2 * next].var(), corners[2 * next + 1].var()];
        let (dx, dy) = (g.sub(x1, x0), g.sub(y1, y0));
        let (px, py) = (g.sub(longitude.var(), x0), g.sub(latitude.var(), y0));
        let (left, right) = (g.mul(&dx, &py)?, g.mul(&dy, &px)?);
        let edge = g.sub(&left, &right);
        let edge = match active {
            None => edge,
            Some(active) => g.mul(active.var(), &edge)?,
        };
        g.assert_range(&edge, EDGE_BITS)?;
    }
    Ok(())
}

/// The half planes of a triangle as linear functions of a place: what many places share. With the edges 0, 1 and 2 from corner k to
/// corner k + 1, E_k = east_k latitude - north_k longitude + constant_k; the edges sum up to nothing, so two of each are enough.
#[derive(Debug, Clone)]
pub struct HalfPlanes<V> {
    /// x_(k+1) - x_k, of the edges 0 and 1.
    pub east: [V; 2],
    /// y_(k+1) - y_k, of the edges 0 and 1.
    pub north: [V; 2],
    /// north_k x_k - east_k y_k, of the three edges.
    pub constant: [V; 3],
}

/// Coefficients of the half planes of a triangle.
pub const COEFFICIENTS: usize = 7;

impl<V: Clone> HalfPlanes<V> {
    /// Those of a packed triangle.
    ///
    /// # Errors
    /// As the backend's constraints.
    pub fn of<G: Gadgets<Var = V>>(g: &mut G, triangle: &V) -> Result<Self, SynthesisError> {
        let corners = unpack::split(g, "corner", triangle, &Corners::LANE.widths())?;
        let edge = |g: &mut G, k: usize| -> Result<[V; 3], SynthesisError> {
            let [y0, x0] = [corners[2 * k].var(), corners[2 * k + 1].var()];
            let next = (k + 1) % 3;
            let [y1, x1] = [corners[2 * next].var(), corners[2 * next + 1].var()];
            let (east, north) = (g.sub(x1, x0), g.sub(y1, y0));
            let (left, right) = (g.mul(&north, x0)?, g.mul(&east, y0)?);
            let constant = g.sub(&left, &right);
            Ok([east, north, constant])
        };
        let ([east_0, north_0, constant_0], [east_1, north_1, constant_1]) = (edge(g, 0)?, edge(g, 1)?);
        let [_, _, constant_2] = edge(g, 2)?;
        Ok(HalfPlanes {
            east: [east_0, east_1],
            north: [north_0, north_1],
            constant: [constant_0, constant_1, constant_2],
        })
    }

    /// The coefficients, in the order of the fields.
    pub fn coefficients(&self) -> [V; COEFFICIENTS] {
        let HalfPlanes { east: [a, b], north: [c, d], constant: [e, f, h] } = self.clone();
        [a, b, c, d, e, f, h]
    }

    /// The half planes with these coefficients.
    pub fn from_coefficients([a, b, c, d, e, f, h]: [V; COEFFICIENTS]) -> Self {
        HalfPlanes { east: [a, b], north: [c, d], constant: [e, f, h] }
    }

    /// The place (latitude, longitude) lies in the triangle, or `active` is 0.
    ///
    /// # Errors
    /// As [`assert_inside`].
    pub fn assert_inside<G: Gadgets<Var = V>>(
        &self,
        g: &mut G,
        latitude: &Bounded<V>,
        longitude: &Bounded<V>,
        active: &Bit<V>,
    ) -> Result<(), SynthesisError> {
        assert_coordinates([latitude, longitude])?;
        let [east_0, east_1] = [g.mul(&self.east[0], latitude.var())?, g.mul(&self.east[1], latitude.var())?];
        let [north_0, north_1] =
            [g.mul(&self.north[0], longitude.var())?, g.mul(&self.north[1], longitude.var())?];
        let (one, less) = (Fr::ONE, -Fr::ONE);
        let [constant_0, constant_1, constant_2] = &self.constant;
        let edges = [
            g.linear(Fr::ZERO, &[(one, &east_0), (less, &north_0), (one, constant_0)]),
            g.linear(Fr::ZERO, &[(one, &east_1), (less, &north_1), (one, constant_1)]),
            g.linear(
                Fr::ZERO,
                &[(less, &east_0), (less, &east_1), (one, &north_0), (one, &north_1), (one, constant_2)],
            ),
        ];
        for edge in edges {
            let edge = g.mul(active.var(), &edge)?;
            g.assert_range(&edge, EDGE_BITS)?;
        }
        Ok(())
    }
}

/// Products of wider ones could come near r.
fn assert_coordinates<V>(coordinates: [&Bounded<V>; 2]) -> Result<(), SynthesisError> {
    match coordinates.into_iter().find(|coordinate| coordinate.width() > COORDINATE_BITS) {
        None => Ok(()),
        Some(wide) => Err(SynthesisError::Size {
            gadget: "assert_inside",
            wanted: "coordinates of at most 32 bits",
            got: wide.width() as usize,
        }),
    }
}

/// The fence root over `triangles` (a multiple of eight, at most 4,096): the lowest leaves of a depth-4 tree whose other
/// leaves repeat triangle 0. The padding nodes of each level are one chain of hashes.
///
/// # Errors
/// [`SynthesisError::Size`] for another number of triangles.
pub fn root<G: Gadgets>(g: &mut G, triangles: &[G::Var]) -> Result<G::Var, SynthesisError> {
    if triangles.is_empty() || triangles.len() > MAX_TRIANGLES || triangles.len() % 8 != 0 {
        return Err(SynthesisError::Size {
            gadget: "fence root",
            wanted: "a multiple of eight triangles up to 4096",
            got: triangles.len(),
        });
    }
    let mut layer = triangles.to_vec();
    let mut padding = triangles[0].clone();
    for level in 0..DEPTH {
        layer.resize(layer.len().next_multiple_of(8), padding.clone());
        layer = layer
            .chunks_exact(8)
            .map(|children| membership::hash(g, Domain::Fence, children))
            .collect::<Result<_, _>>()?;
        // The padding climbs with the levels for as long as one above is not whole and takes it.
        let mut above =
            successors(Some(layer.len()), |nodes| Some(nodes.div_ceil(8))).take(DEPTH - 1 - level);
        if above.any(|nodes| nodes % 8 != 0) {
            padding = membership::hash(g, Domain::Fence, &vec![padding.clone(); 8])?;
        }
    }
    Ok(layer.swap_remove(0))
}
