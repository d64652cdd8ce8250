//! Matters: what happens to somebody's affair. Floor 1.
