package io.juxta.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** README and docs lead where they say, and the head of the results says what the results do. */
class PagesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^(#{1,6}) (.+)$");
    private static final Pattern NUMBER = Pattern.compile("\\d[\\d,.:]*\\d(e-?\\d+)?|\\d");

    private static List<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.concat(top, docs),
                            Stream.of("examples", "benchmarks").map(module -> ROOT.resolve(module + "/README.md")))
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private static String text(Path page) throws IOException {
        return Files.readString(page).replace("\r\n", "\n");
    }

    /** As GitHub names headings: `A step, again` is #a-step-again. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
                .replace(' ', '-');
    }

    private static List<String> anchors(String page) {
        return HEADING.matcher(page)
                .results()
                .map(found -> anchor(found.group(2)))
                .toList();
    }

    /** A heading's text, up to the next of its rank or above. */
    private static Optional<String> section(String page, String anchor) {
        Matcher heading = HEADING.matcher(page);
        while (heading.find()) {
            if (anchor(heading.group(2)).equals(anchor)) {
                Matcher next = Pattern.compile("(?m)^#{1," + heading.group(1).length() + "} ")
                        .matcher(page);
                return Optional.of(
                        page.substring(heading.end(), next.find(heading.end()) ? next.start() : page.length()));
            }
        }
        return Optional.empty();
    }

    private static List<String> brokenLinks(Path page, String text) throws IOException {
        List<String> broken = new ArrayList<>();
        for (MatchResult link : LINK.matcher(text).results().toList()) {
            String target = link.group(1);
            if (target.contains("://")) {
                continue;
            }
            String[] words = target.split("#", 2);
            Path file = words[0].isEmpty() ? page : page.resolveSibling(words[0]);
            String there = words[0].isEmpty() || !target.contains("#") || !Files.exists(file) ? text : text(file);
            if (!Files.exists(file) || (words.length == 2 && !anchors(there).contains(words[1]))) {
                broken.add(ROOT.relativize(page) + ": " + target);
            }
        }
        return broken;
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            broken.addAll(brokenLinks(page, text(page)));
        }
        assertThat(broken).isEmpty();
        Path readme = ROOT.resolve("README.md");
        assertThat(brokenLinks(readme, "[a](docs/gone.md) [b](docs/data.md#gone) [c](docs/data.md)"))
                .containsExactly("README.md: docs/gone.md", "README.md: docs/data.md#gone");
    }

    /** Javadoc's overviews show each comment up to the first full stop. */
    private static List<String> cutSummaries(String source) {
        return Pattern.compile("(?s)/\\*\\*(.*?)\\*/")
                .matcher(source)
                .results()
                .map(comment -> comment.group(1).split("\\.\\s", 2))
                .filter(sentence -> sentence.length == 2 && sentence[0].matches("(?s).*\\b(et al|e\\.g|i\\.e|cf)"))
                .map(sentence -> sentence[0])
                .toList();
    }

    @Test
    void noSummaryOfJavadocEndsInItsMidst() throws IOException {
        assertThat(cutSummaries("/** A queue (He et al. 2020, section 3). */")).hasSize(1);
        assertThat(cutSummaries("/** A queue (He et al., 2020, section 3). As Wu et al. 2018 had it. */"))
                .isEmpty();
        List<Path> sources;
        try (Stream<Path> files = Files.walk(ROOT.resolve("core/src/main/java"))) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
        for (Path source : sources) {
            if (!source.endsWith("KeyNote.java")) { // a note's own text, as recipes show it
                assertThat(cutSummaries(text(source))).as("%s", source).isEmpty();
            }
        }
    }

    /** The rows of the first table: their figures, and the section that they are from. */
    private static List<String> strayFigures(String results) {
        List<String> stray = new ArrayList<>();
        for (MatchResult row : Pattern.compile("(?m)^\\| .* \\| (.*) \\| \\[more\\]\\(#(.*)\\) \\|$")
                .matcher(results)
                .results()
                .toList()) {
            String section = section(results, row.group(2)).orElse("");
            List<String> there =
                    NUMBER.matcher(section).results().map(MatchResult::group).toList();
            NUMBER.matcher(row.group(1))
                    .results()
                    .map(MatchResult::group)
                    .filter(figure -> !there.contains(figure))
                    .forEach(stray::add);
        }
        return stray;
    }

    @Test
    void theHeadOfTheResultsSaysWhatTheySay() throws IOException {
        String results = text(ROOT.resolve("docs/results.md"));
        assertThat(results.split("\\[more\\]", -1)).hasSizeGreaterThan(10);
        assertThat(strayFigures(results)).isEmpty();
        assertThat(strayFigures(results.replaceFirst("\\*\\*53\\.13 %\\*\\*", "**53.31 %**")))
                .containsExactly("53.31");
        assertThat(results.split("<details>", -1)).hasSameSizeAs(results.split("</details>", -1));
    }

    /** Result files that are kept stand behind what the page says. */
    @Test
    void resultFilesSayTheSame() throws IOException {
        String results = text(ROOT.resolve("docs/results.md"));
        assertThat(section(results, "quickstart").orElseThrow())
                .contains("| 27.7 % |")
                .contains("came to " + figure("quickstart", 6, "knn", 1) + " % ([its metrics]");
        assertThat(figure("quickstart", 0, "knn", 1)).isEqualTo("27.7");
        assertThat(section(results, "the-authors-cifar-10-demo-its-first-epoch").orElseThrow())
                .contains("| here | " + figure("moco-notebook", 1, "loss", 3) + " | "
                        + figure("moco-notebook", 1, "knn", 2) + " % |")
                .contains("| here | " + figure("moco-notebook", 2, "loss", 3) + " | "
                        + figure("moco-notebook", 2, "knn", 2) + " % |")
                .contains("had a kNN of " + figure("moco-notebook", 0, "knn", 2) + " %");
    }

    private static String figure(String file, int epoch, String column, int decimals) throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve("docs/results/" + file + ".csv"));
        int at = List.of(lines.get(0).split(",", -1)).indexOf(column);
        return lines.stream()
                .map(line -> line.split(",", -1))
                .filter(row -> row[0].equals(Integer.toString(epoch)))
                .map(row -> String.format(Locale.ROOT, "%." + decimals + "f", Double.parseDouble(row[at])))
                .findFirst()
                .orElseThrow();
    }
}
