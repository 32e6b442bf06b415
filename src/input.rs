//! Keys: decoding, notation, folding.
