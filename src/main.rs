//! The program.

#[tokio::main]
async fn main() -> std::process::ExitCode {
    tomoshibi::cli::main().await
}
