//! A team's method as data, and the planning that follows from it.

pub mod model;
pub mod plan;

pub use model::Playbook;
