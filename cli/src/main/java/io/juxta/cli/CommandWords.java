package io.juxta.cli;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The command as it was given, so that a run can say how to do it again. */
final class CommandWords {
    private CommandWords() {}

    /** One line that a POSIX shell takes. */
    static String of(CommandSpec spec) {
        CommandLine top = spec.commandLine();
        while (top.getParent() != null) {
            top = top.getParent();
        }
        ParseResult parsed = top.getParseResult();
        Stream<String> words = parsed == null ? Stream.of() : parsed.originalArgs().stream();
        return Stream.concat(Stream.of("./juxta"), words.map(CommandWords::quoted))
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
