package io.juxta.cli;

import io.juxta.runs.MethodTable;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What methods there are. */
@Command(
        name = "methods",
        description = "List the methods: each one's paper, what it needs, and when to take it.",
        footer = {"", "docs/methods.md says more; juxta recipe NAME prints the recipe to begin with."})
final class MethodsCommand implements Callable<Integer> {
    @Option(names = "--markdown", description = "Print the table of docs/methods.md instead.")
    private boolean markdown;

    @Override
    public Integer call() {
        System.out.print(markdown ? MethodTable.markdown() : MethodTable.list());
        return ExitStatus.DONE;
    }
}
