//! Small shapes of every statement on halo2: the constraints that there are without values are those with any, and the mock prover says
//! of a claim what the table's own comparison says.

use halo2_proofs::dev::MockProver;
use halo2_proofs::plonk::Circuit as _;
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

/// Statements with k, rows, cells and lookups.
const SIZES: [(&str, [usize; 4]); 7] = [
    ("aggregate/v2/2x16x3", [14, 16_012, 106_733, 415]),
    ("reading/v2", [13, 8_141, 54_342, 209]),
    ("track/v1/7", [14, 13_516, 89_501, 1_330]),
    ("survey/v1/2x7x16x3x1", [15, 18_373, 120_541, 1_937]),
    ("histogram/v1/2x16x3", [14, 16_049, 106_919, 424]),
    ("private-sum/v1/2x16x3", [15, 22_789, 156_822, 2_112]),
    ("aggregate/v2/8x16x6", [16, 48_561, 313_884, 1_232]),
];

#[test]
fn tables_are_of_these_sizes() {
    fn size<S: Statement>(statement: &S) -> (String, [usize; 4]) {
        let size = *compile(statement).unwrap().size();
        (statement.id().to_string(), [size.k as usize, size.rows, size.cells, size.lookups])
    }
    struct Look(Vec<(String, [usize; 4])>);
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
