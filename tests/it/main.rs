//! Integration tests, one binary: a module a subject.
#[cfg(test)]
mod method_is_data;
#[cfg(test)]
mod playbook;

mod floor;
mod store_base;
