//! Cells of the H3 grid.

use h3o::{CellIndex, LatLng, Resolution};
use zksensor::io::fence;
use zksensor::model::fence::Fence;
use zksensor::model::reading::Location;

use super::command::Failure;

/// The cell that holds the place, and its hexagon as a fence.
pub(crate) fn around(location: &Location, resolution: Resolution) -> Result<(CellIndex, Fence), Failure> {
    let degrees = |units: i32| f64::from(units) / 1e7;
    let place = LatLng::new(degrees(location.latitude()), degrees(location.longitude()))?;
    let cell = place.to_cell(resolution);
    Ok((cell, fence::from_geojson(&outline(cell))?))
}

/// The cell's hexagon in GeoJSON, its corners rounded to 1e-7 degree.
fn outline(cell: CellIndex) -> String {
    let boundary = cell.boundary();
    let corners = boundary.iter().chain(boundary.first());
    let corners: Vec<String> =
        corners.map(|corner| format!("[{:.7},{:.7}]", corner.lng(), corner.lat())).collect();
    format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, corners.join(","))
}
