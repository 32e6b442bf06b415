//! Parts that several screens show.

pub mod card;
