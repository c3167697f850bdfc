//! Order and health in random graphs of which single services are started and stopped.

use std::collections::BTreeSet;
use std::sync::Arc;

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck, HealthMonitor, HealthStatus};
use di_core::interface;
use di_core::lifecycle::{Application, Plan};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::world::{Log, Script, Service, settings};

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

#[derive(Debug, Clone)]
struct Case {
    nodes: Vec<Node>,
    orders: Vec<Order>,
}

#[derive(Debug, Clone)]
struct Node {
    /// A bit per node before it.
    needs: u8,
    start: u64,
    stop: u64,
    /// What its check finds, if it has one.
    finds: Option<HealthStatus>,
    is_external: bool,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Start(usize),
    Stop(usize),
}

impl Case {
    fn needs(&self, node: usize) -> Vec<usize> {
        (0..node).filter(|other| self.nodes[node].needs & (1 << other) != 0).collect()
    }

    /// Through others, too.
    fn all_needs(&self, node: usize) -> BTreeSet<usize> {
        let direct = self.needs(node);
        direct.iter().flat_map(|&need| self.all_needs(need)).chain(direct.iter().copied()).collect()
    }

    fn all_dependents(&self, node: usize) -> BTreeSet<usize> {
        (node + 1..self.nodes.len()).filter(|&other| self.all_needs(other).contains(&node)).collect()
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let finds = prop_oneof![Just(HealthStatus::Healthy), Just(HealthStatus::Degraded), Just(HealthStatus::Unhealthy)];
    let node = (any::<u8>(), 0_u64..50, 0_u64..50, prop::option::of(finds), any::<bool>())
        .prop_map(|(needs, start, stop, finds, is_external)| Node { needs, start, stop, finds, is_external });
    (prop::collection::vec(node, 1..=NAMES.len()), prop::collection::vec((any::<bool>(), any::<usize>()), 0..8))
        .prop_map(|(nodes, orders)| {
            let place = |any: usize| any % nodes.len();
            let order = |(starts, any)| if starts { Order::Start(place(any)) } else { Order::Stop(place(any)) };
            Case { orders: orders.into_iter().map(order).collect(), nodes }
        })
}

/// It always finds the same.
struct Finds(HealthStatus);

#[interface]
impl HealthCheck for Finds {
    async fn check(&self) -> Result<Health, BoxError> {
        Ok(match self.0 {
            HealthStatus::Unhealthy => Health::unhealthy("as scripted"),
            HealthStatus::Degraded => Health::degraded("as scripted"),
            _ => Health::healthy(),
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn l01_l07_and_l16_hold_while_single_services_are_started_and_stopped_at_random(case in cases()) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(live(&case))?;
    }
}

async fn live(case: &Case) -> Result<(), TestCaseError> {
    let log = Log::new();
    let nodes = case.nodes.iter().enumerate().map(|(index, node)| {
        let service = Service::new(&log, NAMES[index]).start(Script::Ok(node.start)).stop(Script::Ok(node.stop));
        let mut plan_node = service.node().after(case.needs(index));
        if let Some(finds) = node.finds {
            plan_node = plan_node.health(Arc::new(Finds(finds)));
        }
        if node.is_external { plan_node.health_external() } else { plan_node }
    });
    let application = Application::new(Plan::new(nodes).unwrap()).with_settings(settings()).unwrap();
    let (registry, health) = (application.registry(), application.health());
    application.start().await.unwrap();
    let mut up: BTreeSet<usize> = (0..case.nodes.len()).collect();
    for order in &case.orders {
        health_is_that_of_the_graph(case, &up, &health).await?;
        match *order {
            Order::Start(node) => {
                let report = registry.start(NAMES[node]).await.unwrap();
                let mut wanted = case.all_needs(node);
                wanted.insert(node);
                prop_assert_eq!(report.services().len(), wanted.difference(&up).count());
                up.extend(wanted);
            }
            Order::Stop(node) => {
                let report = registry.stop(NAMES[node]).await.unwrap();
                let mut unwanted = case.all_dependents(node);
                unwanted.insert(node);
                prop_assert_eq!(report.services().len(), unwanted.intersection(&up).count());
                up = up.difference(&unwanted).copied().collect();
            }
        }
    }
    health_is_that_of_the_graph(case, &up, &health).await?;
    application.stop().await.unwrap();
    health_is_that_of_the_graph(case, &BTreeSet::new(), &health).await?;
    the_order_was_that_of_the_graph(case, &log)
}

async fn health_is_that_of_the_graph(
    case: &Case,
    up: &BTreeSet<usize>,
    health: &HealthMonitor,
) -> Result<(), TestCaseError> {
    let records = health.check_now().await;
    let own = |node: usize| match case.nodes[node].finds {
        _ if !up.contains(&node) => HealthStatus::Stopped,
        Some(finds) => finds,
        None => HealthStatus::Healthy,
    };
    for (node, record) in records.iter().enumerate() {
        let unhealthy = case.all_needs(node).into_iter().filter(|&need| own(need) == HealthStatus::Unhealthy);
        let because_of: Vec<_> = unhealthy.map(|need| NAMES[need]).collect();
        let effective = match own(node) {
            HealthStatus::Healthy if !because_of.is_empty() => HealthStatus::Degraded,
            own => own,
        };
        prop_assert_eq!((record.service, record.status), (NAMES[node], own(node)));
        prop_assert_eq!((record.effective, &record.because_of), (effective, &because_of));
        let history = health.history(NAMES[node]);
        let last = history.last().map(|last| (last.status, last.effective));
        prop_assert_eq!(last.unwrap_or((HealthStatus::Stopped, HealthStatus::Stopped)), (record.status, effective));
    }
    let all = || 0..case.nodes.len();
    let ready = all().all(|node| up.contains(&node) && own(node) != HealthStatus::Unhealthy);
    prop_assert_eq!(health.ready(), ready);
    let ill_inside = all().any(|node| own(node) == HealthStatus::Unhealthy && !case.nodes[node].is_external);
    // After the stop nothing is up, and nothing is live.
    prop_assert!(health.live() != ill_inside || up.is_empty());
    Ok(())
}

/// Walks through what was done: a service is up only while all that it needs is up.
fn the_order_was_that_of_the_graph(case: &Case, log: &Log) -> Result<(), TestCaseError> {
    let mut touched = BTreeSet::new();
    let mut up = BTreeSet::new();
    for line in log.lines() {
        let (name, what) = line.split_once(' ').unwrap();
        let node = NAMES.iter().position(|other| *other == name).unwrap();
        match what {
            "start" => {
                prop_assert!(case.needs(node).iter().all(|need| up.contains(need)), "{name} started too early");
                prop_assert!(touched.insert(node), "{name} started twice");
            }
            "start ok" => prop_assert!(up.insert(node)),
            "stop" => {
                prop_assert!(up.remove(&node), "{name} was stopped and was not up");
                let early = touched.iter().find(|&&other| case.needs(other).contains(&node));
                prop_assert!(early.is_none(), "{name} stopped before {early:?}");
            }
            "stop ok" => prop_assert!(touched.remove(&node)),
            other => return Err(TestCaseError::fail(format!("{name} {other}"))),
        }
    }
    prop_assert!(touched.is_empty(), "left: {touched:?}");
    Ok(())
}
