//! The sentiment of the crowd, of which no venue here tells yet.

use rust_decimal::Decimal;

use crate::ports::{AnalysisView, ComponentOpinion, IConfluenceComponent};

/// It has nothing to go by until a source of sentiment is bound: it is left out, and the analysis says so.
#[di_core::service(provides = IConfluenceComponent)]
#[derive(Debug)]
pub struct Sentiment {
    #[inject(key)]
    name: &'static str,
}

impl IConfluenceComponent for Sentiment {
    fn name(&self) -> &'static str {
        self.name
    }

    fn weight(&self) -> Decimal {
        Decimal::new(7, 2)
    }

    fn opinion(&self, _: &AnalysisView<'_>) -> Option<ComponentOpinion> {
        None
    }
}
