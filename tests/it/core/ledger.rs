//! Signs and dates of the ledger: what counts as this year's spending, on which day, as far as it was known.

use super::*;
use milepost::domain::disbursement::{
    Disbursement, Kind, Posting, PostingError, ReversalOrder, Source, Voucher, spent,
};
use uuid::Uuid;

fn posting(kind: Kind, amount: &str, paid_on: &str) -> Posting {
    Posting {
        kind,
        amount: yuan(amount),
        paid_on: day(paid_on),
        voucher: Voucher::new("2024-0001", 1).unwrap(),
        source: Source::FiscalOwn,
        payee: String::new(),
        memo: String::new(),
    }
}

fn entry(kind: Kind, amount: &str, paid_on: &str, recorded_on: &str) -> Disbursement {
    posting(kind, amount, paid_on).into_entry(Uuid::now_v7(), 1, at(recorded_on), "clerk").unwrap()
}

fn undone(entry: &Disbursement, paid_on: &str) -> Result<Disbursement, PostingError> {
    let order = ReversalOrder { reason: "重复支付".into(), paid_on: day(paid_on) };
    entry.reversal(&order, year(), day("2025-01-15"), (Uuid::now_v7(), 2, at(paid_on), "reviewer"))
}

fn sum(entries: &[&Disbursement], as_of: &str, known_on: &str) -> String {
    let entries: Vec<Disbursement> = entries.iter().copied().cloned().collect();
    spent(&entries, day(as_of), at(known_on)).unwrap().yuan()
}

#[test]
fn a_refund_lowers_spending_and_a_prior_year_s_refund_does_not() {
    let paid = entry(Kind::Payment, "1000.00", "2024-03-01", "2024-03-01");
    let refund = entry(Kind::Refund, "300.00", "2024-04-01", "2024-04-01");
    let of_last_year = entry(Kind::PriorYearRefund, "500.00", "2024-04-02", "2024-04-02");
    assert_eq!((refund.amount.yuan(), refund.counted), ("-300.00".into(), true));
    assert_eq!((of_last_year.amount.yuan(), of_last_year.counted), ("-500.00".into(), false));
    let all = [&paid, &refund, &of_last_year];
    assert_eq!(sum(&all, "2024-03-31", "2024-12-31"), "1000.00");
    assert_eq!(sum(&all, "2024-04-02", "2024-12-31"), "700.00");
}

#[test]
fn a_reversal_has_the_opposite_sign_of_what_it_undoes_whatever_that_is() {
    for (kind, undoing, left) in
        [(Kind::Payment, "-80.00", "0.00"), (Kind::Refund, "80.00", "0.00"), (Kind::PriorYearRefund, "80.00", "0.00")]
    {
        let original = entry(kind, "80.00", "2024-05-01", "2024-05-01");
        let reversal = undone(&original, "2024-06-01").unwrap();
        assert_eq!((reversal.amount.yuan(), reversal.counted), (undoing.into(), original.counted), "{kind:?}");
        assert_eq!((reversal.kind, reversal.reverses), (Kind::Reversal, Some(original.id)));
        assert_eq!(sum(&[&original, &reversal], "2024-12-31", "2024-12-31"), left, "{kind:?}");
        assert_eq!(undone(&reversal, "2024-06-02"), Err(PostingError::ReversalOfReversal));
    }
}

#[test]
fn until_its_own_day_a_reversal_has_not_happened() {
    let paid = entry(Kind::Payment, "80.00", "2024-05-01", "2024-05-01");
    let reversal = undone(&paid, "2024-07-01").unwrap();
    assert_eq!(sum(&[&paid, &reversal], "2024-06-30", "2024-12-31"), "80.00");
    assert_eq!(sum(&[&paid, &reversal], "2024-07-01", "2024-12-31"), "0.00");
    assert_eq!(undone(&paid, "2024-04-30"), Err(PostingError::BeforeOriginal(day("2024-05-01"))));
}

#[test]
fn december_s_payment_recorded_in_january_belongs_to_december() {
    let late = posting(Kind::Payment, "80.00", "2024-12-31");
    assert_eq!(late.check(year(), day("2025-01-10")), Ok(()));
    let late = entry(Kind::Payment, "80.00", "2024-12-31", "2025-01-10");
    assert_eq!(sum(&[&late], "2024-12-31", "2025-01-10"), "80.00");
    assert_eq!(sum(&[&late], "2024-12-31", "2025-01-09"), "0.00", "nobody knew of it on 9 January");
    assert_eq!(sum(&[&late], "2024-12-30", "2025-01-10"), "0.00");
    let next_year = posting(Kind::Payment, "80.00", "2025-01-01");
    assert!(matches!(next_year.check(year(), day("2025-01-10")), Err(PostingError::OutsideYear { .. })));
}

#[test]
fn a_posting_is_above_zero_and_not_in_the_future() {
    let today = day("2024-06-30");
    assert_eq!(posting(Kind::Payment, "0.00", "2024-06-30").check(year(), today), Err(PostingError::AmountNotPositive));
    assert_eq!(posting(Kind::Refund, "-1.00", "2024-06-30").check(year(), today), Err(PostingError::AmountNotPositive));
    assert_eq!(posting(Kind::Payment, "0.01", "2024-06-30").check(year(), today), Ok(()));
    let tomorrow = posting(Kind::Payment, "0.01", "2024-07-01").check(year(), today);
    assert_eq!(tomorrow, Err(PostingError::InFuture { paid_on: day("2024-07-01"), today }));
}
