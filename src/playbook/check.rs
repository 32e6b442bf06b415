//! What no single key can tell: rules over the whole playbook, each reported with its place.

use super::problem::Problems;
use super::reader::names::Names;
use super::reader::row::Row;

/// Notes everything wrong or doubtful in what was read.
pub fn check(_root: &Row, _names: &Names, _problems: &mut Problems) {}
