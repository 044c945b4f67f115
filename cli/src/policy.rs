//! The commands `policy check`, `policy fence` and `policy id`.

mod family;
mod fence;
mod histogram;
mod overlap;
mod preimage;
mod private_sum;
mod survey;
mod track;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::files::{FileError, RegistryFile};
use zksensor::io::fence::Extent;
use zksensor::io::policy::PolicyDocument;
use zksensor::model::fence::Fence;
use zksensor::model::frame::MAX_FRAME_SAMPLES;
use zksensor::model::hex;
use zksensor::model::policy::{Devices, Policy, SMALLEST_K};
use zksensor::model::registry::{Chunk, RegistryError};
use zksensor::model::track::Scales;

use self::family::OfFamily;
use crate::args::{self, PolicyArgs};
use crate::error::{Advice, diagnostic};
use crate::output::Output;
use crate::schema;

/// What to do with a policy.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Checks a policy and warns of what it gives away.
    #[command(after_help = EXAMPLE)]
    Check(CheckArgs),
    /// Prints the root of a fence, and writes its triangles for others to check it.
    #[command(after_help = fence::HELP)]
    Fence(fence::Args),
    /// Prints the id: what a proof names and a contract recomputes.
    Id(PolicyArgs),
}

const EXAMPLE: &str = r#"A policy:
  [network]
  chain_id = 137                   # the chain and the contract that devices sign for
  registry = "0x1111111111111111111111111111111111111111"
  [fence]                          # leave out to pass the fence itself with --fence
  root = "0x..."
  [epoch]
  origin = "2026-01-01T00:00:00Z"  # or origin_unix_ms
  length_s = 3600                  # or length_ms
  [reading]
  schema = "air_quality"           # `zksensor schema list` shows them; from 65536 your own, which schema_file = "mast.toml" describes
  channel = "temperature"
  unit = "Cel"                     # has to be the unit of the channel
  low = -4_000                     # fixed point, here of two decimal places: -40.00 Cel
  high = 6_000
  max_accuracy_mm = 10_000
  device_class = 7                 # leave out for any
  [statement]
  family = "aggregate"             # or "survey", "histogram" or "private-sum"; or "reading" or "track", with k = 1
  version = 2
  k = 5
  # sum_of_squares = true          # to publish more than the sum: this one takes k = 8 or more,
  # minimum = true                 # and these two are somebody's exact values
  # maximum = true
  # insecure_small_k = true        # to accept a k below 5
  # parameters = "0x..."           # of a statement of your own alone

With family = "survey", version = 1:
  [survey]
  least_samples = 10               # a device of which fewer are counted does not count
  most_left_out = 20               # nor does one of which more are left out
  least_spread = 2                 # leave these two out, or: nor one that is stuck,
  largest_step = 500               # nor one that jumps; the key is one with --quality 1

With family = "private-sum", version = 1:
  [private-sum]
  scale_bits = 14                  # noise of scale 2^14 in the sum: epsilon is (high - low) / 2^14

With family = "histogram", version = 1:
  [histogram]
  bin_width = 625                  # sixteen bins of it from low on, of which the last one ends at high

With family = "track", version = 1:
  [track]
  top_speed_mm_s = 70_000          # no step within a leg is faster
  longest_gap_ms = 30_000          # a longer one begins a new leg
  jitter_mm = 40_000               # each step counts as much less
  slot_ms = 600_000                # what an uptime is counted in
  least_samples = 2
  most_left_out = 500
  round_distance_cm = 10_000       # claims are multiples of these two
  round_observed_ms = 60_000
  latitude_scale = 11_380          # leave these two out to take those of the fence,
  longitude_scale = 7_600          # which has to be passed then"#;

/// Options of `policy check`.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// A second policy: warns if both hold in the same places and epochs.
    #[arg(long, value_name = "FILE")]
    other_policy: Option<PathBuf>,
    /// The fence of the second policy.
    #[arg(long, value_name = "FILE", requires = "other_policy")]
    other_fence: Option<PathBuf>,
    /// The feature that is the fence of the second policy.
    #[arg(long, value_name = "NAME", requires = "other_fence")]
    other_feature: Option<String>,
    /// Looks at the chunks of this registry.
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    /// Devices that one proof holds.
    #[arg(long, value_name = "N")]
    capacity: Option<u32>,
    /// Levels of a chunk, which has 8^N positions: 2 to 7. 7 is the whole registry.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=7))]
    levels: u8,
    /// Looks at this chunk alone, of as many levels. One that does not exist is refused.
    #[arg(long, value_name = "N")]
    chunk: Option<u32>,
    /// Accepts a fence in which distances of a track may come out 5 % short or more.
    #[arg(long)]
    allow_short_distances: bool,
}

/// Why a policy was not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PolicyCommandError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no such chunk.
    #[error(transparent)]
    Chunk(#[from] RegistryError),
    /// Distances of a track come out much shorter than they are.
    #[error("expected distances that come out less than 5 % short in the fence, got up to {} %{}", track::percent(*.got), match .most {
        Some(Scales { latitude, longitude }) => format!(", as the scales are small: those of the fence are {latitude} and {longitude}"),
        None => ": its parts lie too far apart from south to north for one pair of scales".to_owned(),
    })]
    Shortfall {
        /// Millionths.
        got: u32,
        /// The scales of the fence, if with them it would be less.
        most: Option<Scales>,
    },
}

impl PolicyCommandError {
    fn advice(&self) -> Advice {
        match self {
            PolicyCommandError::File(error) => Advice::of_file(error),
            PolicyCommandError::Chunk(_) => Advice::new(
                "zksensor::usage",
                "correct --chunk: with fewer --levels there are more chunks, and smaller ones",
            ),
            PolicyCommandError::Shortfall { most: Some(_), .. } => Advice::new(
                "zksensor::policy",
                "leave `latitude_scale` and `longitude_scale` out, or take those of the fence",
            ),
            PolicyCommandError::Shortfall { most: None, .. } => Advice::new(
                "zksensor::policy",
                "cut the fence into several that reach less far from south to north, each with a policy of its own, or accept such \
                 distances with --allow-short-distances",
            ),
        }
    }
}
diagnostic!(PolicyCommandError);

/// Runs a command about policies.
///
/// # Errors
/// [`PolicyCommandError`].
pub(crate) fn run(command: &Command, output: &Output) -> Result<(), PolicyCommandError> {
    match command {
        Command::Check(args) => check(args, output),
        Command::Fence(args) => Ok(fence::run(args, output)?),
        Command::Id(args) => {
            let (PolicyDocument { policy, .. }, fence) = args.load(output)?;
            let id = policy.id().to_string();
            output.answer(&id);
            output.result(&json!({ "policy_id": id, "union_of": fence.as_ref().and_then(args::union_of) }));
            Ok(())
        }
    }
}

fn check(args: &CheckArgs, output: &Output) -> Result<(), PolicyCommandError> {
    let (of_policy, document) = args.policy.load(output)?;
    let PolicyDocument { policy, network, .. } = of_policy;
    let fence = document.as_ref().map(|document| &document.fence);
    let chunk = args.chunk.map(|index| Chunk::new(args.levels, index)).transpose()?;
    let mut warnings = Vec::new();
    small_k(&policy, args.capacity, &mut warnings);
    let family = OfFamily::of(&of_policy, fence);
    family.check(args.allow_short_distances, &mut warnings)?;
    if let Some(path) = &args.registry {
        let registry = RegistryFile::load(path)?;
        let chunks = looked_at(&registry, (args.levels, chunk));
        full_chunks(&registry, (args, chunk), &chunks, &mut warnings);
        if policy.parts().family.devices() == Devices::AtLeastK {
            small_chunks(&chunks, policy.parts().k, &mut warnings);
        }
    }
    if let Some(path) = &args.other_policy {
        let other = args::load_fence(args.other_fence.as_deref(), args.other_feature.as_deref(), output)?;
        let (other, other_fence) = args::policy_of(path, other)?;
        let other_fence = other_fence.as_ref().map(|document| &document.fence);
        warn_of_differences((&policy, fence), (&other.policy, other_fence), &mut warnings);
    }
    output.line(policy);
    output.line(format_args!("for        {network}"));
    if let Some(own) = policy.own_schema() {
        output.line(format_args!("units      {}", schema::said(own)));
    }
    let triangles = fence.map(|fence| fence.triangles().len());
    if let Some(triangles) = triangles {
        output.line(triangles_line(triangles, policy.parts().family.devices()));
    }
    family.show(output);
    let extent = fence.map(Extent::of);
    if let Some(extent) = extent {
        output.line(format_args!("where      {extent}"));
    }
    for warning in &warnings {
        output.warn(warning);
    }
    let id = policy.id().to_string();
    let mut result = json!({
        "policy_id": id, "triangles": triangles, "extent": extent.as_ref().map(facts),
        "union_of": document.as_ref().and_then(args::union_of), "warnings": warnings, "preimage": preimage::to_json(&policy),
        "network": { "chain_id": network.chain_id, "chain": network.chain(), "registry": hex::encode(&network.registry) },
        "own_schema": policy.own_schema().map(schema::own_to_json),
    });
    if let Some(result) = result.as_object_mut() {
        result.extend(family.to_json());
    }
    output.result(&result);
    Ok(())
}

/// Where a fence is, so that swapped coordinates are seen.
fn facts(extent: &Extent) -> Value {
    let (latitude, longitude) = extent.centre();
    json!({
        "south_e7": extent.south, "north_e7": extent.north, "west_e7": extent.west, "east_e7": extent.east,
        "centre_e7": [latitude, longitude], "area_km2": extent.area_km2,
    })
}

/// How many triangles there are, and the shape of a statement about many devices that holds them, if there is one. What one device proves has none
/// for the fence.
fn triangles_line(triangles: usize, devices: Devices) -> String {
    if devices == Devices::One {
        return format!("triangles  {triangles}: a reading and a track take any fence");
    }
    let shape = triangles.next_multiple_of(8);
    match Aggregate::new(1, shape, Chunk::MOST_LEVELS.into()) {
        Ok(_) => format!("triangles  {triangles}: setup --triangles {shape} or more"),
        Err(_) => {
            format!(
                "triangles  {triangles}: too many for a statement about many devices; a reading and a track take any fence"
            )
        }
    }
}

fn small_k(policy: &Policy, capacity: Option<u32>, warnings: &mut Vec<String>) {
    let parts = policy.parts();
    if parts.family.devices() == Devices::One {
        return;
    }
    let k = parts.k;
    if k < SMALLEST_K {
        warnings.push(format!(
            "k is {k}: with k = 1 the sum is somebody's value, with k = 2 each of two devices learns the other's; \
             {SMALLEST_K} or more hides single values"
        ));
    }
    if parts.outputs.minimum || parts.outputs.maximum {
        warnings
            .push("the minimum or maximum that this policy publishes is somebody's exact value".to_owned());
    }
    if let Some(capacity) = capacity.filter(|capacity| *capacity < k) {
        warnings.push(format!("k is {k}, but a proof holds {capacity} devices: no proof can ever reach it"));
    }
}

/// Warns of more samples than a frame has.
fn many_samples(least_samples: u16, warnings: &mut Vec<String>) {
    if usize::from(least_samples) > MAX_FRAME_SAMPLES {
        warnings.push(format!(
            "least_samples is {least_samples}, and a frame has at most {MAX_FRAME_SAMPLES}: no frame ever counts"
        ));
    }
}

/// The devices of each chunk of so many levels that has any.
fn chunks(registry: &RegistryFile, levels: u8) -> BTreeMap<Chunk, usize> {
    let chunks = Chunk::count(registry.journal().positions(), levels);
    chunks.expect("the option takes the levels of a chunk")
}

/// The same, or of one chunk alone, be it empty.
fn looked_at(registry: &RegistryFile, (levels, chunk): (u8, Option<Chunk>)) -> BTreeMap<Chunk, usize> {
    let mut all = chunks(registry, levels);
    match chunk {
        None => all,
        Some(chunk) => BTreeMap::from([(chunk, all.remove(&chunk).unwrap_or(0))]),
    }
}

/// Warns of a chunk with more devices than a proof holds.
fn full_chunks(
    registry: &RegistryFile,
    (args, one): (&CheckArgs, Option<Chunk>),
    looked_at: &BTreeMap<Chunk, usize>,
    warnings: &mut Vec<String>,
) {
    // Smaller chunks of which that one is made are where it is.
    let is_within =
        |chunk: &Chunk| one.is_none_or(|one| one.index() == chunk.index() >> (one.bits() - chunk.bits()));
    let fullest = |levels: u8| {
        chunks(registry, levels)
            .into_iter()
            .filter(|(chunk, _)| is_within(chunk))
            .max_by_key(|(_, devices)| *devices)
    };
    let most = looked_at.iter().max_by_key(|(_, devices)| **devices);
    let (Some(capacity), Some((chunk, &devices))) = (args.capacity, most) else { return };
    let holds = capacity as usize;
    if devices > holds {
        let fits = |levels: &u8| fullest(*levels).is_none_or(|(_, devices)| devices <= holds);
        let fitting = (Chunk::LEAST_LEVELS..args.levels).rev().find(fits);
        let advice = fitting.map_or_else(String::new, |levels| format!("; {levels} levels would fit"));
        warnings.push(format!(
            "{chunk} has {devices} devices, but a proof holds {capacity}: some will be left out{advice}"
        ));
    }
}

/// Warns of chunks with so few devices that none of them is ever counted.
fn small_chunks(chunks: &BTreeMap<Chunk, usize>, k: u32, warnings: &mut Vec<String>) {
    let mut few = chunks.iter().filter(|(_, devices)| **devices < k as usize);
    let Some((chunk, devices)) = few.next() else { return };
    let more = few.count();
    let others = if more == 0 { String::new() } else { format!(", and {more} more chunks likewise") };
    warnings.push(format!(
        "{chunk} has {devices} devices{others}: fewer than k = {k} are never counted; more levels join chunks"
    ));
}

/// Warns of two policies whose aggregates can be differenced.
pub(crate) fn warn_of_differences(
    (policy, fence): (&Policy, Option<&Fence>),
    (other, other_fence): (&Policy, Option<&Fence>),
    warnings: &mut Vec<String>,
) {
    let (parts, others) = (policy.parts(), other.parts());
    if (parts.network, parts.schema, parts.channel) != (others.network, others.schema, others.channel) {
        return;
    }
    // What hides a single device's value is void beside whatever is exact of it, and costs twice beside another of its kind.
    let private = [policy, other].map(|policy| policy.noise_rules().is_some());
    match private {
        [true, true] => warnings.push(
            "both policies are of private sums about the same devices: what they cost of a device's privacy, epsilon, adds up".to_owned(),
        ),
        [false, false] => {}
        _ => warnings.push(
            "one policy is of private sums, and the other publishes something exact of the same readings: it voids the other's epsilon"
                .to_owned(),
        ),
    }
    if private.contains(&true) {
        return;
    }
    // Of claims about one device there is nothing to subtract.
    if [parts, others].iter().any(|parts| parts.family.devices() == Devices::One) {
        return;
    }
    let overlap = match (fence, other_fence) {
        _ if parts.fence == others.fence => Some(true),
        (Some(fence), Some(other)) => Some(overlap::overlap(fence, other)),
        _ => None,
    };
    let danger = "who sees both statistics of one epoch can subtract them, and learns of the few readings or samples that differ";
    match overlap {
        Some(true) => warnings.push(format!("the fences of the two policies overlap: {danger}")),
        Some(false) => {}
        None => warnings
            .push(format!("pass --fence and --other-fence to see whether they overlap: if so, {danger}")),
    }
}
