//! The whole network on one machine: five regions, a clearinghouse, published cases and a crowd.
