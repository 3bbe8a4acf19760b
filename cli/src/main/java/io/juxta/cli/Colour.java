package io.juxta.cli;

/**
 * What stands out where somebody watches: on a terminal, unless {@code NO_COLOR} is set (to anything) or the terminal is
 * a dumb one. The start script says which of the two streams is a terminal.
 */
enum Colour {
    RED(31),
    YELLOW(33),
    GREEN(32);

    private final int code;

    Colour(int code) {
        this.code = code;
    }

    /** The text for standard output. */
    String out(String text) {
        return of(text, onOut());
    }

    /** The text for standard error. */
    String err(String text) {
        return of(text, isWanted() && isTerminal());
    }

    String of(String text, boolean coloured) {
        return coloured ? "\033[" + code + "m" + text + "\033[0m" : text;
    }

    /** Whether standard output is coloured. */
    static boolean onOut() {
        return isWanted() && Boolean.getBoolean("juxta.terminal.out") && !isDumb();
    }

    /** Whether standard error is a terminal on which the cursor can be moved. */
    static boolean isTerminal() {
        return Boolean.getBoolean("juxta.terminal") && !isDumb();
    }

    private static boolean isWanted() {
        String no = System.getenv("NO_COLOR");
        return no == null || no.isEmpty();
    }

    private static boolean isDumb() {
        return "dumb".equals(System.getenv("TERM"));
    }
}
