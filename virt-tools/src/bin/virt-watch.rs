//! The `virt-watch` command. All of it is in the library, where tests reach it.

fn main() -> std::process::ExitCode {
    virt_tools::watch::main()
}
