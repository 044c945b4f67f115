//! Poseidon over BN254 as circomlib has it, with the domain tag in the capacity element.
//!
//! x^5 S-box, 8 full rounds, the partial rounds of circomlib's table; constants as in Grassi et al., "Poseidon: A New Hash
//! Function for Zero-Knowledge Proof Systems", eprint 2019/458.
//! The capacity element is lane 0 of the initial state; circomlibjs calls it the initial state, light-poseidon the domain
//! tag. With tag 0 the result is circomlib's.

use alloc::boxed::Box;
use alloc::vec::Vec;

use once_cell::race::OnceBox;

use self::schedule::Schedule;
pub use self::schedule::{Rounds, SparseRound};
use crate::field::{self, Fr};

mod constants;
mod schedule;

/// What is being hashed. Two domains never share a digest on equal inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Domain {
    /// The EdDSA challenge: tag 0, so that signatures are circomlib's.
    Eddsa,
    /// The message that a device signs.
    Message,
    /// A registry leaf.
    Leaf,
    /// An inner node of the registry tree.
    Node,
    /// The identity commitment of a device.
    Identity,
    /// A nullifier.
    Nullifier,
    /// A commitment to a reading.
    Commitment,
    /// A policy id.
    Policy,
    /// An inner node of a fence tree.
    Fence,
    /// The message of a frame.
    Frame,
    /// The chain of the samples of a frame.
    Samples,
    /// The seal of a private sum.
    Seal,
    /// The seed of a noise.
    NoiseSeed,
    /// Words of a noise.
    NoiseWords,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Domain; 14] = [
        Domain::Eddsa,
        Domain::Message,
        Domain::Leaf,
        Domain::Node,
        Domain::Identity,
        Domain::Nullifier,
        Domain::Commitment,
        Domain::Policy,
        Domain::Fence,
        Domain::Frame,
        Domain::Samples,
        Domain::Seal,
        Domain::NoiseSeed,
        Domain::NoiseWords,
    ];

    /// The name, in ASCII; empty for [`Domain::Eddsa`].
    pub const fn name(self) -> &'static str {
        match self {
            Domain::Eddsa => "",
            Domain::Message => "zksensor/message/v1",
            Domain::Leaf => "zksensor/leaf/v2",
            Domain::Node => "zksensor/node/v1",
            Domain::Identity => "zksensor/identity/v1",
            Domain::Nullifier => "zksensor/nullifier/v1",
            Domain::Commitment => "zksensor/commitment/v1",
            Domain::Policy => "zksensor/policy/v2",
            Domain::Fence => "zksensor/fence/v1",
            Domain::Frame => "zksensor/frame/v1",
            Domain::Samples => "zksensor/samples/v1",
            Domain::Seal => "zksensor/seal/v1",
            Domain::NoiseSeed => "zksensor/noise-seed/v1",
            Domain::NoiseWords => "zksensor/noise-words/v1",
        }
    }

    /// The tag: the name read as a big-endian integer (at most 31 bytes, so below r); 0 for [`Domain::Eddsa`].
    pub fn tag(self) -> Fr {
        let name = self.name().as_bytes();
        let mut bytes = [0u8; 32];
        bytes[32 - name.len()..].copy_from_slice(name);
        field::from_be_bytes(&bytes).expect("at most 31 bytes are below r")
    }
}

/// The largest number of inputs in use: an 8-ary tree node, or a chain and seven samples.
pub const MAX_INPUTS: usize = 8;

/// Constants for one width (number of inputs + 1).
pub struct Parameters {
    /// Lanes of the state.
    pub width: usize,
    /// Full rounds, half before and half after the partial ones.
    pub full_rounds: usize,
    /// Partial rounds: S-box on lane 0 only.
    pub partial_rounds: usize,
    /// Round constants, `width` for each round.
    pub round_constants: Vec<Fr>,
    /// The MDS matrix by rows.
    pub mds: Vec<Vec<Fr>>,
}

/// The constants for `inputs` inputs, 1 to [`MAX_INPUTS`].
///
/// # Panics
/// If `inputs` is 0 or above [`MAX_INPUTS`]: the number of inputs is fixed by the caller's code, never by data.
pub fn parameters(inputs: usize) -> &'static Parameters {
    static TABLE: [OnceBox<Parameters>; MAX_INPUTS] = [const { OnceBox::new() }; MAX_INPUTS];
    assert!((1..=MAX_INPUTS).contains(&inputs), "poseidon takes 1 to {MAX_INPUTS} inputs, got {inputs}");
    TABLE[inputs - 1].get_or_init(|| Box::new(constants::draw(inputs + 1)))
}

/// The constants for `inputs` inputs, 1 to [`MAX_INPUTS`], of the permutation with cheap partial rounds: the same function, which
/// [`hash`] computes by them.
///
/// # Panics
/// As [`parameters`].
pub fn rounds(inputs: usize) -> Rounds {
    macro_rules! rounds_by_width {
        ($($count:literal => $width:literal),*) => {
            match inputs {
                $($count => Schedule::<$width>::new(parameters($count)).rounds(),)*
                count => panic!("poseidon takes 1 to {MAX_INPUTS} inputs, got {count}"),
            }
        };
    }
    rounds_by_width!(1 => 2, 2 => 3, 3 => 4, 4 => 5, 5 => 6, 6 => 7, 7 => 8, 8 => 9)
}

/// The Poseidon hash of 1 to 8 elements in `domain`.
///
/// # Panics
/// If the number of inputs is 0 or above [`MAX_INPUTS`].
pub fn hash(domain: Domain, inputs: &[Fr]) -> Fr {
    macro_rules! hash_by_width {
        ($($count:literal => $width:literal),*) => {
            match inputs.len() {
                $($count => {
                    static SCHEDULE: OnceBox<Schedule<$width>> = OnceBox::new();
                    let mut state = [domain.tag(); $width];
                    state[1..].copy_from_slice(inputs);
                    let schedule = SCHEDULE.get_or_init(|| Box::new(Schedule::new(parameters($count))));
                    schedule.first_lane(state)
                })*
                count => panic!("poseidon takes 1 to {MAX_INPUTS} inputs, got {count}"),
            }
        };
    }
    hash_by_width!(1 => 2, 2 => 3, 3 => 4, 4 => 5, 5 => 6, 6 => 7, 7 => 8, 8 => 9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use ark_ff::{AdditiveGroup, Field, MontFp, UniformRand};
    use light_poseidon::parameters::bn254_x5::get_poseidon_parameters;
    use light_poseidon::{Poseidon, PoseidonHasher};
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    /// The permutation as it is defined: every round adds its constants and multiplies by the whole matrix.
    fn plain(domain: Domain, inputs: &[Fr]) -> Fr {
        let constants = parameters(inputs.len());
        let mut state = vec![domain.tag()];
        state.extend_from_slice(inputs);
        let half = constants.full_rounds / 2;
        for (round, round_constants) in constants.round_constants.chunks_exact(constants.width).enumerate() {
            for (lane, constant) in state.iter_mut().zip(round_constants) {
                *lane += constant;
            }
            let partial = round >= half && round < half + constants.partial_rounds;
            for lane in state.iter_mut().take(if partial { 1 } else { constants.width }) {
                *lane *= lane.square().square();
            }
            state = constants
                .mds
                .iter()
                .map(|row| row.iter().zip(&state).fold(Fr::ZERO, |sum, (m, lane)| sum + *m * lane))
                .collect();
        }
        state[0]
    }

    #[test]
    fn agrees_with_circomlibjs() {
        // circomlibjs test/poseidon.js: poseidon([1, 2]).
        let expected =
            MontFp!("7853200120776062878684798364095072458815029376092732009249414926327459813530");
        assert_eq!(hash(Domain::Eddsa, &[Fr::from(1u64), Fr::from(2u64)]), expected);
    }

    #[test]
    fn constants_are_those_of_light_poseidon_at_every_width() {
        for count in 1..=MAX_INPUTS {
            let ours = parameters(count);
            let oracle = get_poseidon_parameters::<Fr>(u8::try_from(count + 1).unwrap()).unwrap();
            assert_eq!(ours.width, oracle.width);
            assert_eq!(ours.full_rounds, oracle.full_rounds);
            assert_eq!(ours.partial_rounds, oracle.partial_rounds);
            assert_eq!(ours.round_constants, oracle.ark, "{count} inputs");
            assert_eq!(ours.mds, oracle.mds, "{count} inputs");
        }
    }

    #[test]
    fn agrees_with_the_definition_and_light_poseidon_at_every_width() {
        let mut rng = ChaCha20Rng::seed_from_u64(0);
        for count in 1..=MAX_INPUTS {
            let mut vectors = vec![vec![Fr::ZERO; count], vec![-Fr::ONE; count]];
            vectors.extend((0..8).map(|_| (0..count).map(|_| Fr::rand(&mut rng)).collect()));
            for inputs in vectors {
                for domain in Domain::ALL {
                    let digest = hash(domain, &inputs);
                    assert_eq!(digest, plain(domain, &inputs), "{domain:?}, {count} inputs");
                    let mut oracle = Poseidon::<Fr>::with_domain_tag_circom(count, domain.tag()).unwrap();
                    assert_eq!(digest, oracle.hash(&inputs).unwrap(), "{domain:?}, {count} inputs");
                }
            }
        }
    }

    /// The permutation as [`Rounds`] says that it goes.
    fn by_rounds(domain: Domain, inputs: &[Fr]) -> Fr {
        let rounds = rounds(inputs.len());
        let power = |lane: Fr| lane * lane.square().square();
        let times = |row: &[Fr], state: &[Fr]| row.iter().zip(state).map(|(m, lane)| *m * lane).sum::<Fr>();
        let full = |state: &[Fr], constants: &[Fr], matrix: &[Vec<Fr>]| -> Vec<Fr> {
            let state: Vec<Fr> = state.iter().zip(constants).map(|(lane, c)| power(*lane + c)).collect();
            matrix.iter().map(|row| times(row, &state)).collect()
        };
        let mut state = vec![domain.tag()];
        state.extend_from_slice(inputs);
        for (round, constants) in rounds.before.iter().enumerate() {
            let last = round + 1 == rounds.before.len();
            state = full(&state, constants, if last { &rounds.transition } else { &rounds.mds });
        }
        for round in &rounds.partial {
            let lane = power(state[0] + round.constant);
            state[0] = lane;
            let first = times(&round.row, &state);
            state.iter_mut().zip(&round.column).skip(1).for_each(|(other, factor)| *other += lane * factor);
            state[0] = first;
        }
        for constants in &rounds.after {
            state = full(&state, constants, &rounds.mds);
        }
        state[0]
    }

    #[test]
    fn cheap_rounds_are_the_same_function_at_every_width() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for count in 1..=MAX_INPUTS {
            let inputs: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
            assert_eq!(by_rounds(Domain::Node, &inputs), plain(Domain::Node, &inputs), "{count} inputs");
        }
    }

    #[test]
    fn domains_differ() {
        for (index, domain) in Domain::ALL.iter().enumerate() {
            assert!(Domain::ALL[..index].iter().all(|other| other.tag() != domain.tag()));
        }
    }
}
