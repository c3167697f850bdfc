//! Settings, found by the type of their section.

use std::any::{Any, TypeId};
use std::sync::Arc;

use super::Settings;
use super::settings::Visitor;
use crate::ports::Section;

/// All settings and, shared, each section of them.
#[derive(Debug, Clone)]
pub(super) struct Sections {
    pub(super) whole: Arc<Settings>,
    by_type: Arc<[(TypeId, Arc<dyn Any + Send + Sync>)]>,
}

impl Sections {
    pub(super) fn of(whole: Arc<Settings>) -> Self {
        let mut collect = Collect(Vec::new());
        whole.visit(&mut collect);
        Self { whole, by_type: collect.0.into() }
    }

    pub(super) fn get(&self, section: TypeId) -> Option<Arc<dyn Any + Send + Sync>> {
        self.by_type.iter().find_map(|(id, value)| (*id == section).then(|| Arc::clone(value)))
    }
}

struct Collect(Vec<(TypeId, Arc<dyn Any + Send + Sync>)>);

impl Visitor for Collect {
    fn section<S: Section>(&mut self, section: &S) {
        self.0.push((TypeId::of::<S>(), Arc::new(section.clone())));
    }
}
