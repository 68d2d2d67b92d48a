//! Who is speaking: issuing certificates, reading identities, SPIFFE names.
