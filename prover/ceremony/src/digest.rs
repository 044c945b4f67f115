//! The digest that ceremonies publish of their files.

use std::io::{self, Write};

use blake2::{Blake2b512, Digest};

/// BLAKE2b-512 of a file, as `b2sum` prints it: of all that is written into it.
///
/// ```
/// use std::io::Write;
/// let mut digest = zksensor_ceremony::FileDigest::default();
/// digest.write_all(b"abc")?;
/// assert_eq!(digest.finish()[..4], [0xba, 0x80, 0xa5, 0x3f]); // RFC 7693, appendix A
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct FileDigest(Blake2b512);

impl FileDigest {
    /// Of what was written.
    pub fn finish(self) -> [u8; 64] {
        self.0.finalize().into()
    }
}

impl Write for FileDigest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
