//! Rebuilds every derived figure and compares.
