//! A private sum over many devices, in the unit of its channel.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Figure, amount_of, channel_of};
use crate::amount::{Amount, Mean};
use crate::claim::private_sum::PrivateSumInputs;
use crate::noise::NoiseRules;
use crate::policy::Policy;

/// Decimal places that epsilon is shown with.
const EPSILON_PLACES: u32 = 4;

/// What a private sum publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noisy {
    channel: String,
    devices: u32,
    least_devices: u32,
    sum: Amount,
    noise_scale: Amount,
    epsilon: Amount,
}

impl Noisy {
    /// What a private sum publishes under its policy, which has these rules.
    pub fn of(policy: &Policy, rules: NoiseRules, inputs: &PrivateSumInputs) -> Noisy {
        let parts = policy.parts();
        let (span, scale) = rules.epsilon(parts.high.abs_diff(parts.low));
        // Below 2^40 * 10^4, and never less than it is.
        let epsilon = (u128::from(span) * 10u128.pow(EPSILON_PLACES)).div_ceil(u128::from(scale));
        Noisy {
            channel: channel_of(policy),
            devices: inputs.count,
            least_devices: parts.k,
            sum: amount_of(policy, inputs.sum),
            noise_scale: amount_of(policy, 1 << rules.scale_bits()),
            epsilon: Amount::new(i64::try_from(epsilon).unwrap_or(i64::MAX), EPSILON_PLACES, ""),
        }
    }

    /// Name of the channel; its number and that of the schema, if the registry of schemas has not got it.
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// The sum with its noise, in the channel's unit.
    pub fn sum(&self) -> Amount {
        self.sum
    }

    /// The mean that the noise moved: exact as a ratio, and rounded where it is shown.
    pub fn mean(&self) -> Mean {
        Mean::of(self.sum, self.devices)
    }

    /// Devices that it is of, k at least: the exact number.
    pub fn devices(&self) -> u32 {
        self.devices
    }

    /// The policy's k.
    pub fn least_devices(&self) -> u32 {
        self.least_devices
    }

    /// The scale of the noise in the sum, in the channel's unit: it is more than three times as much once in 20 times.
    pub fn noise_scale(&self) -> Amount {
        self.noise_scale
    }

    /// What one release costs of a device's privacy, rounded up to four places.
    pub fn epsilon(&self) -> Amount {
        self.epsilon
    }

    pub(super) fn figures(&self) -> Vec<(&'static str, Option<Figure>)> {
        [
            ("mean", Figure::Mean(self.mean())),
            ("sum", Figure::Amount(self.sum)),
            ("noise_scale", Figure::Amount(self.noise_scale)),
            ("epsilon", Figure::Amount(self.epsilon)),
            ("devices", Figure::Count(self.devices.into())),
            ("least_devices", Figure::Count(self.least_devices.into())),
        ]
        .map(|(name, figure)| (name, Some(figure)))
        .into()
    }
}

/// Without place and time.
impl fmt::Display for Noisy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Noisy { channel, devices, least_devices, noise_scale, epsilon, .. } = self;
        write!(
            f,
            "{}, mean {channel} of {devices} devices (at least {least_devices}) with noise of scale {noise_scale} in the sum (epsilon {epsilon})",
            self.mean()
        )
    }
}
