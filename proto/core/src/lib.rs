//! What all parties must compute alike: money, codes, policies, decisions and their canonical bytes.
