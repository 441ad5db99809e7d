//! The `xdr` command. All of it is in the library, where tests reach it.

fn main() -> std::process::ExitCode {
    xdr_cli::main()
}
