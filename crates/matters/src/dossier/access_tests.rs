//! The table of who may what, held against its golden file.
