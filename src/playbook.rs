//! A team's method as data, and the planning that follows from it.

pub mod count;
pub mod facts;
pub mod gate;
pub mod model;
pub mod plan;

pub use model::Playbook;
