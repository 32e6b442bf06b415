//! Reads the trail through a window.
