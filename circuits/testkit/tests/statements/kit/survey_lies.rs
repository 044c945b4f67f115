//! What one row of `survey` alone refuses: wires that lie, and frames of a device that signs whatever it likes.

use zksensor_circuits::statement::Binding;
use zksensor_circuits::statement::survey::Survey;
use zksensor_model::field::Fr;

use super::super::tested::{Lies, Tested};
use super::{EXTREMES, surveyed};
use zksensor_testkit::FleetOptions;

/// All of them, at claims of the small shape.
pub(super) fn all() -> Vec<Lies<Survey>> {
    let published = || FleetOptions { outputs: EXTREMES, ..Survey::options() };
    // What a hook switches off or counts twice.
    let mut lies: Vec<Lies<Survey>> = [1, 2]
        .map(|count| {
            let claim = Survey::claim(&surveyed(count, 2, published()), Binding::NONE);
            Lies::of(claim, "active", |_| [0u64, 2].map(|value| vec![Fr::from(value)]).into())
        })
        .into();
    // Extremes that no sample attains, and that nobody asked for.
    let claim = Survey::claim(&surveyed(1, 2, Survey::options()), Binding::NONE);
    lies.push(Lies::of(claim, "minimum and maximum", |honest| {
        let (one, minimum, maximum) = (Fr::from(1u64), honest[0], honest[1]);
        vec![vec![minimum - one, maximum], vec![minimum, maximum + one]]
    }));
    let claim = Survey::claim(&surveyed(2, 2, Survey::options()), Binding::NONE);
    lies.push(Lies::of(claim, "extreme", |honest| {
        let one = Fr::from(1u64);
        vec![vec![honest[0] - one], vec![honest[0] + one]]
    }));
    lies
}
