//! A name that no service has, and the one that was probably meant.

use std::fmt;

/// No service of the plan is called so: most likely a name that was mistyped or has changed.
///
/// ```
/// use std::time::Duration;
/// use di_core::lifecycle::{Application, Plan, PlanNode, Settings};
///
/// let application = Application::new(Plan::new([PlanNode::new("Market"), PlanNode::new("Venue")])?);
/// let settings = Settings::default().stop_budget_of("Markt", Duration::from_secs(1));
/// let error = application.with_settings(settings).expect_err("it is mistyped");
/// assert_eq!(error.nearest, Some("Market"));
/// assert_eq!(error.to_string(), "no service is called `Markt`; did you mean `Market`? There are: Market, Venue");
/// # Ok::<(), di_core::lifecycle::PlanError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownService {
    /// The name that was given.
    pub name: String,
    /// The name that is spelt most alike, if one is.
    pub nearest: Option<&'static str>,
    /// The names there are, in start order.
    pub known: Vec<&'static str>,
}

impl UnknownService {
    pub(super) fn new(name: &str, known: impl Iterator<Item = &'static str>) -> Self {
        let known: Vec<_> = known.collect();
        Self { name: name.to_owned(), nearest: nearest(name, &known), known }
    }
}

/// The known name with the fewest edits, if they are few for its length; upper and lower case are alike.
fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let limit = name.chars().count().max(3) / 3 + 1;
    let name = name.to_lowercase();
    let edits = known.iter().map(|other| (strsim::damerau_levenshtein(&name, &other.to_lowercase()), *other));
    edits.min_by_key(|(edits, _)| *edits).filter(|(edits, _)| *edits <= limit).map(|(_, other)| other)
}

impl fmt::Display for UnknownService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no service is called `{}`; ", self.name)?;
        match self.nearest {
            Some(nearest) => write!(f, "did you mean `{nearest}`? There are: {}", self.known.join(", ")),
            None => write!(f, "there are: {}", self.known.join(", ")),
        }
    }
}

impl std::error::Error for UnknownService {}
