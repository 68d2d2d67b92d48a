//! Serving and connecting over mutual TLS 1.3: identity, deadlines, limits, status mapping.
