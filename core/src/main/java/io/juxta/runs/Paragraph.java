package io.juxta.runs;

/** Text in lines that a terminal holds. */
final class Paragraph {
    private static final int WIDTH = 80;

    private Paragraph() {}

    /**
     * The words in lines of at most 80 columns, where no word is longer, each ending in a line break.
     *
     * @param indent what every line begins with
     */
    static String of(String words, String indent) {
        StringBuilder text = new StringBuilder();
        int column = 0;
        for (String word : words.strip().split("\\s+")) {
            if (column > 0 && column + 1 + word.length() > WIDTH) {
                text.append('\n');
                column = 0;
            }
            String before = column == 0 ? indent : " ";
            text.append(before).append(word);
            column += before.length() + word.length();
        }
        return text.append('\n').toString();
    }
}
