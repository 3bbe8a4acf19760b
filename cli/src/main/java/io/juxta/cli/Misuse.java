package io.juxta.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** A command line that cannot be understood: one line that says why, and where to read on. */
final class Misuse implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String problem = problem(e, args);
        String see = problem.endsWith("?") ? " See " : "; see ";
        command.getErr()
                .println(Failures.prefix() + " " + problem + see
                        + command.getCommandSpec().qualifiedName() + " --help");
        return ExitStatus.WRONG_USAGE;
    }

    private static String problem(ParameterException e, String[] args) {
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().get(0);
            Optional<String> set = asKey(word, e.getCommandLine(), args);
            if (set.isPresent()) {
                return "unknown option '" + word + "': it is a key to be set by " + set.get();
            }
            boolean command = !unmatched.isUnknownOption()
                    && !e.getCommandLine().getSubcommands().isEmpty();
            String kind = unmatched.isUnknownOption() ? "option" : command ? "command" : "argument";
            List<String> nearest = unmatched.getSuggestions();
            return "unknown " + kind + " '" + word + "'"
                    + (nearest.isEmpty() ? "" : "; did you mean " + String.join(" or ", nearest) + "?");
        }
        String text = String.valueOf(e.getMessage()).strip();
        String message = text.lines()
                .findFirst()
                .orElse("")
                .replaceFirst("' is not an? (int|long)$", "' is not a whole number")
                .replaceFirst("' is not a double$", "' is not a number");
        return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    /** How a key is set that was taken for an option. */
    private static Optional<String> asKey(String word, CommandLine command, String[] args) {
        if (!word.startsWith("--") || !(command.getCommand() instanceof Keyed keyed)) {
            return Optional.empty();
        }
        int equals = word.indexOf('=');
        String name = word.substring(2, equals < 0 ? word.length() : equals).replace('_', '-');
        int place = Arrays.asList(args).indexOf(word);
        boolean followed = place >= 0 && place + 1 < args.length && !args[place + 1].startsWith("-");
        String value = equals >= 0 ? word.substring(equals + 1) : followed ? args[place + 1] : "...";
        return keyed.keys().stream()
                .filter(name::equalsIgnoreCase)
                .findFirst()
                .map(key -> "--set " + CommandWords.quoted(key + "=" + value));
    }
}
