//! A proving key file taken apart, so that a test can put a hostile one together. The prover documents the layout; this is another
//! reading of it.

/// Bytes of the points of the three queries.
const POINT_BYTES: [usize; 3] = [64, 128, 64];
const MAGIC_BYTES: usize = 12;
const DIGEST_BYTES: usize = 32;

/// The parts of a proving key file, all but the digest at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// Name and version.
    pub magic: Vec<u8>,
    /// Digest of the rows.
    pub rows: Vec<u8>,
    /// The verifying key.
    pub verifying: Vec<u8>,
    /// A, B and C: the coordinates of each point, or nothing of the identity.
    pub queries: [Vec<Option<Vec<u8>>>; 3],
}

impl KeyFile {
    /// The parts of a file that the prover wrote.
    ///
    /// # Panics
    /// If it is none.
    pub fn of(bytes: &[u8]) -> Self {
        let (body, _) = bytes.split_at(bytes.len() - DIGEST_BYTES);
        let (magic, body) = body.split_at(MAGIC_BYTES);
        let (rows, mut body) = body.split_at(DIGEST_BYTES);
        let length = count_of(&mut body);
        let verifying = taken(&mut body, length).to_vec();
        let queries = POINT_BYTES.map(|point_bytes| {
            let count = count_of(&mut body);
            let present = taken(&mut body, count.div_ceil(8));
            let point = |at: usize| {
                let is_present = present[at / 8] >> (at % 8) & 1 == 1;
                is_present.then(|| taken(&mut body, point_bytes).to_vec())
            };
            (0..count).map(point).collect()
        });
        assert!(body.is_empty(), "{} bytes behind the last point", body.len());
        KeyFile { magic: magic.to_vec(), rows: rows.to_vec(), verifying, queries }
    }

    /// All bytes before the digest.
    pub fn body(&self) -> Vec<u8> {
        let length = |count: usize| u32::try_from(count).expect("a test's key is small").to_be_bytes();
        let mut bytes =
            [&self.magic[..], &self.rows, &length(self.verifying.len()), &self.verifying].concat();
        for query in &self.queries {
            bytes.extend(length(query.len()));
            let bit = |(at, point): (usize, &Option<Vec<u8>>)| u8::from(point.is_some()) << at;
            bytes.extend(query.chunks(8).map(|chunk| chunk.iter().enumerate().map(bit).sum::<u8>()));
            query.iter().flatten().for_each(|point| bytes.extend(point));
        }
        bytes
    }

    /// Where the points of each query begin in [`KeyFile::body`]: the number of them is 4 bytes and a bit a point before.
    pub fn starts(&self) -> [usize; 3] {
        let mut start = self.magic.len() + self.rows.len() + 4 + self.verifying.len();
        [0, 1, 2].map(|query| {
            let points = &self.queries[query];
            let first = start + 4 + points.len().div_ceil(8);
            start = first + POINT_BYTES[query] * points.iter().flatten().count();
            first
        })
    }

    /// The coordinates of a point that arkworks wrote uncompressed, without what it says of the sign.
    pub fn coordinates(mut uncompressed: Vec<u8>) -> Vec<u8> {
        if let Some(last) = uncompressed.last_mut() {
            *last &= 0x3f;
        }
        uncompressed
    }
}

fn taken<'a>(bytes: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(count);
    *bytes = rest;
    taken
}

fn count_of(bytes: &mut &[u8]) -> usize {
    u32::from_be_bytes(*taken(bytes, 4).first_chunk().expect("4 bytes")) as usize
}
