//! References, slices and types without a name are listed.
use di_core::container;

#[container]
pub struct App {
    name: &'static str,
    names: [String],
    shown: impl Send,
    guessed: _,
    pair: (u8, u8),
}

fn main() {
    let _app = App::build(AppInputs {});
}
