//! Planning, gates and counting over a small playbook made by hand.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the helpers of tests may fail as tests do"
)]

mod closing;
mod counting;
mod daily;
mod facts;
mod fixture;
mod gates;
mod next;
mod nodes;
mod properties;
mod samples;
mod school;
mod steps;
