//! What sales work is: values and rules without I/O, clock, terminal or SQL.
