//! Pictures that a telephone reads.

/// The address as a picture that a telephone reads: an SVG of ours, without a
/// word of anybody else in it.
pub fn picture(address: &str) -> String {
    let Ok(code) = qrcode::QrCode::new(address) else {
        // Too long for a picture: the text stands beside it.
        return String::new();
    };
    let svg = code
        .render::<qrcode::render::svg::Color>()
        .min_dimensions(200, 200)
        .build();
    svg.split_once("?>")
        .map_or(svg.clone(), |(_, rest)| rest.to_owned())
}
