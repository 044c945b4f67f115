//! Which samples of a frame are counted, where whoever proves may choose.

use zksensor_model::fence::Fence;
use zksensor_model::policy::Policy;
use zksensor_model::survey::choose;

use super::{EnrolledFrame, SurveyDevice, places_of};

impl SurveyDevice {
    /// Counts the most samples that can be counted together, of those that obey the policy in the triangles that hold the most of them. Whether
    /// that is enough is for [`SurveyWitness::check_device`](super::SurveyWitness::check_device).
    pub fn fullest(policy: &Policy, fence: &Fence, frame: EnrolledFrame) -> Self {
        let (parts, samples) = (policy.parts(), frame.signed.frame().samples());
        let (channel, expiry) = (usize::from(parts.channel), frame.attributes.expiry.get());
        let obeys = |index: usize| {
            let value = samples[index].channels.get(channel);
            value.is_some_and(|value| (parts.low..=parts.high).contains(value))
                && samples[index].accuracy_mm <= parts.max_accuracy_mm
                && frame.signed.frame().time(index).get() < expiry
        };
        let obey: Vec<bool> = (0..samples.len()).map(obeys).collect();
        let locations = samples.iter().zip(&obey).filter(|(_, obeys)| **obeys);
        let places = places_of(fence, locations.map(|(sample, _)| &sample.location));
        let mut device = SurveyDevice { frame, counted: obey, places };
        let samples = device.frame.signed.frame().samples();
        let may: Vec<bool> = samples
            .iter()
            .zip(&device.counted)
            .map(|(sample, obeys)| *obeys && device.locate(fence, &sample.location).is_some())
            .collect();
        device.counted = match policy.survey_rules() {
            Some(rules) => choose(&rules, channel, samples, &may),
            None => may, // no policy for surveys: C1 refuses it
        };
        device
    }
}
