//! The clearinghouse: takes both leg streams, matches, cuts off, nets and keeps the books.
