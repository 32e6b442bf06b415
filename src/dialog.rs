//! Layers that ask one thing and go away.
