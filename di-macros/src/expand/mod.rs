//! Tokens from checked values. Few rules are left here: what an attribute may stand on, those of interfaces and overrides,
//! and those that need what the services say.

mod container;
mod hidden_macro;
mod interface;
mod overriding;
mod service;

pub(crate) use container::{collect, container, finish};
pub(crate) use interface::interface;
pub(crate) use overriding::override_container;
pub(crate) use service::service;
