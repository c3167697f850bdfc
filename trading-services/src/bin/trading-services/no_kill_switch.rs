//! Nobody presses the kill switch of a platform that runs: the program was built without the feature `http-client`.

use std::net::SocketAddr;

use crate::commands::Failure;
use crate::kill::Holder;

/// Says what is missing, and where else there is a kill switch.
pub(crate) async fn press(address: SocketAddr, _reason: &str, holder: Option<&Holder<'_>>) -> Result<String, Failure> {
    let whose = holder.map_or_else(String::new, |Holder { process, name }| match process {
        Some(process) => format!(" of {name}, process {process}"),
        None => format!(" of {name}"),
    });
    Err(format!(
        "{address}: expected a program that is built with the feature `http-client`; the page{whose} has a kill switch"
    )
    .into())
}
