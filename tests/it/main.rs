//! Integration tests, one binary: a module a subject.

mod floor;
mod playbook;

mod plan;
mod playbook;

mod floor;
mod intake;
mod store_base;
