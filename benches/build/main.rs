//! Generated sources of the benchmarks: the chains of ten and of a hundred services.

mod registries;

use std::io::Write as _;
use std::path::Path;
use std::{env, fs, io};

#[path = "../src/generate.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "the library has the same file: its command `compile_time` makes the other shapes"
)]
mod generate;

fn main() -> io::Result<()> {
    let folder = env::var("OUT_DIR").map_err(io::Error::other)?;
    for (name, services) in [("ten", 10), ("hundred", 100)] {
        for shape in [generate::Shape::Ours, generate::Shape::ByHand, generate::Shape::Shaku, generate::Shape::Dill] {
            let file = format!("{name}_{}.rs", shape.name());
            fs::write(Path::new(&folder).join(file), generate::source(shape, services))?;
        }
    }
    for registry in registries::ALL {
        fs::write(Path::new(&folder).join(format!("ten_{}.rs", registry.name)), registries::source(&registry, 10))?;
    }
    fs::write(Path::new(&folder).join("slow_start.rs"), generate::slow_start(100))?;
    writeln!(io::stdout(), "cargo::rerun-if-changed=src/generate.rs\ncargo::rerun-if-changed=build")
}
