//! A key of a statement, out of parameters: nothing in it is random or secret.

use std::sync::Arc;

use halo2_proofs::plonk::keygen_vk_custom;
use zksensor_circuits::statement::Statement;
use zksensor_plonkish::{Circuit, Size};
use zksensor_prover::{Cancel, Phase, Progress, Watch};
use zksensor_verifier_halo2::{KeyPoints, VerifyingKey};

use crate::error::ProveError;
use crate::key::ProvingKey;
use crate::srs::Srs;

/// Whether halo2 puts several selectors into one column: a verifying key would then have to hold which row each is on in.
pub(crate) const COMPRESS_SELECTORS: bool = false;

/// How large the table of a statement is: its `k` is that of the parameters that it needs.
///
/// # Errors
/// [`ProveError::Synthesis`] if the statement does not compile.
pub fn size<S: Statement>(statement: &S) -> Result<Size, ProveError> {
    Ok(*zksensor_plonkish::compile(statement)?.size())
}

/// Makes the key of a statement. Again, of the same parameters, it is the same.
///
/// # Errors
/// [`ProveError::Synthesis`] if the statement does not compile; [`ProveError::SrsRows`] if the parameters are for another number of
/// rows, of which it names the one that is needed.
pub fn setup<S: Statement>(
    statement: &S,
    srs: Arc<Srs>,
    progress: &dyn Progress,
) -> Result<ProvingKey, ProveError> {
    let nobody = Cancel::default();
    let watch = Watch::new(progress, &nobody);
    let circuit =
        watch.phase(Phase::Compile, || Ok::<_, ProveError>(zksensor_plonkish::compile(statement)?))?;
    assert_rows(&circuit, &srs)?;
    watch.phase(Phase::Setup, || key(&circuit, srs))
}

/// The key of a table, which knows no statement: halo2 is compiled here, and not in every crate that makes a key.
fn key(circuit: &Circuit, srs: Arc<Srs>) -> Result<ProvingKey, ProveError> {
    let id = circuit.id();
    let library = |what| ProveError::Library { what, statement: id.clone().into() };
    let k = u8::try_from(circuit.size().k).map_err(|_| library("name the rows"))?;
    let made = keygen_vk_custom(srs.params(), circuit, COMPRESS_SELECTORS)
        .map_err(|_| library("lay out the table"))?;
    let points = KeyPoints {
        s_g2: srs.params().s_g2(),
        fixed: made.fixed_commitments().clone(),
        copies: made.permutation().commitments().clone(),
    };
    let verifying = VerifyingKey::new(id, srs.is_insecure(), k, circuit.size().publics, points)?;
    // What halo2 made is what the verifier reads.
    if verifying.transcript_start() != made.transcript_repr() {
        return Err(library("make a verifying key"));
    }
    Ok(ProvingKey::new(verifying, srs))
}

/// The parameters are of as many rows as the circuit.
pub(crate) fn assert_rows(circuit: &Circuit, srs: &Srs) -> Result<(), ProveError> {
    let (wanted, got) = (circuit.size().k, srs.k());
    match wanted == got {
        true => Ok(()),
        false => Err(ProveError::SrsRows { statement: circuit.id().clone().into(), wanted, got }),
    }
}
