//! The wire: generated messages and services, and validated conversions to the core types.
