//! What `policy check` says of a policy for private sums.

use std::fmt;

use serde_json::{Value, json};
use zksensor::model::amount::Amount;
use zksensor::model::noise::accounting::Cost;
use zksensor::model::policy::Policy;

/// What an epsilon is warned of above.
const LARGE: f64 = 10.0;

/// Epochs whose cost together is shown: of hourly ones those of a day, a week, 30 days and a year.
const EPOCHS: [u32; 4] = [24, 168, 720, 8_760];

/// The probability by which advanced composition may fail.
const SLACK: f64 = 1e-6;

/// The noise of a policy for private sums, and what it costs a device's privacy.
pub(super) struct Facts {
    scale: Amount,
    scale_bits: u8,
    each: Cost,
}

impl Facts {
    /// Those of the policy; `None` if it is for another statement.
    pub(super) fn of(policy: &Policy) -> Option<Facts> {
        let (rules, parts) = (policy.noise_rules()?, policy.parts());
        let scale = 1i64 << rules.scale_bits();
        let scale = policy.channel().map_or(Amount::new(scale, 0, ""), |channel| channel.amount(scale));
        let each = Cost::of_release(rules.epsilon(parts.high.abs_diff(parts.low)));
        Some(Facts { scale, scale_bits: rules.scale_bits(), each })
    }

    /// Warns of noise that hides little.
    pub(super) fn check(&self, warnings: &mut Vec<String>) {
        let epsilon = self.each.epsilon;
        if epsilon > LARGE {
            warnings.push(format!(
                "epsilon is {epsilon:.2} a release, above {LARGE}: such noise hides next to nothing; raise scale_bits, each bit halves it"
            ));
        }
    }

    /// The epochs, what they cost by adding up, and by advanced composition.
    fn together(&self) -> impl Iterator<Item = (u32, Cost, Cost)> {
        let each = self.each;
        EPOCHS.into_iter().map(move |epochs| (epochs, each.basic(epochs), each.advanced(epochs, SLACK)))
    }

    pub(super) fn to_json(&self) -> Value {
        let cost = |cost: Cost| json!({ "epsilon": cost.epsilon, "delta": cost.delta });
        let together = self.together().map(|(epochs, basic, advanced)| {
            json!({ "epochs": epochs, "basic": cost(basic), "advanced": cost(advanced) })
        });
        json!({
            "scale_bits": self.scale_bits, "scale": self.scale.to_string(), "epsilon": self.each.epsilon, "delta": self.each.delta,
            "together": together.collect::<Vec<_>>(),
        })
    }
}

/// A line a fact.
impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Facts { scale, each, .. } = self;
        writeln!(
            f,
            "scale      of the noise in the sum {scale}; it is beyond three times as much once in 20 times"
        )?;
        // Rounded up, as everywhere.
        let epsilon = (each.epsilon * 1e4).ceil() / 1e4;
        writeln!(f, "epsilon    {epsilon:.4} a release (delta {:.0e})", each.delta)?;
        for (epochs, basic, advanced) in self.together() {
            writeln!(
                f,
                "together   of {epochs} epochs {:.2} by adding up, {:.2} by advanced composition (delta {:.0e})",
                basic.epsilon, advanced.epsilon, advanced.delta
            )?;
        }
        f.write_str("           any exact output over the same readings voids it: an aggregate, a survey, a histogram, a reading")
    }
}
