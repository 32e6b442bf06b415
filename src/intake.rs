//! Lead files: encodings, CSV and XLSX, mappings, rejects.
