//! Reports on a container: its graph as text, Markdown, JSON, DOT, Mermaid and one page of HTML, its migration from
//! concrete types to interfaces, and the difference of two graphs.
//!
//! Everything comes from the constant [`GRAPH`](crate::Container::GRAPH). A program that prints a report need not build
//! its container, and a program that prints none pays nothing.
//!
//! ```
//! use std::sync::Arc;
//! use di_core::report::{Format, Registration, Report, Step};
//! use di_core::{container, interface, service};
//!
//! #[interface]
//! pub trait IExchange {}
//!
//! #[service(provides = IExchange)]
//! pub struct Bybit;
//!
//! impl IExchange for Bybit {}
//!
//! #[service]
//! pub struct Market {
//!     exchange: Arc<Bybit>,
//! }
//!
//! #[container]
//! pub struct App {
//!     market: Market,
//!     exchange: Bybit,
//! }
//!
//! let report = Report::of::<App>();
//! assert_eq!(report.summary(), "App: 2 services, 1 interface, coverage 1 of 2 (50.0 %), coupling 1 of 1 (100.0 %)");
//!
//! // What would `register = interface` break today?
//! let forecast = report.forecast(&Step::everywhere(Registration::Interface));
//! assert_eq!(
//!     forecast.breaks[0].to_string(),
//!     "DI0014 `market` asks for `Bybit` for `exchange`, which `exchange` would no longer answer; \
//!      ask for `Arc<dyn IExchange>`",
//! );
//! let page = report.render(Format::Html);
//! assert!(page.starts_with("<!doctype html>"));
//! ```
//!
//! [`main`] is a command line for any container, and [`Report::check`] fails a test when a committed report is stale.

mod analysis;
mod check;
mod command;
mod model;
mod read;
mod render;
mod source;
mod uses;

use core::fmt;

use crate::container::Container;

use analysis::links::Links;
use analysis::{difference, dominators, forecast, reach, share};
use model::{Model, NodeId};

pub use analysis::difference::Difference;
pub use analysis::forecast::{Break, Forecast, Step};
pub use analysis::share::Share;
pub use check::CheckError;
pub use command::{CommandError, Options, main};
pub use model::{Registration, UnknownRegistration};
pub use read::ReadError;
pub use render::{Format, UnknownFormat};
pub use uses::{ConcreteUse, MessagesError};

/// What a container's graph tells.
///
/// See the [module](self) for an example.
pub struct Report {
    model: Model,
    links: Links,
    /// For each node, the longest way to something that needs nothing.
    layers: Vec<usize>,
    /// For each node, the one through which all uses of it pass.
    dominators: Vec<Option<NodeId>>,
    longest_chain: Vec<NodeId>,
}

impl Report {
    /// The report on a container.
    pub fn of<C: Container>() -> Self {
        Self::new(source::of::<C>())
    }

    /// The report that was written as JSON, by this version or an earlier one.
    ///
    /// ```
    /// use di_core::report::{Format, Report};
    /// # use di_core::{container, service};
    /// # #[service]
    /// # pub struct Clock;
    /// # #[container]
    /// # pub struct App {
    /// #     clock: Clock,
    /// # }
    ///
    /// let saved = Report::of::<App>().render(Format::Json);
    /// let earlier = Report::from_json(&saved)?;
    /// assert!(Report::of::<App>().difference_from(&earlier).is_empty());
    /// # Ok::<(), di_core::report::ReadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is no report, or one that a later version has written.
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        read::model(text).map(Self::new)
    }

    fn new(model: Model) -> Self {
        let links = Links::of(&model);
        let layers = reach::layers(&links);
        let dominators = dominators::immediate(&links);
        let longest_chain = reach::longest_chain(&links, &layers);
        Self { model, links, layers, dominators, longest_chain }
    }

    /// The container's name.
    pub fn container(&self) -> &str {
        self.model.name()
    }

    /// Services that answer at least one interface, over all services.
    pub fn coverage(&self) -> Share {
        share::coverage(&self.model)
    }

    /// Dependencies that name a concrete type, over all dependencies on services.
    pub fn coupling(&self) -> Share {
        share::coupling(&self.model)
    }

    /// One line: services, interfaces, coverage and coupling.
    pub fn summary(&self) -> String {
        render::text::summary(self)
    }

    /// The report in a format.
    pub fn render(&self, format: Format) -> String {
        render::report(self, format, &render::Extra::default())
    }

    /// What would no longer compile after a change of registration.
    pub fn forecast(&self, step: &Step) -> Forecast {
        forecast::of(&self.model, step)
    }

    /// What has changed since an earlier report, or what another profile has otherwise.
    pub fn difference_from(&self, earlier: &Self) -> Difference {
        difference::between(&earlier.model, &self.model)
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Report({})", self.summary())
    }
}

impl fmt::Display for Report {
    /// As [`Format::Text`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Format::Text))
    }
}
