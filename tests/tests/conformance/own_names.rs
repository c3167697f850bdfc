//! Types of the user that are called like those of the standard library.
#![expect(unused_qualifications, reason = "with `Option` alone, the compiler asks which is meant")]

use di_core::{container, service};

/// Is no `std::sync::Arc`.
#[derive(Debug)]
struct Arc;

/// Is no `Option`, but a service.
#[derive(Debug)]
#[service]
struct Option;

/// Is no `Result`.
#[derive(Debug)]
struct Result;

/// Is no `Vec`, `Box` or `String`.
#[derive(Debug)]
struct Vec;
#[derive(Debug)]
struct Box;
#[derive(Debug)]
struct String;

/// Is no variant.
#[expect(dead_code, reason = "the names are the point")]
#[derive(Debug)]
enum Variants {
    Some,
    None,
    Ok,
    Err,
}

#[expect(unused_imports, reason = "the names are in scope, to be in the way")]
use Variants::{Err, None, Ok, Some};

/// Is no marker trait.
#[expect(dead_code, reason = "the names are in scope, to be in the way")]
trait Send {}
#[expect(dead_code, reason = "the names are in scope, to be in the way")]
trait Sync {}
#[expect(dead_code, reason = "the names are in scope, to be in the way")]
trait Sized {}
#[expect(dead_code, reason = "the names are in scope, to be in the way")]
trait Default {}
#[expect(dead_code, reason = "the names are in scope, to be in the way")]
trait Clone {}

#[di_core::interface]
trait IThing {
    fn number(&self) -> u32;
}

#[service(provides = IThing)]
struct Thing {
    #[inject(default)]
    number: u32,
    name: std::sync::Arc<std::string::String>,
}

impl IThing for Thing {
    fn number(&self) -> u32 {
        self.number + self.name.len() as u32
    }
}

struct Tried {
    thing: std::sync::Arc<dyn IThing>,
    maybe: std::option::Option<std::sync::Arc<Thing>>,
}

#[service]
impl Tried {
    #[constructor]
    async fn new(
        thing: std::sync::Arc<dyn IThing>,
        maybe: std::option::Option<std::sync::Arc<Thing>>,
    ) -> std::result::Result<Self, std::io::Error> {
        std::result::Result::Ok(Self { thing, maybe })
    }
}

#[container]
struct App {
    tried: Tried,
    #[many(dyn IThing, key = "member")]
    #[register(dual)]
    thing: Thing,
    #[input]
    name: std::string::String,
    // Where the prelude has a type of that name, the compiler wants to know whose it is.
    option: self::Option,
}

#[tokio::test]
async fn types_called_like_those_of_the_standard_library_are_in_nobodys_way() {
    let app = App::build(AppInputs { name: "abc".to_owned() }).await.unwrap();
    let tried: &Tried = app.get();
    assert_eq!(tried.thing.number(), 3);
    assert!(tried.maybe.is_some());
    let _: &Option = app.get();
    assert_eq!(format!("{:?}", (Arc, Option, Result, Vec, Box, String)), "(Arc, Option, Result, Vec, Box, String)");
}
