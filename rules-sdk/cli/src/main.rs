//! The command line: `check FILE…`, `test FILE…`, `bench FILE`, `eval`, `explain`, `language`, `fmt`, `convert` and
//! `reference`.
//!
//! Invariants: exit 0 = done, 1 = a file has errors or a case fails, 2 = the command could not do its work.

use std::io::{BufWriter, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use syncline_rules_cli::rewrite::{self, Form, Named, Wanted};
use syncline_rules_cli::{bench, cases, check, eval, explain, language};

/// Checks and evaluates Syncline rules.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prints every diagnostic of the files; exit 1 if any is an error.
    Check {
        /// Expressions, rule trees, compile requests, profiles (.json) or eval lines (.jsonl).
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Print JSON instead of source frames.
        #[arg(long)]
        json: bool,
        /// A JSON object of attribute names and types; without it unknown names are optional texts.
        #[arg(long)]
        schema: Option<PathBuf>,
        /// What may fail on some objects is an error.
        #[arg(long)]
        strict: bool,
        /// A JSON file of the lookup tables and named expressions that expressions may use.
        #[arg(long)]
        resources: Option<PathBuf>,
    },
    /// Runs the cases stored with rules; exit 1 if one fails.
    Test {
        /// Documents of rules with cases (.json).
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Print JSON instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Measures what the rules of a document of cases take for an object.
    Bench {
        /// A document of rules with cases (.json).
        file: PathBuf,
        /// Objects of a batch: the inputs of the cases, repeated.
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        rows: u32,
        /// Batches, of which the quickest counts.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        rounds: u32,
        /// Print JSON instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Prints a rule in its canonical form; exit 1 if that would lose something.
    Fmt {
        /// A text, a rule tree or document (.json) or one a line (.jsonl); standard input without one.
        file: Option<PathBuf>,
        /// What it is written in, where it does not say so itself.
        #[arg(long)]
        dialect: Option<Named>,
    },
    /// Prints a rule in the other dialect, as a tree or as a text; exit 1 if it would not mean the same.
    Convert {
        /// A text, a rule tree or document (.json) or one a line (.jsonl); standard input without one.
        file: Option<PathBuf>,
        /// The dialect to write.
        #[arg(long, required_unless_present = "form")]
        to: Option<Named>,
        /// The form to write.
        #[arg(long)]
        form: Option<Form>,
        /// What it is written in, where it does not say so itself; the other one than `--to`.
        #[arg(long)]
        dialect: Option<Named>,
        /// A JSON object of the attributes that the rule reads and their types, which decide what it means.
        #[arg(long)]
        schema: Option<PathBuf>,
        /// A JSON file of the lookup tables and named expressions that the rule may use.
        #[arg(long)]
        resources: Option<PathBuf>,
    },
    /// Prints the reference of all functions as Markdown.
    Reference,
    /// Reads lines as `eval` does and prints each answer with every value on the way to it.
    Explain {
        /// Print the tree as JSON.
        #[arg(long)]
        json: bool,
        /// A JSON file of the lookup tables and named expressions that expressions may use.
        #[arg(long)]
        resources: Option<PathBuf>,
    },
    /// Answers what an editor asks, one JSON question and one answer per line: diagnostics, completion, hover, signature
    /// help, format, rename.
    Language,
    /// Reads JSON lines on standard input and answers each with the value of its expression.
    Eval {
        /// Write each compiled module there as `<id>.wasm`.
        #[arg(long)]
        emit: Option<PathBuf>,
        /// A JSON file of the lookup tables and named expressions that expressions may use.
        #[arg(long)]
        resources: Option<PathBuf>,
    },
}

/// Stack of the working thread: expressions at the depth limit are walked recursively.
const STACK_BYTES: usize = 64 << 20;

fn main() -> ExitCode {
    let args = Args::parse();
    let work = move || match args.command {
        Command::Check {
            files,
            json,
            schema,
            strict,
            resources,
        } => check::run(
            &files,
            check::Wanted {
                schema: schema.as_deref(),
                resources: resources.as_deref(),
                strict,
                json,
            },
            &mut BufWriter::new(stdout().lock()),
        ),
        Command::Test { files, json } => {
            cases::run(&files, json, &mut BufWriter::new(stdout().lock()))
        }
        Command::Bench {
            file,
            rows,
            rounds,
            json,
        } => {
            let size = bench::Size {
                rows: rows as usize,
                rounds: rounds as usize,
            };
            let mut out = BufWriter::new(stdout().lock());
            bench::run(&file, size, json, &mut out).map(|()| true)
        }
        Command::Fmt { file, dialect } => rewrite::format(
            file.as_ref(),
            dialect.map(Into::into),
            &mut BufWriter::new(stdout().lock()),
        ),
        Command::Convert {
            file,
            to,
            form,
            dialect,
            schema,
            resources,
        } => {
            let wanted = Wanted {
                to: to.map(Into::into),
                form,
            };
            rewrite::convert(
                file.as_ref(),
                (wanted, dialect.map(Into::into)),
                (schema.as_deref(), resources.as_deref()),
                &mut BufWriter::new(stdout().lock()),
            )
        }
        Command::Reference => {
            print!("{}", syncline_rules::reference::markdown());
            Ok(true)
        }
        Command::Explain { json, resources } => explain::run(
            stdin().lock(),
            (json, resources.as_deref()),
            &mut BufWriter::new(stdout().lock()),
        )
        .map(|()| true),
        Command::Language => language::run(stdin().lock(), &mut stdout().lock()).map(|()| true),
        Command::Eval { emit, resources } => eval::run(
            stdin().lock(),
            &mut BufWriter::new(stdout().lock()),
            (emit.as_deref(), resources.as_deref()),
        )
        .map(|()| true),
    };
    let worker = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(work);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(true))) => ExitCode::SUCCESS,
        Ok(Ok(Ok(false))) => ExitCode::FAILURE,
        Ok(Ok(Err(error))) => {
            eprintln!("syncline-rules: {error:#}");
            ExitCode::from(2)
        }
        Ok(Err(_)) | Err(_) => ExitCode::from(2),
    }
}
