//! Poseidon in three constraints an S-box, linear layers free.
//!
//! x2 = x x, x4 = x2 x2, x5 = x4 x. A lane is a linear combination over the S-box outputs since the last full round;
//! the constant capacity lane of the first round costs nothing. Native counterpart: [`zksensor_model::primitives::poseidon`].

use ark_ff::{AdditiveGroup, Field};
use ark_r1cs_std::fields::fp::{AllocatedFp, FpVar};
use ark_relations::gr1cs::{LinearCombination, Variable};

use super::{R1cs, value_of};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_model::field::Fr;
use zksensor_model::primitives::poseidon::{Domain, MAX_INPUTS, parameters};

/// A lane: its value where there are values, its coefficients over the basis where there are rows.
#[derive(Clone)]
struct Lane {
    value: Option<Fr>,
    /// Holds no variable: decided by the shape, in both modes.
    fixed: bool,
    /// Constant term.
    constant: Fr,
    /// One coefficient a basis variable; missing ones are 0.
    coefficients: Vec<Fr>,
}

/// What an S-box returns.
enum Output {
    Constant(Fr),
    Variable(Option<Fr>, Variable),
}

struct State<'r, 'a> {
    r1cs: &'r mut R1cs<'a>,
    basis: Vec<Variable>,
    lanes: Vec<Lane>,
}

/// The hash as one variable.
pub(super) fn hash(
    r1cs: &mut R1cs<'_>,
    domain: Domain,
    inputs: &[&FpVar<Fr>],
) -> Result<FpVar<Fr>, SynthesisError> {
    if !(1..=MAX_INPUTS).contains(&inputs.len()) {
        return Err(SynthesisError::Size { gadget: "poseidon", wanted: "1 to 8 inputs", got: inputs.len() });
    }
    let constants = parameters(inputs.len());
    let mut state = State::new(r1cs, domain, inputs);
    let half = constants.full_rounds / 2;
    for (round, round_constants) in constants.round_constants.chunks_exact(constants.width).enumerate() {
        for (lane, constant) in state.lanes.iter_mut().zip(round_constants) {
            lane.add_constant(*constant);
        }
        let partial = round >= half && round < half + constants.partial_rounds;
        if partial {
            state.substitute_first()?;
        } else {
            state.substitute_all()?;
        }
        state.mix(&constants.mds);
    }
    Ok(state.output())
}

impl Lane {
    fn fixed(value: Fr) -> Self {
        Lane { value: Some(value), fixed: true, constant: value, coefficients: Vec::new() }
    }

    fn add_constant(&mut self, constant: Fr) {
        self.constant += constant;
        self.value = self.value.map(|value| value + constant);
    }
}

impl<'r, 'a> State<'r, 'a> {
    fn new(r1cs: &'r mut R1cs<'a>, domain: Domain, inputs: &[&FpVar<Fr>]) -> Self {
        let mut state = State { r1cs, basis: Vec::new(), lanes: Vec::with_capacity(inputs.len() + 1) };
        state.lanes.push(Lane::fixed(domain.tag()));
        for input in inputs {
            let lane = match input {
                FpVar::Constant(value) => Lane::fixed(*value),
                FpVar::Var(allocated) => state.variable_lane(value_of(input), allocated.variable),
            };
            state.lanes.push(lane);
        }
        state
    }

    /// The lane that is one new basis variable.
    fn variable_lane(&mut self, value: Option<Fr>, variable: Variable) -> Lane {
        let mut coefficients = Vec::new();
        if self.r1cs.compiling() {
            coefficients = vec![Fr::ZERO; self.basis.len()];
            coefficients.push(Fr::ONE);
            self.basis.push(variable);
        }
        Lane { value, fixed: false, constant: Fr::ZERO, coefficients }
    }

    fn combination(&self, lane: &Lane) -> LinearCombination<Fr> {
        let mut terms: Vec<(Fr, Variable)> = lane
            .coefficients
            .iter()
            .zip(&self.basis)
            .filter(|(coefficient, _)| **coefficient != Fr::ZERO)
            .map(|(coefficient, variable)| (*coefficient, *variable))
            .collect();
        if lane.constant != Fr::ZERO {
            terms.push((lane.constant, Variable::One));
        }
        LinearCombination(terms)
    }

    /// x -> x^5 as three columns; returns the value and the variable of x^5.
    fn power(&mut self, lane: &Lane) -> Result<(Option<Fr>, Variable), SynthesisError> {
        let x = lane.value.filter(|_| !self.r1cs.compiling());
        let (x2, square) = self.product(x.map(|x| x.square()))?;
        let (x4, fourth) = self.product(x2.map(|x2| x2.square()))?;
        let (x5, fifth) = self.product(x4.zip(x).map(|(x4, x)| x4 * x))?;
        if self.r1cs.compiling() {
            let x = self.combination(lane);
            let again = x.clone();
            self.r1cs.enforce(|| x, || again, || square.into())?;
            self.r1cs.enforce(|| square.into(), || square.into(), || fourth.into())?;
            let x = self.combination(lane);
            self.r1cs.enforce(|| x, || fourth.into(), || fifth.into())?;
        }
        Ok((x5, fifth))
    }

    /// A column with a product, which a hook sees as it sees that of a multiplication.
    fn product(&mut self, mut value: Option<Fr>) -> Result<(Option<Fr>, Variable), SynthesisError> {
        if let (Some(hook), Some(value)) = (self.r1cs.hook(), &mut value) {
            let cursor = &self.r1cs.cursor;
            hook.product(&cursor.path, cursor.instance, self.r1cs.columns(), value);
        }
        let column = || value.ok_or(ark_relations::gr1cs::SynthesisError::AssignmentMissing);
        let variable = self.r1cs.cs.new_witness_variable(column).map_err(super::foreign_error)?;
        Ok((value, variable))
    }

    fn substitute_all(&mut self) -> Result<(), SynthesisError> {
        let lanes = std::mem::take(&mut self.lanes);
        let mut outputs = Vec::with_capacity(lanes.len());
        for lane in &lanes {
            outputs.push(if lane.fixed {
                Output::Constant(lane.constant.square().square() * lane.constant)
            } else {
                let (value, variable) = self.power(lane)?;
                Output::Variable(value, variable)
            });
        }
        self.basis.clear();
        for output in outputs {
            let lane = match output {
                Output::Constant(value) => Lane::fixed(value),
                Output::Variable(value, variable) => self.variable_lane(value, variable),
            };
            self.lanes.push(lane);
        }
        Ok(())
    }

    fn substitute_first(&mut self) -> Result<(), SynthesisError> {
        let lane = self.lanes[0].clone();
        let (value, variable) = self.power(&lane)?;
        self.lanes[0] = self.variable_lane(value, variable);
        Ok(())
    }

    fn mix(&mut self, mds: &[Vec<Fr>]) {
        let compiling = self.r1cs.compiling();
        let width = self.basis.len();
        self.lanes = mds
            .iter()
            .map(|row| {
                let mut mixed = Lane {
                    value: Some(Fr::ZERO),
                    fixed: false,
                    constant: Fr::ZERO,
                    coefficients: Vec::new(),
                };
                if compiling {
                    mixed.coefficients = vec![Fr::ZERO; width];
                }
                for (m, lane) in row.iter().zip(&self.lanes) {
                    if !compiling {
                        mixed.value = mixed.value.zip(lane.value).map(|(sum, value)| sum + *m * value);
                        continue;
                    }
                    mixed.constant += *m * lane.constant;
                    for (sum, coefficient) in mixed.coefficients.iter_mut().zip(&lane.coefficients) {
                        *sum += *m * coefficient;
                    }
                }
                if compiling {
                    mixed.value = None;
                }
                mixed
            })
            .collect();
    }

    fn output(self) -> FpVar<Fr> {
        let lane = &self.lanes[0];
        let variable = self
            .r1cs
            .cs
            .new_lc(|| self.combination(lane))
            .expect("a linear combination of existing variables");
        let value = lane.value.filter(|_| !self.r1cs.compiling());
        FpVar::Var(AllocatedFp::new(value, variable, self.r1cs.cs.clone()))
    }
}
