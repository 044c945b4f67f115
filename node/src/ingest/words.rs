//! Rules in words: what was wanted and what to do, without anything of the reading.

/// Whether something is refused by a rule for now alone: the clock of this machine may be behind, and a registry is read again.
#[cfg(feature = "nats")]
pub(crate) fn is_for_now(rule: &str) -> bool {
    matches!(rule, "early" | "registry")
}

/// What an answer says besides a rule's code.
pub(super) fn of(rule: &str) -> &'static str {
    match rule {
        "C3" => "wanted a signature of its key over the reading, got another one; it was altered on its way",
        "C4" => "wanted a device that is in the registry at the end of the epoch; enrol it",
        "C5" => "wanted a location inside the fence of the policy, got one outside; check policy and device",
        "C6" => {
            "wanted a time in an epoch of the policy, got one before the first or after the last; check the device's clock"
        }
        "C7" => {
            "wanted a value in the range of the policy, got one outside; check the sensor and the policy's range"
        }
        "C8" => "wanted a location as accurate as the policy asks for, got a worse or an unknown one",
        "C9" => "wanted a device of the policy's class, got another; enrol it with that class",
        "C10" => "wanted a device whose registration has not expired; enrol it again",
        "C11" => {
            "wanted a reading that is signed for the policy's network, got one for another; set chain id and registry on the device"
        }
        "C12" => "wanted a reading of the policy's schema, got another; set the schema on the device",
        "C14" => "wanted a device of this chunk of the registry; use the registry of the epoch",
        "S1" => {
            "wanted a frame of as many samples as the proof holds, got more; set the device to shorter frames"
        }
        "S2" => "wanted counted samples in the order of time, got two at one time; check the device's clock",
        "S3" => {
            "wanted as many samples that obey the policy as it asks for, got fewer; check policy and device"
        }
        "S4" => "wanted no more samples that count for nothing than the policy lets be left out, got more",
        "S5" => "wanted values as far apart as the policy asks for, got nearly one; the sensor may be stuck",
        "S6" => {
            "wanted values that move in steps of the policy's size at most, got larger ones; check the sensor"
        }
        "early" => {
            "wanted a time that this node's clock has reached, got one ahead; check both clocks and send it again"
        }
        "equivocation" => {
            "the device signed another content with this sequence number before, which counts; both are kept as evidence"
        }
        "frames" => "wanted a signed reading, as every policy of this node is about readings, got a frame",
        "readings" => "wanted a signed frame, as every policy of this node is about frames, got a reading",
        "late" => {
            "wanted a reading of an epoch that is open, got one whose epochs are closed; send within the time of grace"
        }
        "malformed" => {
            "wanted the canonical bytes of a signed reading or frame; send what `SignedReading::encode` and `SignedFrame::encode` give"
        }
        "registry" => "the registry of the epoch is not known to this node; send it again when it is",
        _ => "the policy does not fit this epoch; tell whoever runs the node",
    }
}

#[cfg(test)]
mod tests {
    use zksensor::circuits::statement::Rule;
    use zksensor::circuits::statement::survey::Survey;
    use zksensor::model::claim::Claim as _;

    #[test]
    fn every_rule_about_a_reading_has_words_of_its_own() {
        let mut words = Vec::new();
        for rule in Rule::OF_A_READING.into_iter().filter(|rule| *rule != Rule::POLICY) {
            words.push(super::of(&rule.to_string()));
        }
        let own = Survey::new(1, 7, 8, 2, true).unwrap().rules().into_iter().map(|rule| rule.to_string());
        words.extend(own.filter(|rule| rule.starts_with('S')).map(|rule| super::of(&rule)));
        for rule in ["early", "equivocation", "frames", "late", "malformed", "readings", "registry", "policy"]
        {
            words.push(super::of(rule));
        }
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all, "two rules have the same words");
    }
}
