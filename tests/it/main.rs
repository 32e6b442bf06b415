//! Integration tests, one binary: a module a subject.

#![allow(clippy::string_slice, reason = "a test may panic: that is how it fails")]

#[cfg(test)]
mod customers;
#[cfg(test)]
mod floor;
#[cfg(test)]
mod intake;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod method_is_data;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod playbook;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod store_base;
#[cfg(test)]
mod store_customers;
#[cfg(test)]
mod store_import;
#[cfg(test)]
mod store_search;
