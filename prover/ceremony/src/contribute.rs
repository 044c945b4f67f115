//! A step of the ceremony: delta times a number, which who contributes forgets; L and H by it. The points go through in parts.

use std::io::{Read, Seek, Write};

use ark_bn254::G1Affine;
use ark_ff::{Field, One, PrimeField, Zero};
use blake2::{Blake2b512, Digest};
use rand::RngCore;
use rand::rngs::OsRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};
use zksensor_model::field::Fr;

use crate::combine::unforeseen;
use crate::draw::{Draw, multiple_g1, multiple_g2};
use crate::error::CeremonyError;
use crate::parameters::{Beacon, Parameters, check_more};
use crate::point::{hashed, number};
use crate::ptau::affine;
use crate::sections::{Format, begin, begin_section, put_more, put_section};
use crate::zkey::{
    A, B_G1, B_G2, COEFFICIENTS, CONTRIBUTIONS, Contribution, GROTH16, H, HEADER, IC, L, PROTOCOL, PublicKey,
    Zkey,
};

/// The factor of a contribution. Wiped when it goes; its `Debug` says nothing.
#[derive(Zeroize, ZeroizeOnDrop)]
struct Secret(Fr);

/// 64 bytes of the system's randomness.
const RANDOM: usize = 64;

impl Secret {
    /// From the system's randomness and whatever a person typed, hashed together: as good as the better of them.
    fn draw(typed: &[u8]) -> Result<Self, CeremonyError> {
        let mut random = Zeroizing::new([0; RANDOM]);
        OsRng.try_fill_bytes(&mut *random).map_err(|_| CeremonyError::Randomness)?;
        let nth = |count: u64| {
            let mut hash = Blake2b512::new_with_prefix(b"zksensor-contribution\x01");
            hash.update(*random);
            hash.update(count.to_be_bytes());
            hash.update(typed);
            let mut bytes = Zeroizing::new([0u8; 64]);
            bytes.copy_from_slice(&hash.finalize());
            bytes[31] &= 0x3f;
            Fr::from_bigint(number(&bytes[..32])).map(Secret)
        };
        let found =
            (0..).find_map(|count| nth(count).filter(|Secret(value)| !value.is_zero() && !value.is_one()));
        Ok(found.expect("the numbers do not end"))
    }
}

impl<R: Read + Seek> Zkey<R> {
    /// Writes the key after a contribution of a secret that is drawn here, of the system's randomness and of what was typed, and forgotten.
    /// Returns the hash that whoever contributes publishes.
    ///
    /// # Errors
    /// [`CeremonyError::Name`] for a name of more than 64 bytes; [`CeremonyError::Chain`] if what came before does not hold;
    /// [`CeremonyError::Section`] for a point that is none; [`CeremonyError::Randomness`]; [`CeremonyError::System`].
    pub fn contribute(
        &mut self,
        name: &str,
        typed: &[u8],
        writer: impl Write,
    ) -> Result<[u8; 64], CeremonyError> {
        let parameters = Parameters::new(name, None)?;
        let secret = Secret::draw(typed)?;
        let mut seed = [0; 32];
        unforeseen()?.fill_bytes(&mut seed);
        self.apply(&secret, Draw::new(&seed).g1(), parameters, writer)
    }

    /// As [`Zkey::contribute`], of public randomness: with it last, nobody can have steered the key.
    ///
    /// # Errors
    /// [`CeremonyError::Beacon`], [`CeremonyError::Iterations`] and [`CeremonyError::BeaconTooMuch`]; and as [`Zkey::contribute`].
    pub fn beacon(
        &mut self,
        name: &str,
        beacon: Beacon,
        writer: impl Write,
    ) -> Result<[u8; 64], CeremonyError> {
        let parameters = Parameters::new(name, Some(beacon.clone()))?;
        check_more(self.beacons(), &beacon)?;
        let mut draw = Draw::of_beacon(&beacon.hash, beacon.iterations);
        let secret = Secret(draw.scalar());
        self.apply(&secret, draw.g1(), parameters, writer)
    }

    fn apply(
        &mut self,
        Secret(factor): &Secret,
        s: G1Affine,
        parameters: Parameters,
        mut writer: impl Write,
    ) -> Result<[u8; 64], CeremonyError> {
        let mut hash = self.check_chain()?;
        let sx = multiple_g1(s, factor);
        hash.update(hashed(&s));
        hash.update(hashed(&sx));
        let transcript: [u8; 64] = hash.finalize().into();
        let px = multiple_g2(Draw::new(&transcript).g2(), factor);
        self.header.delta_g1 = multiple_g1(self.header.delta_g1, factor);
        self.header.delta_g2 = multiple_g2(self.header.delta_g2, factor);
        let key = PublicKey { delta_after: self.header.delta_g1, s, sx, px, transcript };
        let contribution = Contribution { key, parameters };
        let published = contribution.hash();
        self.chain.contributions.push(contribution);

        begin(&mut writer, Format::Zkey, 10)?;
        put_section(&mut writer, PROTOCOL, &GROTH16.to_le_bytes())?;
        put_section(&mut writer, HEADER, &self.header.encode())?;
        for section in [IC, COEFFICIENTS, A, B_G1, B_G2] {
            self.copy(section, &mut writer)?;
        }
        let inverse = Zeroizing::new(factor.inverse().expect("a factor is not zero"));
        for section in [L, H] {
            begin_section(&mut writer, section, self.sections.size(section)?)?;
            self.each_part(section, |points: Vec<G1Affine>| {
                let scaled: Vec<G1Affine> = affine(points.len(), |at| points[at] * *inverse);
                put_more(&mut writer, &scaled)
            })?;
        }
        put_section(&mut writer, CONTRIBUTIONS, &self.chain.encode())?;
        writer.flush()?;
        Ok(published)
    }

    /// A section as it is.
    fn copy(&mut self, section: u32, writer: &mut impl Write) -> Result<(), CeremonyError> {
        const AT_A_TIME: u64 = 1 << 20;
        let size = self.sections.size(section)?;
        begin_section(writer, section, size)?;
        for from in (0..size).step_by(AT_A_TIME as usize) {
            writer.write_all(&self.sections.bytes(section, from, AT_A_TIME.min(size - from))?)?;
        }
        Ok(())
    }
}
