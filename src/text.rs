//! Words in two languages, and their widths.
