//! Integration tests, one binary: a module a subject.
#[cfg(test)]
mod method_is_data;

mod customers;
mod floor;
mod intake;
mod plan;
mod playbook;
mod screens_work;
mod store_base;
mod store_customers;
mod store_import;
mod store_search;
