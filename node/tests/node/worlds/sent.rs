//! What devices sign in a world.

use std::sync::OnceLock;

use zksensor_node::intake::Item;

use crate::ride::ride;
use crate::scene::town;

/// Something that a device signed, and when it can be sent.
pub(super) struct Sent {
    pub(super) device: usize,
    pub(super) epoch: u32,
    pub(super) time: u64,
    pub(super) item: Item,
    /// Another content that the device signed with the same number.
    pub(super) twin: Item,
}

/// All of it: the town's readings, then its frames of which enough counts.
pub(super) fn sent() -> &'static [Sent] {
    static SENT: OnceLock<Vec<Sent>> = OnceLock::new();
    SENT.get_or_init(|| {
        let readings = town().readings.iter().map(|signed| {
            let twin = town().sign(signed.device, signed.time, signed.value + 1, signed.time);
            Sent {
                device: signed.device,
                epoch: signed.epoch,
                time: signed.time,
                item: Item::Reading(signed.bytes.clone()),
                twin: Item::Reading(twin),
            }
        });
        let frames = ride().frames.iter().filter(|frame| frame.is_good()).map(|frame| {
            // Fuller than any other, so that it would be proven.
            let twin = ride().frame(frame.start, (14, 0), 5_000);
            Sent {
                device: frame.device,
                epoch: frame.epoch,
                time: frame.time,
                item: Item::Frame(frame.bytes.clone()),
                twin: Item::Frame(ride().sign_of(frame.device, twin)),
            }
        });
        readings.chain(frames).collect()
    })
}
