//! How do we know: world builder and the tests that need real processes.
