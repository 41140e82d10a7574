//! Pure geometry: what a point is exposed to, how far two points are apart,
//! which sites are near.

pub mod assemble;
pub mod boundaries;
pub mod boxes;
pub mod daylight;
pub mod drawn;
pub mod position;
pub mod rings;
pub mod sites;
pub mod tiles;
pub mod zones;
