//! Where the fence is: the fence itself, and the coasts around it.

use super::super::land::Land;
use super::super::map::outline::{self, Loop};
use super::super::map::{Frame, Line, WIDTH, short};
use zksensor_model::fence::Fence;

/// Degrees of latitude to each side of the fence in the second drawing, and its height by its width.
const AROUND: (f64, f64) = (9.0, 0.5);

/// A drawing of a part of the world.
pub(super) struct Chart {
    pub(super) height: String,
    pub(super) land: String,
    pub(super) has_coast: bool,
    pub(super) meridians: Vec<Line>,
    pub(super) parallels: Vec<Line>,
    pub(super) triangles: String,
    pub(super) outline: String,
    /// Length of the scale bar in the drawing, and the distance that it shows.
    pub(super) scale: (String, String),
    /// The middle of the fence.
    pub(super) middle: (String, String),
}

impl Chart {
    /// The fence, and nothing much around it.
    pub(super) fn near(fence: &Fence) -> Chart {
        Chart::of(&Frame::around(fence, &[]), fence)
    }

    /// The fence among the coasts of its part of the world.
    pub(super) fn far(fence: &Fence) -> Chart {
        let near = Frame::around(fence, &[]);
        let half = AROUND.0.max((near.north - near.south) * 1.5).min(80.0);
        Chart::of(&near.about(half, AROUND.1), fence)
    }

    fn of(frame: &Frame, fence: &Fence) -> Chart {
        let loops = outline::loops(fence);
        let around = Frame::around(fence, &[]);
        let land = Land::within(frame);
        Chart {
            height: short(frame.height()),
            land: land.path,
            has_coast: land.has_coast,
            meridians: frame.meridians(),
            parallels: frame.parallels(),
            triangles: frame.path(fence.triangles().iter().map(|triangle| triangle.corners().to_vec())),
            outline: frame.path(loops.iter().map(Loop::corners)),
            scale: frame.scale(),
            middle: (
                short(frame.x(f64::midpoint(around.west, around.east))),
                short(frame.y(f64::midpoint(around.south, around.north))),
            ),
        }
    }

    pub(super) fn width() -> f64 {
        WIDTH
    }
}
