//! Parameters as halo2 has them, of points that were checked.

use halo2_proofs::SerdeFormat;
use halo2_proofs::halo2curves::bn256::{Bn256, G1Affine, G2Affine};
use halo2_proofs::halo2curves::group::GroupEncoding as _;
use halo2_proofs::poly::kzg::commitment::ParamsKZG;

/// The parameters for 2^k rows of these powers, Lagrange polynomials and s G2. A verifier needs the first power alone and no polynomial.
///
/// The library makes parameters of others alone, for which any will do: those of one row come of bytes.
pub fn parameters(
    k: u32,
    powers: Vec<G1Affine>,
    lagrange: Vec<G1Affine>,
    s_g2: G2Affine,
) -> ParamsKZG<Bn256> {
    least().from_parts(k, powers, Some(lagrange), G2Affine::generator(), s_g2)
}

/// As [`parameters`], with the Lagrange polynomials made of the powers, 2^k of them.
pub fn parameters_of_powers(k: u32, powers: Vec<G1Affine>, s_g2: G2Affine) -> ParamsKZG<Bn256> {
    least().from_parts(k, powers, None, G2Affine::generator(), s_g2)
}

/// Those of one row, of which the library makes others.
fn least() -> ParamsKZG<Bn256> {
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    let mut bytes = 0u32.to_le_bytes().to_vec();
    for point in [g1, g1] {
        bytes.extend_from_slice(point.to_bytes().as_ref());
    }
    for point in [g2, g2] {
        bytes.extend_from_slice(point.to_bytes().as_ref());
    }
    ParamsKZG::<Bn256>::read_custom(&mut &bytes[..], SerdeFormat::Processed)
        .expect("generators, as the library writes them")
}
