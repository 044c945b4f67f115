//! Small shapes of every statement on halo2: the constraints that there are without values are those with any, and the mock prover says
//! of a claim what the table's own comparison says.

use halo2_base::halo2_proofs::dev::MockProver;
use halo2_base::halo2_proofs::plonk::Circuit as _;
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::{Binding, Statement};
use zksensor_model::layout::PublicInputs;
use zksensor_plonkish::{Circuit, Scalar, assign, compile};
use zksensor_testkit::ClaimOf;

use super::kit::{Tested, TestedVisitor, each_tested};

/// Whether halo2's mock prover takes a table with these public inputs.
pub(super) fn mock(circuit: &Circuit, publics: &[Scalar]) -> bool {
    let prover = MockProver::run(circuit.size().k, circuit, vec![publics.to_vec()]).unwrap();
    // `verify_par` asks which cells were assigned, which this halo2 does not keep.
    prover.verify().is_ok()
}

/// The table of a claim.
fn assigned<S: Statement>(blank: &Circuit, statement: &S, (inputs, witness): &ClaimOf<S>) -> Circuit {
    assign(statement, blank.size(), &inputs.to_words().unwrap(), witness, None).unwrap()
}

/// Claims of a small shape: whose constraints are those of the blank table, and what the mock prover says of one that holds, of
/// another public input, and of one that does not hold.
fn small<S: Tested>() {
    let statement = S::small();
    let blank = compile(&statement).unwrap();
    let constraints = blank.constraints();
    let good = assigned(&blank, &statement, &S::claim(&S::sparse(), Binding::NONE));
    assert_eq!((good.failures(), good.unmet()), (&[][..], Vec::new()));
    assert!(good.constraints() == constraints && *good.size() == *blank.size());
    let without = good.without_witnesses();
    assert!(
        without.constraints() == constraints && without.values().iter().all(|value| *value == Scalar::zero())
    );
    assert!(format!("{good:?}").starts_with("Circuit { id: ") && !format!("{good:?}").contains("0x"));
    assert!(mock(&good, good.publics()));
    let mut publics = good.publics().to_vec();
    publics[0] += Scalar::from(1);
    assert!(!mock(&good, &publics), "another policy");
    let bad = S::own_bad();
    for claim in &bad {
        let bad = assigned(&blank, &statement, claim);
        assert!(!bad.failures().is_empty() && !bad.unmet().is_empty());
        assert!(bad.constraints() == constraints);
    }
    let bad = assigned(&blank, &statement, &bad[0]);
    assert!(!mock(&bad, bad.publics()), "{:?}", bad.failures());
}

macro_rules! each_small {
    ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
        mod small_shapes {
            $(
                #[test]
                fn $module() {
                    super::small::<zksensor_circuits::statement::$module::$name>();
                }
            )*
        }
    };
}
zksensor_model::statements!(each_small);

/// Statements with k, cells, lookups, constants, and columns of gates, lookups and constants.
const SIZES: [(&str, [usize; 7]); 5] = [
    ("aggregate/v2/2x16x3", [16, 295_212, 412, 4_382, 5, 1, 1]),
    ("reading/v2", [15, 152_240, 207, 5_330, 5, 1, 1]),
    ("track/v1/7", [15, 241_175, 1_294, 5_029, 8, 1, 1]),
    ("survey/v1/2x7x16x3x1", [16, 322_724, 1_866, 4_392, 5, 1, 1]),
    ("aggregate/v2/8x16x6", [17, 863_547, 1_230, 4_382, 7, 1, 1]),
];

#[test]
fn tables_are_of_these_sizes() {
    fn size<S: Statement>(statement: &S) -> (String, [usize; 7]) {
        let size = *compile(statement).unwrap().size();
        let columns = [size.gate_columns, size.lookup_columns, size.constant_columns];
        let [gates, lookups, constants] = columns;
        let parts = [size.k as usize, size.cells, size.lookups, size.constants, gates, lookups, constants];
        (statement.id().to_string(), parts)
    }
    struct Look(Vec<(String, [usize; 7])>);
    impl TestedVisitor for Look {
        fn visit<S: Tested>(&mut self) {
            self.0.push(size(&S::small()));
        }
    }
    let mut look = Look(Vec::new());
    each_tested(&mut look);
    look.0.push(size(&Aggregate::new(8, 16, 6).unwrap()));
    let wanted = SIZES.map(|(name, size)| (name.to_owned(), size));
    assert_eq!(look.0, wanted, "docs/halo2-fit.md has them, too");
}
