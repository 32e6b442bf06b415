//! Integration tests, one binary: a module a subject.

mod customers;
mod floor;
mod intake;
mod layers;
mod method_is_data;
mod plan;
mod playbook;
mod school;
mod statements;
mod store_base;
mod store_customers;
mod store_deals;
mod store_import;
mod store_search;
mod store_today;
mod store_work;
