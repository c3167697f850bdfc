//! Two transients have one type: a factory would not know which to make.
use di_core::{container, service};

#[service]
pub struct Ticket {
    #[arg]
    _quantity: u32,
}

pub enum Backup {}

#[container]
pub struct App {
    #[transient]
    ticket: Ticket,
    #[transient]
    #[qualified(Backup)]
    another: Ticket,
}

fn main() {
    let app = App::build(AppInputs {});
    let _: std::sync::Arc<Ticket> = app.shared();
}
