//! What a verifying key must not be. The equations behind each check are in the documentation of
//! [`crate::VerifyingKey`].

use std::collections::HashMap;

use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ec::AffineRepr;

use super::KeyPoints;
use crate::bytes::{check_g1, check_g2};
use crate::error::{KeyElement, KeyError, PointError};

/// Refuses a key with which someone could forge, or exchange public inputs.
pub(crate) fn check(key: &KeyPoints) -> Result<(), KeyError> {
    unforgeable(key)?;
    match repeated(&key.gamma_abc_g1) {
        Some((first, second)) => Err(KeyError::IcRepeated { first, second }),
        None => Ok(()),
    }
}

/// Refuses a key with which someone could forge.
pub(crate) fn unforgeable(key: &KeyPoints) -> Result<(), KeyError> {
    let ic = &key.gamma_abc_g1;
    if ic.is_empty() || u32::try_from(ic.len()).is_err() {
        return Err(KeyError::IcCount { got: ic.len() });
    }
    points(key)?;
    unrelated(&[
        (KeyElement::Beta, &key.beta_g2),
        (KeyElement::Gamma, &key.gamma_g2),
        (KeyElement::Delta, &key.delta_g2),
    ])?;
    contributed(key)
}

/// On the curve, of order r, not the identity.
fn points(key: &KeyPoints) -> Result<(), KeyError> {
    let at = |element| move |reason: PointError| KeyError::Point { element, reason };
    check_g1(&key.alpha_g1).map_err(at(KeyElement::Alpha))?;
    check_g2(&key.beta_g2).map_err(at(KeyElement::Beta))?;
    check_g2(&key.gamma_g2).map_err(at(KeyElement::Gamma))?;
    check_g2(&key.delta_g2).map_err(at(KeyElement::Delta))?;
    for (index, point) in key.gamma_abc_g1.iter().enumerate() {
        check_g1(point).map_err(at(KeyElement::Ic(index)))?;
    }
    Ok(())
}

/// No two of the points are equal up to sign, which on these curves is to share x.
fn unrelated(points: &[(KeyElement, &G2Affine)]) -> Result<(), KeyError> {
    for (index, (first, one)) in points.iter().enumerate() {
        for (second, other) in &points[index + 1..] {
            if one.x == other.x {
                return Err(KeyError::Related { first: *first, second: *second });
            }
        }
    }
    Ok(())
}

/// alpha, beta and delta are not where a setup starts.
fn contributed(key: &KeyPoints) -> Result<(), KeyError> {
    let generator = |element, initial: bool| match initial {
        true => Err(KeyError::Generator { element }),
        false => Ok(()),
    };
    generator(KeyElement::Alpha, key.alpha_g1.x == G1Affine::generator().x)?;
    generator(KeyElement::Beta, key.beta_g2.x == G2Affine::generator().x)?;
    generator(KeyElement::Delta, key.delta_g2.x == G2Affine::generator().x)
}

/// The first two IC points that are equal up to sign.
pub(crate) fn repeated(ic: &[G1Affine]) -> Option<(usize, usize)> {
    let mut seen: HashMap<Fq, usize> = HashMap::with_capacity(ic.len());
    ic.iter()
        .enumerate()
        .find_map(|(second, point)| seen.insert(point.x, second).map(|first| (first, second)))
}
