//! Planning, gates and counting over a small playbook made by hand.

mod closing;
mod counting;
mod daily;
mod fixture;
mod gates;
mod next;
mod nodes;
mod properties;
mod steps;
