//! From fields as text to a hash by the types of the crate; every refusal is an error of theirs, in words.

use std::error::Error;
use std::str::FromStr;

use serde_json::{Map, Value};
use zksensor_model::claim::reading::{Commitment, Nullifier, Salt};
use zksensor_model::device::{Attributes, DeviceSecret, Identity, Leaf};
use zksensor_model::fence::{FenceRoot, Triangle};
use zksensor_model::field::{self, Fr};
use zksensor_model::frame::{FRAME_VERSION, FrameHeader, FrameLink, FrameSummary, Sample};
use zksensor_model::known::{FAMILIES, KnownFamily};
use zksensor_model::noise::{Beacon, DIGESTS, Release, Seal};
use zksensor_model::policy::{Outputs, Parameters, Policy, PolicyId, PolicyParts, encoding};
use zksensor_model::preimages::{NoiseWords, Samples};
use zksensor_model::primitives::babyjubjub::Point;
use zksensor_model::primitives::eddsa::{self, PublicKey};
use zksensor_model::primitives::merkle;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::reading::{Location, Network, PayloadHash, READING_VERSION, Reading, UnixMillis};
use zksensor_model::registry::Chunk;
use zksensor_model::schema::ABSENT;

type Refused = Box<dyn Error>;

/// The hash, or the packed element, of what `name` is the file of.
pub(super) fn hash(name: &str, fields: &Map<String, Value>) -> Result<Fr, String> {
    let fields = Fields(fields);
    let hash = match name {
        "message" => message(&fields),
        "challenge" => challenge(&fields),
        "leaf" => leaf(&fields),
        "node" => node(Domain::Node, &fields),
        "fence_node" => node(Domain::Fence, &fields),
        "identity" => identity(&fields),
        "nullifier" => nullifier(&fields),
        "commitment" => commitment(&fields),
        "policy" => policy(&fields),
        "triangle" => triangle(&fields),
        "frame" => frame(&fields),
        "samples" => samples(&fields),
        "sample" => sample(&fields),
        "seal" => seal(&fields),
        "noise_seed" => noise_seed(&fields),
        "noise_words" => noise_words(&fields),
        _ => panic!("{name} has no types"),
    };
    hash.map_err(|refused| refused.to_string())
}

struct Fields<'f>(&'f Map<String, Value>);

impl Fields<'_> {
    fn text(&self, name: &str) -> Result<&str, Refused> {
        self.0[name].as_str().ok_or_else(|| format!("{name} is not there").into())
    }

    fn number<T: FromStr<Err: Error + 'static>>(&self, name: &str) -> Result<T, Refused> {
        Ok(self.text(name)?.parse()?)
    }

    fn element(&self, name: &str) -> Result<Fr, Refused> {
        Ok(field::parse_hex(self.text(name)?)?)
    }

    fn point(&self, what: &str) -> Result<Point, Refused> {
        Ok(Point { x: self.element(&format!("{what}_x"))?, y: self.element(&format!("{what}_y"))? })
    }

    fn secret(&self) -> Result<DeviceSecret, Refused> {
        Ok(DeviceSecret::from_be_bytes(&field::to_be_bytes(&self.element("device_secret")?))?)
    }
}

fn message(fields: &Fields<'_>) -> Result<Fr, Refused> {
    if fields.number::<u8>("version")? != READING_VERSION {
        return Err("another version".into());
    }
    let mut channels = [0; 4];
    for (index, channel) in channels.iter_mut().enumerate() {
        *channel = fields.number(&format!("channel_{index}"))?;
    }
    let reading = Reading {
        network: Network::from_field(fields.element("network")?)?,
        schema: fields.number("schema")?,
        sequence: fields.number("sequence")?,
        time: UnixMillis::new(fields.number("time_unix_ms")?)?,
        location: Location::from_e7(fields.number("latitude_e7")?, fields.number("longitude_e7")?)?,
        accuracy_mm: fields.number("accuracy_mm")?,
        channels,
        payload_hash: PayloadHash::from_field(fields.element("payload_hash")?)?,
    };
    reading.check()?;
    Ok(reading.message())
}

fn challenge(fields: &Fields<'_>) -> Result<Fr, Refused> {
    Ok(eddsa::challenge(&fields.point("nonce")?, &fields.point("key")?, &fields.element("message")?))
}

fn leaf(fields: &Fields<'_>) -> Result<Fr, Refused> {
    let attributes = Attributes {
        class: fields.number("class")?,
        expiry: UnixMillis::new(fields.number("expiry_unix_ms")?)?,
        owner: fields.number("owner")?,
    };
    let key = PublicKey::new(fields.point("key")?)?;
    Ok(Leaf { key, identity: Identity::from_field(fields.element("identity")?), attributes }.hash())
}

fn node(domain: Domain, fields: &Fields<'_>) -> Result<Fr, Refused> {
    let mut children = [Fr::from(0u64); merkle::ARITY];
    for (index, child) in children.iter_mut().enumerate() {
        *child = fields.element(&format!("child_{index}"))?;
    }
    Ok(merkle::node_hash(domain, &children))
}

fn identity(fields: &Fields<'_>) -> Result<Fr, Refused> {
    Ok(fields.secret()?.identity().to_field())
}

fn nullifier(fields: &Fields<'_>) -> Result<Fr, Refused> {
    let policy = PolicyId::from_field(fields.element("policy_id")?);
    Ok(Nullifier::of(&fields.secret()?, policy, fields.number("epoch")?).to_field())
}

fn commitment(fields: &Fields<'_>) -> Result<Fr, Refused> {
    let salt = Salt::insecure_from_field(fields.element("salt")?);
    Ok(Commitment::of(&fields.element("message")?, &salt).to_field())
}

fn policy(fields: &Fields<'_>) -> Result<Fr, Refused> {
    let number: u8 = fields.number("family")?;
    let known = FAMILIES.iter().map(KnownFamily::family).find(|family| family.number() == number);
    let family = known.ok_or("no such statement")?;
    let device_class = match fields.number::<u32>("device_class")? {
        encoding::ANY_DEVICE_CLASS => None,
        class => Some(u16::try_from(class)?),
    };
    let flags: u8 = fields.number("outputs")?;
    let outputs = Outputs {
        sum_of_squares: flags & encoding::SUM_OF_SQUARES_FLAG != 0,
        minimum: flags & encoding::MINIMUM_FLAG != 0,
        maximum: flags & encoding::MAXIMUM_FLAG != 0,
    };
    if outputs.flags() != flags {
        return Err("no such output".into());
    }
    let policy = Policy::new(PolicyParts {
        network: Network::from_field(fields.element("network")?)?,
        fence: FenceRoot::from_field(fields.element("fence_root")?),
        low: fields.number("low")?,
        high: fields.number("high")?,
        max_accuracy_mm: fields.number("max_accuracy_mm")?,
        epoch_origin: UnixMillis::new(fields.number("epoch_origin_unix_ms")?)?,
        epoch_length_ms: fields.number("epoch_length_ms")?,
        k: fields.number("k")?,
        family,
        statement_version: fields.number("statement_version")?,
        schema: fields.number("schema")?,
        channel: fields.number("channel")?,
        device_class,
        outputs,
        parameters: Parameters::from_field(fields.element("parameters")?),
        insecure_small_k: false,
    })?;
    Ok(policy.id().to_field())
}

fn release(fields: &Fields<'_>) -> Result<Release, Refused> {
    let bits: u8 = fields.number("chunk_bits")?;
    if !bits.is_multiple_of(3) {
        return Err("no width of a chunk".into());
    }
    let chunk = Chunk::new(bits / 3, fields.number("chunk")?)?;
    let policy = PolicyId::from_field(fields.element("policy_id")?);
    Ok(Release { policy, epoch: fields.number("epoch")?, chunk })
}

fn seal(fields: &Fields<'_>) -> Result<Fr, Refused> {
    let (secret, salt) = (fields.element("secret")?, fields.element("salt")?);
    let seal = Seal::from_parts(secret, salt, fields.number("sum")?, fields.number("count")?)?;
    Ok(seal.id(&release(fields)?).to_field())
}

fn noise_seed(fields: &Fields<'_>) -> Result<Fr, Refused> {
    let seal = Seal::from_parts(fields.element("secret")?, Fr::from(0u64), 0, 1)?;
    Ok(seal.seed(Beacon::from_field(fields.element("beacon")?), &release(fields)?))
}

fn noise_words(fields: &Fields<'_>) -> Result<Fr, Refused> {
    let index: usize = fields.number("index")?;
    if index >= DIGESTS {
        return Err("no such digest".into());
    }
    Ok(NoiseWords { seed: fields.element("seed")?, index: Fr::from(index as u64) }.hash())
}

fn triangle(fields: &Fields<'_>) -> Result<Fr, Refused> {
    let corner = |name: char| -> Result<[i32; 2], Refused> {
        let coordinate = |axis: &str| fields.number(&format!("{axis}_{name}_e7"));
        Ok([coordinate("latitude")?, coordinate("longitude")?])
    };
    Ok(Triangle::try_from([corner('a')?, corner('b')?, corner('c')?])?.pack())
}

fn frame(fields: &Fields<'_>) -> Result<Fr, Refused> {
    if fields.number::<u8>("version")? != FRAME_VERSION {
        return Err("another version".into());
    }
    let header = FrameHeader {
        network: Network::from_field(fields.element("network")?)?,
        schema: fields.number("schema")?,
        sequence: fields.number("sequence")?,
        start: UnixMillis::new(fields.number("start_unix_ms")?)?,
        link: FrameLink::from_field(fields.element("link")?)?,
        payload_hash: PayloadHash::from_field(fields.element("payload_hash")?)?,
    };
    Ok(FrameSummary::new(header, fields.number("count")?, fields.element("chain")?)?.message())
}

fn samples(fields: &Fields<'_>) -> Result<Fr, Refused> {
    let mut elements = [Fr::from(0u64); 7];
    for (index, element) in elements.iter_mut().enumerate() {
        *element = fields.element(&format!("sample_{index}"))?;
        if *element != Fr::from(0u64) {
            *element = Sample::from_field(*element)?.to_field()?;
        }
    }
    let [sample_0, sample_1, sample_2, sample_3, sample_4, sample_5, sample_6] = elements;
    let chain = fields.element("chain")?;
    Ok(Samples { chain, sample_0, sample_1, sample_2, sample_3, sample_4, sample_5, sample_6 }.hash())
}

fn sample(fields: &Fields<'_>) -> Result<Fr, Refused> {
    /// What is written for an absent channel.
    const WRITTEN: i64 = -(1 << 40);
    let mut channels = [0; 3];
    for (index, channel) in channels.iter_mut().enumerate() {
        let value: i64 = fields.number(&format!("channel_{index}"))?;
        *channel = if value == WRITTEN { ABSENT } else { value };
    }
    let sample = Sample {
        offset_ms: fields.number("offset_ms")?,
        location: Location::from_e7(fields.number("latitude_e7")?, fields.number("longitude_e7")?)?,
        accuracy_mm: fields.number("accuracy_mm")?,
        channels,
    };
    Ok(sample.to_field()?)
}
