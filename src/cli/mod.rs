//! The command line. Standard output carries only a command's answer; logs and notes go to standard error.
//! Exit codes: 0 done, 1 refused (the input's fault), 2 usage, 3 could not (the world's fault).

mod books;
mod check;
mod config;
mod demo;
mod failure;
mod house;
mod import;
mod letters;
mod out;
mod rules;
mod serve;
mod setup;
mod verify;

use clap::{Parser, Subcommand};
use failure::Failure;
use std::path::PathBuf;
use std::process::ExitCode;

/// Milepost 预算执行监控: watches the execution of public budgets.
#[derive(Debug, Parser)]
#[command(name = "milepost", version, about, max_term_width = 110)]
struct Cli {
    /// A settings file, laid over the built-in defaults; the environment (`MILEPOST__…`) lies over both.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 演示 · A sample year in a new folder: plan, payments, the June check, letters; then serves it.
    Demo(demo::DemoArgs),
    /// 服务 · Serve the REST API, send letters, check on schedule.
    Serve,
    /// 导入 · Import a plan, payments or readings from a file.
    Import(import::ImportArgs),
    /// 检查 · Judge every project of a year, and write the letters that follow.
    Check(check::CheckArgs),
    /// 令牌 · Make, list or revoke API tokens.
    Token(house::TokenArgs),
    /// 单位 · Budget units and the tree they form.
    Unit(house::UnitArgs),
    /// 联系人 · People who are told.
    Contact(house::ContactArgs),
    /// 信件 · The outbox: list, show, retry, cancel; send what is due; try the set-up out.
    Letters(letters::LettersArgs),
    /// 规则 · Show, check or put rule sets, begin from a preset.
    Rules(rules::RulesArgs),
    /// 核验 · Rebuild the roll-ups from the ledger, check the database, say what differs.
    Verify(verify::VerifyArgs),
    /// 接口描述 · Print the API's description (OpenAPI 3.1), as the service gives it at /openapi.json.
    Openapi,
    /// 设置 · Show or check the settings.
    Config(config::ConfigArgs),
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Config(args) => config::run(cli.config.as_deref(), &args),
        Command::Openapi => {
            print_description();
            Ok(())
        }
        command => {
            let is_service = matches!(command, Command::Serve);
            setup::Setup::load(cli.config.as_deref(), is_service).and_then(|setup| dispatch(setup, command))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            out::note(&failure.to_string());
            failure.exit_code()
        }
    }
}

fn dispatch(setup: setup::Setup, command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo(args) => demo::run(setup, &args),
        Command::Serve => serve::run(setup),
        Command::Import(args) => import::run(&setup, args),
        Command::Check(args) => check::run(&setup, &args),
        Command::Token(args) => house::token(&setup, args),
        Command::Unit(args) => house::unit(&setup, args),
        Command::Contact(args) => house::contact(&setup, args),
        Command::Letters(args) => letters::run(&setup, &args),
        Command::Rules(args) => rules::run(&setup, &args),
        Command::Verify(args) => verify::run(&setup, &args),
        Command::Config(args) => config::run(None, &args),
        Command::Openapi => {
            print_description();
            Ok(())
        }
    }
}

/// `docs/openapi.json` is made with it.
fn print_description() {
    out::say(crate::http::document::TEXT.trim_end());
}
