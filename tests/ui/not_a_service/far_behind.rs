//! A type without `#[service]` behind thirty services: the one in its place among the first thirty does not stand in for it.

use di_core::{container, service};

#[service]
pub struct Feed<const N: usize> {}

pub struct Journal;

#[container]
pub struct App {
    feed_0: Feed<0>,
    feed_1: Feed<1>,
    feed_2: Feed<2>,
    feed_3: Feed<3>,
    feed_4: Feed<4>,
    feed_5: Feed<5>,
    feed_6: Feed<6>,
    feed_7: Feed<7>,
    feed_8: Feed<8>,
    feed_9: Feed<9>,
    feed_10: Feed<10>,
    feed_11: Feed<11>,
    feed_12: Feed<12>,
    feed_13: Feed<13>,
    feed_14: Feed<14>,
    feed_15: Feed<15>,
    feed_16: Feed<16>,
    feed_17: Feed<17>,
    feed_18: Feed<18>,
    feed_19: Feed<19>,
    feed_20: Feed<20>,
    feed_21: Feed<21>,
    feed_22: Feed<22>,
    feed_23: Feed<23>,
    feed_24: Feed<24>,
    feed_25: Feed<25>,
    feed_26: Feed<26>,
    feed_27: Feed<27>,
    feed_28: Feed<28>,
    feed_29: Feed<29>,
    feed_30: Feed<30>,
    journal: Journal,
}

fn main() {}
