//! Geometry between the store's GeoJSON text and the planner's shapes.

use geo::MultiPolygon;

use super::ServiceError;

/// Reads stored GeoJSON text; what was written comes back bit for bit.
pub fn multi_polygon(text: &str) -> Result<MultiPolygon<f64>, ServiceError> {
    let geometry: geojson::Geometry =
        serde_json::from_str(text).map_err(|_| ServiceError::Corrupt("a stored geometry"))?;
    let shape: geo::Geometry<f64> = geometry
        .try_into()
        .map_err(|_| ServiceError::Corrupt("a stored geometry"))?;
    match shape {
        geo::Geometry::Polygon(polygon) => Ok(MultiPolygon(vec![polygon])),
        geo::Geometry::MultiPolygon(many) => Ok(many),
        _ => Err(ServiceError::Corrupt("a stored geometry")),
    }
}

/// Writes a shape as GeoJSON.
pub fn geojson_of(shape: &MultiPolygon<f64>) -> geojson::Geometry {
    match shape.0.as_slice() {
        [one] => geojson::Geometry::from(one),
        _ => geojson::Geometry::from(shape),
    }
}

/// Writes a shape as GeoJSON text.
pub fn geojson_text(shape: &MultiPolygon<f64>) -> String {
    serde_json::to_string(&geojson_of(shape)).expect("geometry becomes JSON")
}

/// West, south, east, north of a shape, in degrees; `None` for an empty one.
pub fn bounds(shape: &MultiPolygon<f64>) -> Option<[f64; 4]> {
    use geo::BoundingRect;
    let rect = shape.bounding_rect()?;
    Some([rect.min().x, rect.min().y, rect.max().x, rect.max().y])
}

#[cfg(test)]
mod tests {
    use geo::polygon;

    use super::*;

    #[test]
    fn a_shape_survives_the_trip_through_text_bit_for_bit() {
        let shape = MultiPolygon(vec![polygon![
            (x: 130.767_848_123_456, y: 32.207_568_000_000_1),
            (x: 130.77, y: 0.1 + 32.1),
            (x: 130.76, y: 32.3),
        ]]);
        assert_eq!(multi_polygon(&geojson_text(&shape)).unwrap(), shape);
    }
}
