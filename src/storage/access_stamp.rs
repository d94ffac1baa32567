//! A short text that changes with every change to tokens, to the tree of units, or to the unit of a project, by
//! whichever program: what was remembered under it holds while it stands.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::schema::access_stamp;
use diesel::prelude::*;

/// The stamp as this transaction sees it.
pub fn now(conn: &mut Connection) -> Result<String, Error> {
    Ok(on_either!(conn, |conn| access_stamp::table.select(access_stamp::stamp).get_result(conn))?)
}
