//! Statistics beside the sum, each of which is 0 in the public inputs unless the policy asks for it.

use std::fmt;

use zksensor_model::meaning::Statistic;

/// A line each, the extremes as the values that they are.
pub(super) fn write_asked(f: &mut fmt::Formatter<'_>, statistic: &Statistic) -> fmt::Result {
    for (name, value) in [
        ("deviation", statistic.deviation()),
        ("minimum", statistic.minimum()),
        ("maximum", statistic.maximum()),
    ] {
        let text =
            value.map_or_else(|| "the policy does not ask for it".to_owned(), |value| value.to_string());
        writeln!(f, "  {name:<15} {text}")?;
    }
    Ok(())
}
