//! A key of which C and the division by Z are a part: four transforms a proof instead of seven.
//!
//! A proof of Groth (eprint 2016/260, section 3.2) has in its element C, beside the sum of l z over the witness, the sum of h_i H_i, where
//! h = (A B - C) / Z is a quotient of polynomials below degree n, Z = X^n - 1, and H_i = [tau^i Z(tau) / delta]. Seven transforms give h:
//! A, B and C to coefficients, and to a coset on which Z is not 0; and the quotient back.
//!
//! Let g w^i be the points of the coset, with g a generator of the field. **Z is the same at all of them**: g^n - 1 = z. Let M be the
//! Lagrange polynomials of the coset, L those of the domain, and e(f) = [f(tau) Z(tau) / delta].
//!
//! 1. h has a degree of n - 2 at most, so h = sum of h(g w^i) M_i, with h(g w^i) = (A(g w^i) B(g w^i) - C(g w^i)) / z.
//! 2. So the sum of h_i H_i, which is e(h), is the sum of A(g w^i) B(g w^i) e(M_i) / z, less the sum of C(g w^i) e(M_i) / z.
//! 3. C has a degree of n - 1 at most, so the sum of C(g w^i) M_i is C itself, and what is subtracted is e(C) / z.
//! 4. C is the sum of z_j w_j over all columns j, with w_j the sum of c_kj L_k over the rows k. So e(C) / z is the sum of z_j e(w_j) / z.
//!
//! The key that a proof is made with has therefore
//!
//! ```text
//! H'_i = e(M_i) / z                     for each point of the coset,
//! L'_j = L_j - e(w_j) / z               for each column of the witness,
//! K_j  =     - e(w_j) / z               for each public input,
//! ```
//!
//! and C of a proof is one sum: of z_j K_j, z_j L'_j and A(g w^i) B(g w^i) H'_i.
//!
//! **The proof is the same element**, for every assignment that meets the constraints: steps 1 to 4 are equalities. So whoever verifies
//! sees no difference, and what is known of Groth's proofs holds of these.
//!
//! **Nobody learns more from this key.** Every element of it is a sum of multiples of elements of the ordinary key by numbers that everybody
//! knows: M_i and L_k have public coefficients, c_kj are the circuit's. So whoever has the ordinary key has this one
//! ([`ProvingKey::from_ark`] makes it), and an adversary under this key is one under the ordinary key who does that first.
//!
//! **The power that is not there.** An ordinary key ends with H_(n-2), and M_i and L_k have the degree n - 1. Let e be any linear map on
//! polynomials below degree n with e(X^i) = H_i for i < n - 1: the steps use nothing else, as h has no X^(n-1). Here e(X^(n-1)) is the identity,
//! in a setup as in a conversion, so that both make the same key.

use ark_bn254::{Bn254, G1Affine, G1Projective};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field};
use zksensor_circuits::statement::{Statement, StatementId};
use zksensor_engine::{Domain, Query, map};
use zksensor_model::field::Fr;
use zksensor_r1cs::Circuit;
use zksensor_verifier::{Ceremony, KeyError, KeyPoints, VerifyingKey};

use super::ark::key_from_ark;
use super::compiled::{assert_wanted, domain_of};
use super::key::{ProvingKey, Queries};
use super::qap;
use crate::error::ProveError;
use crate::progress::{Phase, Progress, phase};

impl ProvingKey {
    /// A key of arkworks for the rows of a statement, in the form that proofs are made with here. What comes out depends on the key
    /// and the rows alone, and whoever has both can do the same. `is_insecure` says whether one machine made it, which only the caller
    /// can know.
    ///
    /// It takes n log n multiples of points for a domain of n: seconds for one reading, minutes for 2^19 rows.
    ///
    /// # Errors
    /// [`ProveError::Synthesis`] and [`ProveError::TooLarge`] as of the statement; [`ProveError::Key`] if the verifying half is unfit;
    /// [`ProveError::KeySize`] if a query has not the size of the circuit; [`ProveError::KeyPoint`] if one holds a point off its curve or,
    /// in G2, of another order.
    pub fn from_ark<S: Statement>(
        statement: &S,
        key: &ark_groth16::ProvingKey<Bn254>,
        is_insecure: bool,
        progress: &dyn Progress,
    ) -> Result<ProvingKey, ProveError> {
        let verifying = |id: &StatementId, points| VerifyingKey::new(id, points, is_insecure);
        Self::converted(statement, key, verifying, progress)
    }

    /// As [`ProvingKey::from_ark`], of a ceremony, which the caller has verified: it is not insecure, and its id commits to the ceremony.
    ///
    /// # Errors
    /// As [`ProvingKey::from_ark`].
    pub fn of_ceremony<S: Statement>(
        statement: &S,
        key: &ark_groth16::ProvingKey<Bn254>,
        ceremony: Ceremony,
        progress: &dyn Progress,
    ) -> Result<ProvingKey, ProveError> {
        let verifying = |id: &StatementId, points| VerifyingKey::of_ceremony(id, points, ceremony);
        Self::converted(statement, key, verifying, progress)
    }

    fn converted<S: Statement>(
        statement: &S,
        key: &ark_groth16::ProvingKey<Bn254>,
        verifying: impl FnOnce(&StatementId, KeyPoints) -> Result<VerifyingKey, KeyError>,
        progress: &dyn Progress,
    ) -> Result<ProvingKey, ProveError> {
        let circuit = phase(progress, Phase::Compile, || zksensor_r1cs::compile(statement))?;
        let domain = domain_of(&circuit)?;
        let verifying = verifying(circuit.id(), key_from_ark(&key.vk))?;
        assert_sizes(&circuit, &domain, key)?;
        assert_on_curve(key)?;
        phase(progress, Phase::Setup, || {
            let key = ProvingKey::new(verifying, circuit.rows_digest(), queries(&circuit, &domain, key));
            if key.is_in_g2() { Ok(key) } else { Err(ProveError::KeyPoint { query: "B in G2" }) }
        })
    }
}

fn assert_sizes(
    circuit: &Circuit,
    domain: &Domain,
    key: &ark_groth16::ProvingKey<Bn254>,
) -> Result<(), ProveError> {
    let (columns, inputs) = (circuit.columns(), circuit.publics() + 1);
    assert_wanted([
        ("A", columns, key.a_query.len()),
        ("B in G2", columns, key.b_g2_query.len()),
        ("H", domain.size() - 1, key.h_query.len()),
        ("L", columns - inputs, key.l_query.len()),
    ])
}

/// In G1, that is the group.
fn assert_on_curve(key: &ark_groth16::ProvingKey<Bn254>) -> Result<(), ProveError> {
    let queries = [
        ("A", are_on_curve(&key.a_query)),
        ("H", are_on_curve(&key.h_query)),
        ("L", are_on_curve(&key.l_query)),
        ("B in G2", are_on_curve(&key.b_g2_query)),
    ];
    match queries.into_iter().find(|(_, are_on_curve)| !are_on_curve) {
        Some((query, _)) => Err(ProveError::KeyPoint { query }),
        None => Ok(()),
    }
}

fn are_on_curve<C: SWCurveConfig>(points: &[Affine<C>]) -> bool {
    let chunks: Vec<&[Affine<C>]> = points.chunks(1 << 12).collect();
    let on_curve = map(chunks.len(), |index| chunks[index].iter().all(Affine::is_on_curve));
    on_curve.into_iter().all(|on_curve| on_curve)
}

fn queries(circuit: &Circuit, domain: &Domain, key: &ark_groth16::ProvingKey<Bn254>) -> Queries {
    let scale = domain.vanishing_on_coset().inverse().expect("Z is not zero on the coset");
    // e(L_k): of the rows, of which the last are the public inputs' and in no C.
    let rows = domain.lagrange_of(&key.h_query);
    let of_c = qap::columns_of_points(circuit, &rows);
    drop(rows);
    let inputs = circuit.publics() + 1;
    let folded = scaled(&of_c, -scale, |column, point| match column.checked_sub(inputs) {
        Some(of_witness) => point + key.l_query[of_witness],
        None => point,
    });
    drop(of_c);
    let coset = domain.lagrange_of_on_coset(&key.h_query);
    let coset: Vec<G1Projective> = coset.into_iter().map(AffineRepr::into_group).collect();
    let coset = scaled(&coset, scale, |_, point| point);
    Queries {
        a: Query::new(&key.a_query, 0),
        b: Query::new(&key.b_g2_query, 0),
        c: Query::new(&[folded, coset].concat(), 0),
    }
}

/// Each point by the scalar, and what is done to it then.
fn scaled(
    points: &[G1Projective],
    by: Fr,
    then: impl Fn(usize, G1Projective) -> G1Projective + Sync + Send,
) -> Vec<G1Affine> {
    const CHUNK: usize = 1 << 8;
    let chunks: Vec<&[G1Projective]> = points.chunks(CHUNK).collect();
    let parts = map(chunks.len(), |index| {
        let points = chunks[index].iter().enumerate();
        // Most columns are in no C.
        let of = |(at, point): (usize, &G1Projective)| {
            let point = if *point == G1Projective::ZERO { *point } else { *point * by };
            then(index * CHUNK + at, point)
        };
        G1Projective::normalize_batch(&points.map(of).collect::<Vec<_>>())
    });
    parts.concat()
}
