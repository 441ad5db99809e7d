//! The `virt-graphics-bridge` command. All of it is in the library, where tests reach it.

fn main() -> std::process::ExitCode {
    virt_tools::bridge::main()
}
