//! The command `policy fence`: the root of a fence, and its triangles as a file.

use std::path::PathBuf;

use serde_json::json;
use zksensor::files::{FenceFile, FileError};
use zksensor::io::fence::Extent;
use zksensor::model::policy::Devices;

use crate::args::{self, ForceArgs};
use crate::output::{Output, shown};

pub(super) const HELP: &str = "\
A policy commits to triangles, in their order. Publish the file beside the policy: from it anybody recomputes the root,
with this command or without, whatever triangulation made it. The file stands for the fence wherever --fence is asked for.

Read back, each triangle is checked for range, orientation and area, and the root for the triangles. That triangles
do not overlap is not checked: a location is inside the fence if it is in one of them.";

/// Options of `policy fence`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The fence: GeoJSON, WKT, KML, KMZ, a list of H3 cells, or its triangles.
    #[arg(long, value_name = "FILE")]
    fence: PathBuf,
    /// The feature of a GeoJSON collection, or the Placemark of KML, that is the fence. Without it all together are.
    #[arg(long, value_name = "NAME")]
    feature: Option<String>,
    /// Where to write the triangles with the root, in JSON.
    #[arg(long, value_name = "FILE")]
    triangles_out: Option<PathBuf>,
    #[command(flatten)]
    force: ForceArgs,
}

/// Runs the command.
///
/// # Errors
/// [`FileError`] if the fence is none, or the file is not written.
pub(super) fn run(args: &Args, output: &Output) -> Result<(), FileError> {
    let document =
        args::load_fence(Some(&args.fence), args.feature.as_deref(), output)?.expect("a file was named");
    let union_of = args::union_of(&document);
    let file = FenceFile::new(document.fence);
    if let Some(path) = &args.triangles_out {
        file.save(path, args.force.overwrite())?;
    }
    let (root, triangles) = (file.root().to_string(), file.fence().triangles().len());
    output.answer(&root);
    // Of no policy yet: it may be one of aggregates.
    output.line(super::triangles_line(triangles, Devices::AtLeastK));
    let extent = Extent::of(file.fence());
    output.line(format_args!("where      {extent}"));
    output.result(&json!({
        "fence_root": root, "triangles": triangles, "extent": super::facts(&extent), "union_of": union_of, "triangles_file": args.triangles_out.as_deref().map(shown),
    }));
    Ok(())
}
