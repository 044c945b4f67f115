//! What a policy's id is the hash of, lane by lane, so that whoever has another implementation sees where it differs.

use serde_json::{Map, Value, json};
use zksensor::files::show_field;
use zksensor::model::field::{self, Fr};
use zksensor::model::policy::Policy;
use zksensor::model::preimages::{self, Lane};

/// The domain of the hash and its lanes in order, each as the element that is hashed and as the parts that are packed in it, the most
/// significant first (docs/preimages.md).
pub(super) fn to_json(policy: &Policy) -> Value {
    let table = preimages::Policy::PREIMAGE;
    let lanes = policy.lanes();
    let lanes: Vec<Value> =
        table.lanes.iter().zip(&lanes).map(|(lane, element)| of_lane(lane, element)).collect();
    json!({ "domain": table.domain.name(), "lanes": lanes })
}

fn of_lane(lane: &Lane, element: &Fr) -> Value {
    let encoded = lane.unpack(element).expect("a policy's lanes are packed from their parts");
    let parts: Map<String, Value> = lane
        .parts()
        .zip(&encoded)
        .map(|((part, _), value)| (part.name.to_owned(), show_field(part, value)))
        .collect();
    json!({ "name": lane.name, "element": field::to_hex(element), "parts": parts })
}
