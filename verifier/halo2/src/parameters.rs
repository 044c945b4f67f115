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
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    let mut bytes = 0u32.to_le_bytes().to_vec();
    for point in [g1, g1] {
        bytes.extend_from_slice(point.to_bytes().as_ref());
    }
    for point in [g2, g2] {
        bytes.extend_from_slice(point.to_bytes().as_ref());
    }
    let least = ParamsKZG::<Bn256>::read_custom(&mut &bytes[..], SerdeFormat::Processed)
        .expect("generators, as the library writes them");
    least.from_parts(k, powers, Some(lagrange), g2, s_g2)
}
