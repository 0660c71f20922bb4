//! Runs the fenced examples of the rule pages and of `tests/cases`.

mod example;
mod machine;

fn page(path: &std::path::Path) -> datatest_stable::Result<()> {
    let text = std::fs::read_to_string(path)?;
    example::run_all(path, &text)?;
    Ok(())
}

datatest_stable::harness! {
    { test = page, root = "docs/rules", pattern = r"^(?!.*README).*\.md$" },
    { test = page, root = "tests/cases", pattern = r"\.md$" },
}
