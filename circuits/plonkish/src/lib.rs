//! A PLONKish table: [`Gadgets`](zksensor_circuits::gadgets::Gadgets) of rows of our own, for proofs of halo2 with KZG on BN254.
//!
//! [`compile`] runs a statement without values and has its shape: rows, copies and lookups, and how many there are ([`Size`]). What a row
//! can say is [`zksensor_plonkish_table`]'s. [`assign`] is the same with the values of one claim. Both are circuits of halo2,
//! whose functions make keys and proofs of them.
//!
//! ```
//! use halo2_proofs::dev::MockProver;
//! use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
//! use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
//! use zksensor_model::field::Fr;
//! use zksensor_model::layout::Element;
//! use zksensor_plonkish::{assign, compile};
//!
//! zksensor_model::public_inputs! {
//!     /// A square.
//!     pub struct SquareInputs, SquareVars {
//!         /// It.
//!         square: Element = element as "uint256",
//!     }
//! }
//!
//! /// Somebody knows the root of a square.
//! struct Root;
//!
//! impl Claim for Root {
//!     type Inputs = SquareInputs;
//!     fn id(&self) -> StatementId {
//!         StatementId { name: "root".into(), version: 1, shape: Vec::new() }
//!     }
//!     fn rules(&self) -> Vec<Rule> {
//!         Vec::new()
//!     }
//! }
//!
//! impl Statement for Root {
//!     type Witness = Fr;
//!     fn check(&self, _: &SquareInputs, _: &Fr) -> Result<(), Violation> {
//!         Ok(())
//!     }
//!     fn synthesize<G: Gadgets>(
//!         &self,
//!         g: &mut G,
//!         inputs: &InputVars<G, Self>,
//!         witness: Option<&Fr>,
//!     ) -> Result<(), SynthesisError> {
//!         let root = g.witness("root", witness.copied())?;
//!         g.assert_product(&root, &root, inputs.square.var())
//!     }
//! }
//!
//! let blank = compile(&Root)?;
//! assert_eq!((blank.size().rows, blank.size().cells), (4, 3));
//! let circuit = assign(&Root, blank.size(), &[Fr::from(9u64)], &Fr::from(3u64), None)?;
//! let prover = MockProver::run(blank.size().k, &circuit, vec![circuit.publics().to_vec()]).expect("it fits");
//! assert!(prover.verify().is_ok());
//! # Ok::<(), SynthesisError>(())
//! ```
//!
//! A variable is a linear combination until a row takes it, so that sums and constants cost no cell by themselves. Every instance of a
//! block has rows of its own; what crosses its border is copied, or a constant.
//!
//! # Secrets
//! A table overwrites the values of its cells when it is dropped. Out of reach are copies of them that the library or its allocator
//! made: of a list that grew, of a cell on the stack, and whatever halo2 has while it proves. Its field elements cannot be zeroized
//! by a derive, and nothing of it wipes itself.

mod cells;
mod circuit;
mod constraints;
mod field;
mod gadgets;
mod layout;
mod linear;
mod poseidon;
mod size;
mod table;
mod var;

use std::collections::BTreeSet;

pub use circuit::{Circuit, assign, compile};
pub use constraints::Constraint;
pub use field::{Scalar, from_scalar, to_scalar};
pub use size::Size;
pub use var::Var;
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::mutants;
use zksensor_circuits::native::Failure;
use zksensor_circuits::statement::{Rule, StatementId};
use zksensor_circuits::trace::{Cursor, Hook};

use cells::Cells;
use table::Table;

/// The library below, for messages.
const LIBRARY: &str = "halo2-axiom";

/// The backend; made by [`compile`] and [`assign`].
pub struct Plonkish<'h> {
    cells: Cells,
    cursor: Cursor,
    in_block: bool,
    /// `None` where there are no values.
    run: Option<Run<'h>>,
    /// The rules that constraints were made under.
    rules: BTreeSet<Rule>,
}

/// A run with values. It goes on after a failure and keeps them all.
struct Run<'h> {
    hook: Option<&'h dyn Hook>,
    failures: Vec<Failure>,
}

impl<'h> Plonkish<'h> {
    /// Without values.
    fn blank() -> Self {
        Plonkish::new(None)
    }

    /// With values, and a hook that sees every witness and hint.
    fn assigning(hook: Option<&'h dyn Hook>) -> Self {
        Plonkish::new(Some(Run { hook, failures: Vec::new() }))
    }

    fn new(run: Option<Run<'h>>) -> Self {
        Plonkish {
            cells: Cells::new(),
            cursor: Cursor::default(),
            in_block: false,
            run,
            rules: BTreeSet::new(),
        }
    }

    /// The table, and what does not hold of its values.
    fn into_parts(self) -> (Table, Vec<Failure>) {
        (self.cells.into_table(), self.run.map(|run| run.failures).unwrap_or_default())
    }

    /// The rules that constraints stand under are those declared. A mutant may take the only one of a rule, which is not what is to
    /// notice it.
    fn assert_rules(&self, id: &StatementId, declared: &[Rule]) -> Result<(), SynthesisError> {
        let statement = || id.clone();
        if let Some(rule) = self.rules.iter().copied().find(|rule| !declared.contains(rule)) {
            return Err(SynthesisError::UndeclaredRule { statement: statement(), rule });
        }
        match declared.iter().copied().find(|rule| !self.rules.contains(rule)) {
            Some(rule) if !mutants::is_any_off() => {
                Err(SynthesisError::RuleWithoutRow { statement: statement(), rule })
            }
            _ => Ok(()),
        }
    }
}
