//! The command `kill`: ends all trading of a platform, whether it runs or not.

use std::io::{Write, stdout};
use std::net::{Ipv4Addr, SocketAddr};

use clap::Args;
use trading_services::config::{Overrides, load};
use trading_services::store::StoreError;

use crate::commands::Failure;
use crate::kill_switch::press;
use crate::store::StoreArgs;

/// Where a platform answers unless `http.address` says otherwise.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9_464);

#[derive(Debug, Args)]
pub(crate) struct KillArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Why trading ends; it is kept, and people are told.
    #[arg(long)]
    reason: String,
    /// Where the platform answers that runs; by default where it has said, else `http.address` of the settings, else
    /// 127.0.0.1:9464.
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "store")]
    address: Option<SocketAddr>,
}

/// A platform that runs is asked; where none has the state, it is written there that trading has ended.
pub(crate) async fn run(args: &KillArgs) -> Result<(), Failure> {
    let said = match args.address {
        Some(address) => press(address, &args.reason, None).await?,
        None => match args.store.admin()?.kill(&args.reason).await {
            Ok(true) => {
                "no platform has the state folder; trading has ended, and the next start over it cancels what is open"
                    .to_owned()
            }
            Ok(false) => "no platform has the state folder; trading had ended before".to_owned(),
            Err(StoreError::Held { holder, process, address, .. }) => {
                let address = match address {
                    Some(address) => address,
                    None => load(args.store.config.as_deref(), &Overrides::default())?.http.address.unwrap_or(USUAL),
                };
                let holds = Holder { process, name: &holder };
                press(address, &args.reason, Some(&holds)).await.map_err(|error| {
                    format!("{error}\n  {holder} has the state: say with `--address` where it answers, or stop it")
                })?
            }
            Err(error) => return Err(error.into()),
        },
    };
    Ok(writeln!(stdout(), "{said}")?)
}

/// Who has the state folder.
#[derive(Debug)]
pub(crate) struct Holder<'a> {
    pub(crate) process: Option<u32>,
    pub(crate) name: &'a str,
}
