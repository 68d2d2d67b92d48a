//! A later day for the servers of a world: a library that is loaded before theirs and puts the calendar
//! forward, nothing else. So a server that really runs can be seen on the day after, with the clock of this
//! machine left alone. It is compiled here, with the C compiler that building the project needs anyway.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Says by how many days.
pub(crate) const DAYS: &str = "HUITONG_TESTS_DAYS";

const SOURCE: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int (*asked)(clockid_t, struct timespec *);

int clock_gettime(clockid_t clock, struct timespec *now) {
    asked real = (asked)dlsym(RTLD_NEXT, "clock_gettime");
    int said = real(clock, now);
    const char *days = getenv("HUITONG_TESTS_DAYS");
    if (said == 0 && clock == CLOCK_REALTIME && days)
        now->tv_sec += 86400L * atol(days);
    return said;
}
"#;

/// The library, compiled into a folder.
pub(crate) fn library(folder: &Path) -> PathBuf {
    let (source, library) = (folder.join("tomorrow.c"), folder.join("tomorrow.so"));
    if !library.exists() {
        std::fs::write(&source, SOURCE).unwrap();
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .status()
            .expect("a C compiler named cc, as for building the project");
        assert!(compiled.success(), "the library cannot be compiled");
    }
    library
}
