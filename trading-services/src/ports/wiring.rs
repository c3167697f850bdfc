//! The interface of the picture of the container.

use std::collections::BTreeMap;

/// Shows how the services of the platform are wired.
#[di_core::interface]
pub trait IWiring {
    /// A page with the picture, which can be painted: `window.diReport.paint` takes a state for each path.
    fn page(&self) -> String;

    /// The path of each service in the picture, by the service's name.
    fn paths(&self) -> BTreeMap<String, String>;
}
