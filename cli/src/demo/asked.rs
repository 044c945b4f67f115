//! Statistics beside the sum, each of which is 0 in the public inputs unless the policy asks for it.

use std::fmt;

use zksensor_model::policy::Policy;

/// As they are in public inputs, the extremes less the policy's low.
pub(super) struct Asked {
    pub(super) sum_of_squares: u128,
    pub(super) minimum: u64,
    pub(super) maximum: u64,
}

impl Asked {
    /// A line each.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, policy: &Policy) -> fmt::Result {
        let (outputs, low) = (&policy.parts().outputs, i128::from(policy.parts().low));
        let above_low = |value: u64| i128::from(value) + low;
        writeln!(f, "  sum of squares  {}", if_asked(outputs.sum_of_squares, self.sum_of_squares))?;
        writeln!(f, "  minimum         {}", if_asked(outputs.minimum, above_low(self.minimum)))?;
        writeln!(f, "  maximum         {}", if_asked(outputs.maximum, above_low(self.maximum)))
    }
}

fn if_asked(asked: bool, value: impl fmt::Display) -> String {
    if asked { value.to_string() } else { "0: the policy does not ask for it".to_owned() }
}
