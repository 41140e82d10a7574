//! Distances on the ellipsoid.
