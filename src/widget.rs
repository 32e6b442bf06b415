//! Drawing parts that know the theme and the words, never the trade.
