//! The weights of requests within the limit of their venue.

use std::time::Duration;

use tokio::time::Instant;

/// How much a venue may be asked for in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The sum of the weights.
    pub weight: u32,
    /// The time.
    pub window: Duration,
}

impl Limit {
    /// What we take of it: requests that overtake each other, and clocks that differ, need the rest.
    fn ours(self) -> u32 {
        self.weight / 10 * 9
    }
}

/// What was spent within the last window.
#[derive(Debug, Default)]
pub(super) struct Budget {
    /// Weights, with the time until which each counts.
    spent: Vec<(Instant, u32)>,
}

impl Budget {
    /// Spends a weight before its request is sent.
    ///
    /// # Errors
    /// How long to wait until there is room.
    pub(super) fn spend(&mut self, weight: u32, limit: Limit) -> Result<(), Duration> {
        let now = Instant::now();
        self.spent.retain(|(until, _)| *until > now);
        let mut sum = self.sum().saturating_add(weight);
        if sum <= limit.ours() || self.spent.is_empty() {
            self.spent.push((now + limit.window, weight));
            return Ok(());
        }
        self.spent.sort_unstable();
        let mut end = now;
        for (until, weight) in &self.spent {
            if sum <= limit.ours() {
                break;
            }
            (sum, end) = (sum - weight, *until);
        }
        Err(end - now)
    }

    /// The venue has told what was spent. What is not ours, others have spent from the same address; it counts until then.
    pub(super) fn told(&mut self, used: u32, until: Instant) {
        let others = used.saturating_sub(self.sum());
        if others > 0 {
            self.spent.push((until, others));
        }
    }

    fn sum(&self) -> u32 {
        self.spent.iter().map(|(_, weight)| *weight).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { weight: 6_000, window: Duration::from_secs(60) };

    #[tokio::test(start_paused = true)]
    async fn no_window_has_more_than_the_limit() {
        let (mut budget, begin, mut spent) = (Budget::default(), Instant::now(), Vec::new());
        while begin.elapsed() < Duration::from_secs(600) {
            match budget.spend(250, LIMIT) {
                Ok(()) => spent.push(begin.elapsed()),
                Err(wait) => tokio::time::sleep(wait).await,
            }
            tokio::time::sleep(Duration::from_millis(70)).await;
        }
        for (index, first) in spent.iter().enumerate() {
            let within = spent[index..].iter().take_while(|time| **time - *first < LIMIT.window).count();
            assert!(within * 250 <= 5_400, "{within} from {first:?}");
        }
        assert!(spent.len() >= 9 * 21, "{}", spent.len());
    }

    #[tokio::test(start_paused = true)]
    async fn what_others_have_spent_counts_until_their_minute_is_over() {
        let mut budget = Budget::default();
        budget.spend(20, LIMIT).unwrap();
        budget.told(5_390, Instant::now() + Duration::from_secs(40));
        assert_eq!(budget.spend(20, LIMIT), Err(Duration::from_secs(40)));
        budget.told(5_390, Instant::now() + Duration::from_secs(50));
        assert_eq!(budget.spend(20, LIMIT), Err(Duration::from_secs(40)), "told twice, it counts once");
        tokio::time::sleep(Duration::from_secs(40)).await;
        assert_eq!(budget.spend(20, LIMIT), Ok(()));
    }
}
