//! The heart: values and pure decisions. Nothing here reads a clock, a file or a database.
//!
//! The main line is three functions: [`comparison::compare`] holds what was paid against the plan in force,
//! [`judge::judge`] gives one verdict per rule, [`decide::decide`] says what each verdict changes; [`attend::attend`] says
//! what time alone asks for: a reminder, a step upwards, an end.
//!
//! # Glossary (one word per concept, in code, SQL, JSON, docs and letters)
//!
//! | word | 中文 | meaning |
//! | --- | --- | --- |
//! | plan point | 支出计划节点 | a date with the cumulative amount promised by then |
//! | disbursement | 支出 | money really paid; an entry of the ledger |
//! | reversal | 冲销 | an entry that undoes another, with the opposite sign |
//! | commitment | 合同、支付申请 | money bound and not paid: a contract signed, or an amount applied for; never spent |
//! | release | 解除 | an entry that takes a commitment back, whole or in part |
//! | refund | 退款 | money that came back; lowers this year's spending |
//! | prior-year refund | 上年退款 | came back from last year's payment; kept, not counted |
//! | funding source | 资金来源 | `fiscal_own` 本级安排, `fiscal_upper` 上级补助, `other` 其他 |
//! | adjusted budget | 调整后预算数 | the budget of the plan version in force |
//! | execution rate | 执行率 | spent ÷ adjusted budget |
//! | time progress | 序时进度 | the share of the year that has passed |
//! | indicator, target | 绩效指标, 指标值 | what was promised to be achieved |
//! | basis | 指标值确定依据 | the paper that a target rests on |
//! | reading | 监测值 | what was really achieved, as observed on a day |
//! | check | 监控检查 | one judging of all projects of a year, as of a day |
//! | verdict, alert | 判定, 预警 | what a rule says; what follows from it until it is settled |
//! | working day, make-up day | 工作日, 调休 | a day worked by the State Council's calendar; a weekend day worked for a holiday |
//! | unit | 预算单位 | a budget unit; a token's and a contact's scope |

pub mod access;
pub mod achievement;
pub mod acknowledgement;
pub mod alert;
pub mod attend;
pub mod balance;
pub mod calendar;
pub mod code;
pub mod commitment;
pub mod comparison;
pub mod contact;
pub mod decide;
pub mod disbursement;
pub mod figures_due;
pub mod indicator;
pub mod inhibition;
pub mod judge;
pub mod language;
pub mod letter;
pub mod measure;
pub mod money;
pub mod monthly;
pub mod note;
pub mod pace;
pub mod plan;
pub mod policy;
pub mod project;
pub mod reading;
pub mod rule;
pub mod text;
pub mod verdict;
pub mod workdays;
