//! Entries put into a SQLite ledger past the program, with sound roll-ups: millions in seconds.

use super::house::House;
use diesel::connection::SimpleConnection;
use milepost::storage::Connection;
use milepost::storage::backend::{Address, establish};
use std::path::PathBuf;

/// A connection to a house's SQLite file.
pub fn connection(house: &House) -> Connection {
    let path = PathBuf::from(house.url().trim_start_matches("sqlite://"));
    establish(&Address::Sqlite(path), false).expect("a connection")
}

/// The numbers from 1, as a table with one column.
pub fn numbers(upto: u32, name: &str) -> String {
    format!(
        "(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {upto}) SELECT i AS {name} FROM s)"
    )
}

/// Adds so many payments of one fen to the ledger, spread over all projects and the days of the year so far.
pub fn entries(house: &House, entries: u32) {
    let each = numbers(entries.div_ceil(u32::try_from(house.codes.len()).expect("few projects")), "k");
    let statements = format!(
        "BEGIN;
        INSERT INTO disbursements (id, project_id, sequence, kind, amount_fen, counted, paid_on, voucher_no, voucher_line,
                source, payee, memo, recorded_at, recorded_by)
            SELECT printf('%08x-0000-7000-8000-%012x', k, p.rowid), p.id, k, 'payment', 1, 1,
                date('2024-01-01', '+' || ((k * 13) % 197) || ' days'), 'seeded-' || k, 1, 'fiscal_own', '', '',
                '2024-07-16 00:00:00', 'bench'
            FROM {each}, projects p;
        INSERT INTO spend_month (project_id, month, source, amount_fen)
            SELECT project_id, date(paid_on, 'start of month'), source, SUM(amount_fen) FROM disbursements
            WHERE counted GROUP BY 1, 2, 3;
        COMMIT;"
    );
    connection(house).batch_execute(&statements).expect("a seeded ledger");
}
