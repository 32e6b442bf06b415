//! Integration tests, one binary: a module a subject.
mod method_is_data;

mod plan;
mod floor;
mod playbook;
mod floor;
mod intake;
mod store_base;
