package io.juxta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names and the overview, held to what lies there. */
class HousePlanTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES = List.of(
            "core",
            "cli",
            "integrations/langchain4j",
            "integrations/spring-ai",
            "integrations/lucene",
            "integrations/serve",
            "integrations/spark",
            "examples",
            "benchmarks");

    /** Two classes of one name make an IDE import the wrong one. */
    @Test
    void everyNameStandsForOneThing() throws IOException {
        assertThat(shared(sources("main"))).isEmpty();
    }

    @Test
    void aNameThatStandsForTwoThingsIsNoticed() {
        assertThat(shared(List.of(Path.of("a/Step.java"), Path.of("b/Step.java"), Path.of("b/Pace.java"))))
                .containsOnlyKeys("Step.java");
    }

    private static Map<String, List<Path>> shared(List<Path> files) {
        Map<String, List<Path>> named = new TreeMap<>();
        for (Path file : files) {
            named.computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>())
                    .add(file);
        }
        named.keySet().remove("package-info.java");
        named.values().removeIf(places -> places.size() == 1);
        return named;
    }

    @Test
    void theOverviewNamesEveryPackageOnceAndNoneThatIsGone() throws IOException {
        Path house = ROOT.resolve("core/src/main/java/io/juxta");
        TreeSet<String> packages = new TreeSet<>();
        try (Stream<Path> files = Files.walk(house)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> house.relativize(file.getParent()).toString().replace('\\', '.'))
                    .map(name -> name.replace('/', '.'))
                    .filter(name -> !name.isEmpty())
                    .forEach(packages::add);
        }
        assertThat(named("(?m)^\\*\\*`([a-z0-9.]+)`\\*\\*")).containsExactlyInAnyOrderElementsOf(packages);
    }

    /** Whatever the overview calls by a name with a capital is a class that there is. */
    @Test
    void theOverviewNamesNoClassThatIsGone() throws IOException {
        TreeSet<String> gone = new TreeSet<>(named("`(?:[a-z0-9]+\\.)?([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)`"));
        Stream.concat(sources("main").stream(), sources("test").stream())
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .forEach(gone::remove);
        assertThat(gone).isEmpty();
    }

    private static List<String> named(String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(ROOT.resolve("docs/overview.md")));
        List<String> names = new ArrayList<>();
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static List<Path> sources(String kind) throws IOException {
        List<Path> all = new ArrayList<>();
        for (String module : MODULES) {
            Path sources = ROOT.resolve(module + "/src/" + kind + "/java");
            if (!Files.isDirectory(sources)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
            }
        }
        return all;
    }
}
