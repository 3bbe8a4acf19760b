package io.juxta.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A script by which a shell completes commands, options and their values. */
@Command(
        name = "completion",
        description = "Print the script by which bash or zsh completes commands, options and values.",
        footer = {
            "",
            "  source <(juxta completion bash)     in ~/.bashrc",
            "  source <(juxta completion zsh)      in ~/.zshrc, after compinit"
        })
final class CompletionCommand implements Callable<Integer> {
    /** What an option or an argument may be, in picocli's script. */
    private static final Pattern VALUES = Pattern.compile("_args=\\([^)]*\\)");

    /** The shells that are known. */
    enum Shell {
        BASH,
        ZSH
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private Shell shell = Shell.BASH;

    @Override
    public Integer call() {
        // picocli's script is for both: in zsh it loads bashcompinit by itself. It offers the names of Java's
        // constants,
        // which people write in lower case
        String script = VALUES.matcher(
                        AutoComplete.bash("juxta", spec.commandLine().getParent()))
                .replaceAll(values -> Matcher.quoteReplacement(values.group().toLowerCase(Locale.ROOT)));
        spec.commandLine().getOut().print(script);
        spec.commandLine().getOut().flush();
        return ExitStatus.DONE;
    }
}
