//! Claims that hold, at which rows differ in what they decide: each comparison by its last digit, each value at its ends.

use zksensor_testkit::{Fleet, FleetOptions, middle};

use super::kit::{Tested, World, epoch, millis};

/// So short that the time is near both ends of the epoch.
const SHORT: u64 = 40;

/// Worlds for the small shape of a statement: one reading, and two where it has room.
pub(super) fn of<S: Tested>() -> Vec<World> {
    let (options, room) = (S::options(), S::room());
    let mut worlds = Vec::new();
    for value in values() {
        worlds.extend(tight(1, &options, &[value]));
        if room > 1 {
            worlds.extend(tight(2, &options, &[value, Fleet::HIGH]));
        }
    }
    worlds
}

fn values() -> [i64; 3] {
    [Fleet::HIGH, 12_345, Fleet::LOW]
}

/// Readings in a short epoch, that expire at once and are as inaccurate as they may; and the fleet's, of the same values.
fn tight(count: usize, options: &FleetOptions, values: &[i64]) -> [World; 2] {
    let mut loose = World::new(count, options.clone());
    loose.values(values);
    let mut tight = loose.clone();
    tight.policy(|parts| parts.epoch_length_ms = SHORT);
    let (start, end) = epoch(&tight);
    for (member, time) in [start + 3, end - 2].into_iter().take(count).enumerate() {
        tight.members[member].leaf.attributes.expiry = millis(time + 1);
        tight.edit(member, |reading| {
            (reading.time, reading.accuracy_mm) = (millis(time), Fleet::MAX_ACCURACY);
        });
    }
    // Triangle 0 stands in the padding again, so that several factors of a membership are zero there.
    let second = middle(&loose.fleet.fence.triangles()[1]);
    loose.edit(0, |reading| reading.location = second);
    [tight, loose]
}
