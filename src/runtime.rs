//! One session: events in, effects and frames out.
