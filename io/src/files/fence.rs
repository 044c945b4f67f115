//! The file of a fence as triangles: what a policy commits to, for whoever triangulates otherwise or not at all.
//!
//! ```json
//! {
//!   "format": "zksensor-fence/v1",
//!   "root": "0x...",
//!   "triangles": [
//!     [[481000000,115000000],[481000000,116000000],[481300000,116000000]],
//!     [[481000000,115000000],[481300000,116000000],[481300000,115000000]]
//!   ]
//! }
//! ```
//!
//! A corner is `[latitude, longitude]` in units of 1e-7 degree. Triangles are counter-clockwise (x = longitude, y =
//! latitude), of nonzero area, at most 4,096, in the order of their leaves: the root is recomputed from them and compared.
//! A leaf packs 32 bits for each coordinate, plus 2^31, latitude first; the tree is 8-ary Poseidon of depth 4, triangle 0
//! repeated. Triangles may overlap or leave gaps, which is not looked at: a location is inside the fence if it is in one of
//! them. Who relies on a policy looks at them on a map.

use std::path::Path;

use serde::Deserialize;
use zksensor_model::fence::{Fence, FenceError, FenceRoot, MAX_TRIANGLES, Triangle, TriangleError};

use super::disk::{self, Overwrite};
use super::{FileError, Kind, Reason, text};
use crate::at_most::AtMost;

const FORMAT: &str = "zksensor-fence/v1";

/// A fence with its root, as its triangles are published. Loading checks triangles and root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FenceFile {
    fence: Fence,
    root: FenceRoot,
}

/// Why a document is not a fence with its root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FenceFileError {
    /// A triangle is none of a fence.
    #[error("triangle {index}: {reason}")]
    Triangle {
        /// Which, from 0.
        index: usize,
        /// What is wrong with it.
        #[source]
        reason: TriangleError,
    },
    /// There are none, or too many.
    #[error(transparent)]
    Fence(#[from] FenceError),
    /// The root is not that of the triangles.
    #[error("expected `root` as {wanted}, which the triangles have in this order, got {got}")]
    Root {
        /// The root of the triangles.
        wanted: FenceRoot,
        /// The root that came.
        got: FenceRoot,
    },
}

impl FenceFile {
    /// The file of a fence.
    pub fn new(fence: Fence) -> FenceFile {
        let root = fence.root();
        FenceFile { fence, root }
    }

    /// The fence.
    pub fn fence(&self) -> &Fence {
        &self.fence
    }

    /// Its root, which a policy names.
    pub fn root(&self) -> FenceRoot {
        self.root
    }

    /// The document, a triangle a line.
    pub fn to_json(&self) -> String {
        let line = |triangle: &Triangle| serde_json::to_string(triangle).expect("integers are JSON");
        let lines: Vec<String> = self.fence.triangles().iter().map(line).collect();
        let (root, lines) = (self.root, lines.join(",\n    "));
        format!(
            "{{\n  \"format\": \"{FORMAT}\",\n  \"root\": \"{root}\",\n  \"triangles\": [\n    {lines}\n  ]\n}}\n"
        )
    }

    /// Reads what [`FenceFile::to_json`] writes, or what others write in this format.
    ///
    /// # Errors
    /// [`FileError`] with the reason; `path` is named in it.
    pub fn from_json(path: &Path, bytes: &[u8]) -> Result<FenceFile, FileError> {
        let document: Incoming = text::from_json(path, Kind::FenceTriangles, bytes)?;
        if document.format != FORMAT {
            let came = document.format.escape_default().take(80).collect();
            return Err(FileError::new(path, Reason::Format { wanted: FORMAT, got: came }));
        }
        let wrong = |reason| Reason::FenceTriangles { reason: Box::new(reason) };
        document.check().map_err(|reason| FileError::new(path, wrong(reason)))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`FileError`] unless the file is a fence of good triangles with their root.
    pub fn load(path: &Path) -> Result<FenceFile, FileError> {
        FenceFile::from_json(path, &disk::read(path, Kind::FenceTriangles)?)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Reason::Exists`] if it is there and must not be replaced; [`Reason::System`].
    pub fn save(&self, path: &Path, overwrite: Overwrite) -> Result<(), FileError> {
        disk::write(path, Kind::FenceTriangles, overwrite, self.to_json().as_bytes())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming {
    format: String,
    root: FenceRoot,
    triangles: AtMost<[[i32; 2]; 3], MAX_TRIANGLES>,
}

impl Incoming {
    fn check(self) -> Result<FenceFile, FenceFileError> {
        let triangle = |(index, corners): (usize, [[i32; 2]; 3])| {
            Triangle::try_from(corners).map_err(|reason| FenceFileError::Triangle { index, reason })
        };
        let triangles = self.triangles.0.into_iter().enumerate().map(triangle).collect::<Result<_, _>>()?;
        let file = FenceFile::new(Fence::new(triangles)?);
        match file.root == self.root {
            true => Ok(file),
            false => Err(FenceFileError::Root { wanted: file.root, got: self.root }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> FenceFile {
        let triangles = [[[0, 0], [0, 100], [100, 100]], [[0, 0], [100, 100], [100, 0]]];
        FenceFile::new(Fence::new(triangles.map(|corners| corners.try_into().unwrap()).into()).unwrap())
    }

    fn read(text: &str) -> Result<FenceFile, String> {
        FenceFile::from_json(Path::new("f.json"), text.as_bytes()).map_err(|error| error.reason.to_string())
    }

    #[test]
    fn a_file_reads_back_with_any_white_space() {
        let (file, json) = (file(), file().to_json());
        assert_eq!(json.lines().count(), 4 + file.fence().triangles().len() + 2);
        assert_eq!(read(&json), Ok(file.clone()));
        assert_eq!(read(&json.replace([' ', '\n'], "")), Ok(file.clone()));
        assert_eq!(Kind::of(json.as_bytes()), Some(Kind::FenceTriangles));
    }

    #[test]
    fn each_fault_is_named() {
        let json = file().to_json();
        let with = |from: &str, to: &str| {
            assert!(json.contains(from), "{from} in {json}");
            read(&json.replacen(from, to, 1)).unwrap_err()
        };
        let ccw = "expected counter-clockwise corners, got a doubled area of";
        assert!(with("[[0,0],[0,100]", "[[0,100],[0,0]").contains(&format!("triangle 0: {ccw} -10000")));
        assert!(with("[100,100],[100,0]", "[0,0],[0,0]").contains(&format!("triangle 1: {ccw} 0")));
        assert!(with("[100,100]", "[100,1800000001]").contains("triangle 0: expected corner 2 within"));
        assert!(with("[100,100]", "[100,101]").contains("which the triangles have in this order, got 0x"));
        assert!(with("\"0x", "\"0x0").contains("line 3"));
        assert!(with("[0,0]", "[0.5,0]").contains("line 5"));
        assert!(with("fence/v1", "fence/v2").contains("expected the format `zksensor-fence/v1`"));
        assert!(with("\"root\"", "\"name\": 1, \"root\"").contains("unknown field `name`"));
        // Another order is another fence.
        let lines: Vec<&str> = json.lines().collect();
        let swapped = json.replace(
            &format!("{}\n{}", lines[4], lines[5]),
            &format!("{},\n{}", lines[5], &lines[4][..lines[4].len() - 1]),
        );
        assert!(swapped != json && read(&swapped).unwrap_err().contains("expected `root` as 0x"));
    }

    #[test]
    fn neither_none_nor_too_many_are_a_fence() {
        let of = |count: usize| {
            let root = file().root();
            let triangles = vec!["[[0,0],[0,1],[1,0]]"; count].join(",");
            read(&format!(r#"{{"format":"{FORMAT}","root":"{root}","triangles":[{triangles}]}}"#))
                .unwrap_err()
        };
        assert!(of(0).contains("expected at least one triangle"));
        assert!(of(MAX_TRIANGLES).contains("expected `root` as"));
        assert!(of(MAX_TRIANGLES + 1).contains("a list of at most 4096 items"));
    }
}
