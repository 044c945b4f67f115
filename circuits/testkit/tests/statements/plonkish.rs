//! The same vectors on halo2: what the table's own comparison says is what its constraints say.

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::{Binding, Statement};
use zksensor_circuits::trace::Hook;
use zksensor_model::field::Fr;
use zksensor_plonkish::{Size, assign, compile};
use zksensor_testkit::{Backend, Conformance, Refused, Vector};

use super::bad::{Bad, hold};

/// A table of halo2's, with lookups.
struct PlonkishBackend;

impl Backend for PlonkishBackend {
    type Circuit = Size;

    const NAME: &'static str = "halo2";

    fn compile<S: Statement>(statement: &S) -> Result<Size, SynthesisError> {
        Ok(*compile(statement)?.size())
    }

    /// By the table's comparison of values, which its constraints have to agree with.
    fn first_refused<S: Statement>(
        size: &Size,
        statement: &S,
        words: &[Fr],
        witness: &S::Witness,
        hook: Option<&dyn Hook>,
    ) -> Result<Option<Refused>, SynthesisError> {
        let circuit = assign(statement, size, words, witness, hook)?;
        let failures = circuit.failures();
        assert_eq!(
            circuit.unmet().is_empty(),
            failures.is_empty(),
            "the table compares otherwise: {failures:?}"
        );
        let first = failures.first();
        Ok(first.map(|found| Refused { path: found.path.clone(), instance: Some(found.instance) }))
    }
}

/// Good vectors and bad ones.
fn vectors<S: Bad>() {
    let kit = Conformance::<S, PlonkishBackend>::in_backend(*S::kit().statement());
    for (inputs, witness) in [S::claim(&S::good(), Binding::NONE), S::telling()] {
        kit.run(&Vector { name: "good", inputs, witness, refused_by: None });
    }
    hold::<S, PlonkishBackend>();
}

macro_rules! each {
    ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
        mod vectors_hold {
            $(
                #[test]
                fn $module() {
                    super::vectors::<zksensor_circuits::statement::$module::$name>();
                }
            )*
        }
    };
}
zksensor_model::statements!(each);
