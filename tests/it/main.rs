//! Integration tests, one binary: a module a subject.
mod playbook;

mod floor;
mod screens_work;
mod store_base;
