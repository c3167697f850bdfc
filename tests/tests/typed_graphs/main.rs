//! Random graphs, wired as a model says, whose dependencies have all kinds of names: renamed imports,
//! aliases, associated types, macros, and interfaces and services that are called alike.
//!
//! A run without a seed repeats the last one that found a fault, so that a build fails for what has changed in it.
//! `TYPED_GRAPHS_SEED=random cargo test -p di-tests --test typed_graphs` makes new graphs, and prints the seed to repeat.
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

mod model;
mod written;

use std::time::{SystemTime, UNIX_EPOCH};

use di_tests::Scratch;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use model::Model;

/// How many containers a run has.
const CONTAINERS: usize = 150;

/// The last seed that found a fault: of three services that are called alike, one has to be built before another.
const SEED: u64 = 260_676_977;

fn seed() -> u64 {
    match std::env::var("TYPED_GRAPHS_SEED").as_deref() {
        Ok("random") => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::from(since.subsec_nanos())),
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => SEED,
    }
}

#[test]
fn every_dependency_is_given_what_the_model_says() {
    let seed = seed();
    println!("TYPED_GRAPHS_SEED={seed}");
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let models: Vec<Model> = (0..CONTAINERS).map(|_| Model::random(&mut rng)).collect();
    let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), "typed-graphs").unwrap();
    scratch.write("src/main.rs", &written::program(&models)).unwrap();
    let output = scratch.cargo(&["run", "--quiet"]).unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "TYPED_GRAPHS_SEED={seed}\n{told}\n{errors}");
    assert!(told.contains(" dependencies, 0 wrong"), "TYPED_GRAPHS_SEED={seed}\n{told}");
}
