//! States that must be told apart without colour.
