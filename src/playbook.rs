//! A team's method as data, and the planning that follows from it.

pub mod build;
pub mod channel;
pub mod check;
pub mod count;
pub mod diff;
pub mod embedded;
pub mod facts;
pub mod gate;
pub mod give;
pub mod lookup;
pub mod merge;
pub mod model;
pub mod near;
pub mod plan;
pub mod problem;
pub mod reader;
pub mod reference;
pub mod schema;
pub mod source;

pub use model::Playbook;
