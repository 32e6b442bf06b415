//! What can be said of a database on a server without changing anything.
