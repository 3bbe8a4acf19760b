package io.juxta.cli;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The command as it was given, so that a run can say how to do it again. */
final class CommandWords {
    private CommandWords() {}

    /** The command's name, without that of the program: {@code translate train}. */
    static String name(CommandSpec spec) {
        return spec.qualifiedName(" ").replaceFirst("^\\S+ ", "");
    }

    /** One line that a POSIX shell takes. */
    static String of(CommandSpec spec) {
        CommandLine top = spec.commandLine();
        while (top.getParent() != null) {
            top = top.getParent();
        }
        ParseResult parsed = top.getParseResult();
        Stream<String> words = parsed == null ? Stream.of() : parsed.originalArgs().stream();
        return line(words.toList());
    }

    /** The command with these words, as a person would type it where this one was typed. */
    static String line(List<String> words) {
        return Stream.concat(Stream.of(System.getProperty("juxta.command", "./juxta")), words.stream())
                .map(CommandWords::quoted)
                .collect(Collectors.joining(" "));
    }

    /** A word as a POSIX shell takes it. */
    static String quoted(String word) {
        return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
