//! Rings of polygons: whether they are valid, and how little may be repaired.
