//! Regenerates `src/gen/` from `huitong/**/*.proto`, without protoc.

#![allow(clippy::expect_used, reason = "a chore stops where it fails")]

fn main() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = root.join("src/gen");
    codegen::generate(root, &out).expect("the .proto files compile");
    println!("wrote {}", out.display());
}

#[path = "../tests/codegen/mod.rs"]
mod codegen;
