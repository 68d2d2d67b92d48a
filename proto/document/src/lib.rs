//! TOML text to checked core values, every fault at its line and field.
