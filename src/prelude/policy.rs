//! A policy, built with units.

use zksensor_io::import::{accuracy_mm, channel_value};
use zksensor_io::policy::from_toml;
use zksensor_model::claim::ClaimFamily;
use zksensor_model::claim::aggregate::Aggregate;
use zksensor_model::policy::{self as model, Outputs, Parameters, PolicyId, PolicyParts};
use zksensor_model::reading::{ACCURACY_UNKNOWN, Network, UnixMillis};

use super::{Channel, Error, Fence, Interval};

const HOUR_MS: u64 = 3_600_000;

/// What everybody agrees on: where, when, of what channel in which range, of how many devices at least. With its fence.
#[derive(Debug, Clone)]
pub struct Policy {
    policy: model::Policy,
    fence: Fence,
    channel: Channel,
}

impl Policy {
    /// Starts a policy for readings that are signed for the registry contract at this address on this chain. Off a chain both are what the
    /// project picks: readings signed for one pair count under no other.
    pub fn on_chain(chain_id: u64, registry: [u8; 20]) -> PolicyBuilder {
        PolicyBuilder {
            network: Network::new(chain_id, registry),
            channel: None,
            range: None,
            fence: None,
            epochs: None,
            k: None,
            accuracy: None,
            device_class: None,
            outputs: Outputs::default(),
            insecure_small_k: false,
        }
    }

    /// The policy of a text, as the command reads it (TOML, [`zksensor_io::policy`]), with its fence.
    ///
    /// # Errors
    /// [`Error::PolicyToml`]; [`Error::Statement`] unless it is about an aggregate, [`Error::OwnSchema`] if its schema is not of the
    /// registry.
    pub fn from_toml(text: &str, fence: Fence) -> Result<Policy, Error> {
        let policy = from_toml(text, Some(fence.model()))?;
        let parts = policy.parts();
        if !Aggregate::is_of(&policy) {
            let wanted = Aggregate::id_of(Vec::new()).title();
            let got = format!("{}/v{}", parts.family.name(), parts.statement_version);
            return Err(Error::Statement { what: "a policy", wanted, got });
        }
        let own = Error::OwnSchema { got: parts.schema };
        let channel = Channel::numbered(parts.schema, parts.channel).ok_or(own)?;
        Ok(Policy { policy, fence, channel })
    }

    /// The id, which a proof shows and a contract has.
    pub fn id(&self) -> PolicyId {
        self.policy.id()
    }

    /// The channel that the statistic is of.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// Where readings have to be.
    pub fn fence(&self) -> &Fence {
        &self.fence
    }

    /// The epoch that holds a time.
    ///
    /// # Errors
    /// [`Error::NoEpochOf`] before the first epoch, and where they have run out.
    pub fn epoch_of(&self, time: UnixMillis) -> Result<u32, Error> {
        let origin = self.policy.parts().epoch_origin;
        self.policy.epoch_of(time).ok_or_else(|| Error::no_epoch_of(origin, time))
    }

    /// When an epoch is.
    ///
    /// # Errors
    /// [`Error::NoEpoch`] if it would end after 2^48 milliseconds.
    pub fn interval(&self, epoch: u32) -> Result<Interval, Error> {
        Interval::of(&self.policy, epoch).ok_or(Error::NoEpoch { got: epoch })
    }

    /// The policy as the crates underneath take it. Its `Display` is for people.
    pub fn model(&self) -> &model::Policy {
        &self.policy
    }
}

/// A policy that is being built. What has no default is an error of [`PolicyBuilder::build`] if it was not said.
#[derive(Debug, Clone)]
#[must_use = "a policy is there once it is built"]
pub struct PolicyBuilder {
    network: Network,
    channel: Option<Channel>,
    range: Option<(String, String)>,
    fence: Option<Fence>,
    epochs: Option<(String, u64)>,
    k: Option<u32>,
    accuracy: Option<String>,
    device_class: Option<u16>,
    outputs: Outputs,
    insecure_small_k: bool,
}

impl PolicyBuilder {
    /// A proof shows the mean of this channel, by its sum and count.
    pub fn mean(self, of: Channel) -> Self {
        PolicyBuilder { channel: Some(of), ..self }
    }

    /// Values are within these bounds, both included: decimal text in the channel's unit, such as `"-40"` and `"60"`. A stuck or spoofed
    /// sensor moves a mean by as much as they allow.
    pub fn between(self, low: &str, high: &str) -> Self {
        PolicyBuilder { range: Some((low.to_owned(), high.to_owned())), ..self }
    }

    /// Readings are inside this fence.
    pub fn inside(self, fence: Fence) -> Self {
        PolicyBuilder { fence: Some(fence), ..self }
    }

    /// An epoch is an hour; epoch 0 begins at `origin`, in UTC such as `"2026-01-01T00:00:00Z"`.
    pub fn hourly(self, origin: &str) -> Self {
        self.epochs(origin, HOUR_MS)
    }

    /// An epoch is 24 hours; epoch 0 begins at `origin`, as of [`hourly`](PolicyBuilder::hourly).
    pub fn daily(self, origin: &str) -> Self {
        self.epochs(origin, 24 * HOUR_MS)
    }

    /// An epoch is so many milliseconds; epoch 0 begins at `origin`, as of [`hourly`](PolicyBuilder::hourly).
    pub fn epochs(self, origin: &str, length_ms: u64) -> Self {
        PolicyBuilder { epochs: Some((origin.to_owned(), length_ms)), ..self }
    }

    /// A proof is of so many devices at least (k): a value hides among so many. Below 5 is refused, unless
    /// [`insecure_small_k`](PolicyBuilder::insecure_small_k).
    pub fn at_least(self, devices: u32) -> Self {
        PolicyBuilder { k: Some(devices), ..self }
    }

    /// Locations are this accurate at least: decimal metres, such as `"10"`. Unless this is called any accuracy counts, the unknown one
    /// included.
    pub fn accuracy_m(self, most: &str) -> Self {
        PolicyBuilder { accuracy: Some(most.to_owned()), ..self }
    }

    /// Devices are of this class, as the registry has it; of any class unless this is called.
    pub fn device_class(self, class: u16) -> Self {
        PolicyBuilder { device_class: Some(class), ..self }
    }

    /// A proof shows the smallest value, too: somebody's exact one.
    pub fn minimum(mut self) -> Self {
        self.outputs.minimum = true;
        self
    }

    /// A proof shows the largest value, too: somebody's exact one.
    pub fn maximum(mut self) -> Self {
        self.outputs.maximum = true;
        self
    }

    /// Takes a k below 5.
    ///
    /// # Security
    /// With k = 1 the mean is a value of somebody; with k = 2 each of the two devices learns the other's.
    pub fn insecure_small_k(self) -> Self {
        PolicyBuilder { insecure_small_k: true, ..self }
    }

    /// The policy.
    ///
    /// # Errors
    /// [`Error::Missing`] for channel, range, fence, epochs or k; [`Error::Value`] and [`Error::Accuracy`] for text that is no bound in
    /// the channel's unit and plausible range, [`Error::Origin`] for text that is no time; [`Error::Policy`] if the parts do not fit.
    pub fn build(self) -> Result<Policy, Error> {
        let missing = |what, call| Error::Missing { what, call };
        let channel = self.channel.ok_or(missing("a channel", ".mean(air_quality::TEMPERATURE)"))?;
        let (low, high) = self.range.ok_or(missing("a range of values", ".between(\"-40\", \"60\")"))?;
        let fence = self.fence.ok_or(missing("a fence", ".inside(Fence::geojson(..)?)"))?;
        let epochs = self.epochs.ok_or(missing("epochs", ".hourly(\"2026-01-01T00:00:00Z\")"))?;
        let k = self.k.ok_or(missing("a least number of devices", ".at_least(5)"))?;
        let bound = |what, text: &str| {
            channel_value(channel.channel(), text).map_err(Error::value(what, channel.name(), text))
        };
        let accuracy = self.accuracy.map(|text| accuracy_mm(&text).map_err(Error::accuracy(&text)));
        let policy = model::Policy::new(PolicyParts {
            network: self.network,
            fence: fence.model().root(),
            low: bound("least value of", &low)?,
            high: bound("greatest value of", &high)?,
            max_accuracy_mm: accuracy.transpose()?.unwrap_or(ACCURACY_UNKNOWN),
            epoch_origin: epochs.0.parse().map_err(Error::Origin)?,
            epoch_length_ms: epochs.1,
            k,
            family: Aggregate::FAMILY,
            statement_version: Aggregate::VERSION,
            schema: channel.schema().id,
            channel: channel.index(),
            device_class: self.device_class,
            outputs: self.outputs,
            parameters: Parameters::NONE,
            insecure_small_k: self.insecure_small_k,
        })?;
        Ok(Policy { policy, fence, channel })
    }
}
