//! The roll-up of health: what that of one service means for those that depend on it.

use std::collections::BTreeSet;

use crate::lifecycle::HealthStatus;

/// A service's status as those see it who depend on it, and the services that made it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Effective {
    pub(super) status: HealthStatus,
    pub(super) because_of: Vec<usize>,
}

/// The effective status of each service: one that is healthy by itself is degraded while anything that it needs,
/// directly or through others, is unhealthy.
///
/// `needs` gives what a service needs; what it needs comes before it.
pub(super) fn roll_up<'a>(own: &[HealthStatus], needs: impl Fn(usize) -> &'a [usize]) -> Vec<Effective> {
    let mut unhealthy: Vec<BTreeSet<usize>> = Vec::with_capacity(own.len());
    let mut effective = Vec::with_capacity(own.len());
    for (index, &status) in own.iter().enumerate() {
        let mut because_of = BTreeSet::new();
        for &need in needs(index) {
            if own[need] == HealthStatus::Unhealthy {
                because_of.insert(need);
            }
            because_of.extend(&unhealthy[need]);
        }
        let status = match status {
            HealthStatus::Healthy if !because_of.is_empty() => HealthStatus::Degraded,
            own => own,
        };
        effective.push(Effective { status, because_of: because_of.iter().copied().collect() });
        unhealthy.push(because_of);
    }
    effective
}

#[cfg(test)]
mod tests {
    use super::*;
    use HealthStatus::{Degraded, Healthy, Stopping, Unhealthy};

    #[test]
    fn l16_a_service_is_at_most_degraded_because_of_what_it_needs_through_others_too() {
        let needs: [&[usize]; 5] = [&[], &[0], &[1], &[], &[0, 3]];
        let effective = roll_up(&[Unhealthy, Healthy, Healthy, Degraded, Stopping], |node| needs[node]);
        let found: Vec<_> = effective.iter().map(|one| (one.status, one.because_of.clone())).collect();
        assert_eq!(
            found,
            [
                (Unhealthy, vec![]),
                (Degraded, vec![0]),
                (Degraded, vec![0]),
                // What is degraded by itself is nobody's reason.
                (Degraded, vec![]),
                (Stopping, vec![0]),
            ]
        );
    }
}
