//! Every part at every size, and how the parts look.
