package io.juxta.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Steps of Juxta and of {@code steps.py} in turn: each round starts a process of each contender, so that what else the
 * machine does meets all alike. Prints a Markdown table: median and least seconds of a step, what was resident at most, and
 * how many times as fast as Python each is, by the median over rounds of the rounds' own ratios.
 */
public final class StepsInTurn {
    /** What the start script sets for Java; none of it is in force for a plain Python. */
    private static final List<String> TUNING = List.of(
            "GLIBC_TUNABLES",
            "MALLOC_MMAP_THRESHOLD_",
            "MALLOC_TRIM_THRESHOLD_",
            "MALLOC_TOP_PAD_",
            "MALLOC_MMAP_MAX_");

    private final Map<String, String> options;
    private final Instant end;

    /** Who takes part: a program, a precision, and whether the environment's settings of the allocator are kept. */
    private record Contender(String name, String precision, boolean java, boolean tuned) {
        static Contender of(String text) {
            String[] parts = text.split(":");
            String precision = parts.length > 1 ? parts[1] : "float32";
            return switch (parts[0]) {
                case "juxta" -> new Contender("Juxta", precision, true, true);
                case "python" -> new Contender("Python", precision, false, false);
                case "python-tuned" -> new Contender("Python, tuned", precision, false, true);
                default ->
                    throw new IllegalArgumentException(
                            "contender " + text + " is unknown: use juxta, python or python-tuned, and :precision");
            };
        }

        @Override
        public String toString() {
            return name + ", " + precision;
        }
    }

    /** What came of one contender in one step, all rounds together. */
    private static final class Outcome {
        private final List<Double> rounds = new ArrayList<>();
        private final List<Double> seconds = new ArrayList<>();
        private long resident;
        private String failure = "";
    }

    private StepsInTurn(Map<String, String> options) {
        this.options = options;
        end = Instant.now().plusSeconds(number("within"));
    }

    /**
     * Runs all.
     *
     * @param arguments KEY=VALUE: {@code steps} and {@code contenders} (lists with commas), {@code rounds}, {@code
     *     warm-up}, {@code measured} (steps), {@code threads}, {@code device}, {@code python}, {@code within} (seconds)
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, String> options = new LinkedHashMap<>(Map.of(
                "steps", "moco-cifar,moco-cpu,moco-photos,cut-small,swav-cpu",
                "contenders", "python,python-tuned,juxta,python-tuned:bfloat16,juxta:bfloat16",
                "rounds", "4",
                "warm-up", "1",
                "measured", "2",
                "threads", "1",
                "device", "cpu",
                "python", "python3",
                "within", "86400"));
        for (String argument : arguments) {
            int sign = argument.indexOf('=');
            if (sign < 0 || !options.containsKey(argument.substring(0, sign))) {
                System.err.println("argument " + argument + " is none of " + options.keySet() + " with =VALUE");
                System.exit(2);
            }
            options.put(argument.substring(0, sign), argument.substring(sign + 1));
        }
        new StepsInTurn(options).run();
    }

    private void run() throws IOException, InterruptedException {
        List<StepWork> steps = list("steps").stream().map(StepWork::named).toList();
        List<Contender> contenders =
                list("contenders").stream().map(Contender::of).toList();
        Map<StepWork, Map<Contender, Outcome>> outcomes = new LinkedHashMap<>();
        for (int round = 0; round < number("rounds"); round++) {
            for (StepWork step : steps) {
                for (Contender contender : contenders) {
                    Outcome outcome = outcomes.computeIfAbsent(step, each -> new LinkedHashMap<>())
                            .computeIfAbsent(contender, each -> new Outcome());
                    long left = Duration.between(Instant.now(), end).toSeconds();
                    if (outcome.failure.isEmpty() && left > 0) {
                        run(step, contender, left, outcome);
                    }
                }
            }
        }
        outcomes.forEach((step, by) -> print(step, by));
    }

    private List<String> list(String key) {
        return List.of(option(key).split(","));
    }

    private int number(String key) {
        return Integer.parseInt(option(key));
    }

    private String option(String key) {
        return Optional.ofNullable(options.get(key)).orElseThrow();
    }

    /** @param left seconds that it may take */
    private void run(StepWork step, Contender contender, long left, Outcome outcome)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(contender.java() ? java() : List.of(option("python"), script()));
        words.addAll(List.of(step.toString(), contender.precision(), option("device"), option("threads")));
        words.addAll(List.of(option("warm-up"), option("measured")));
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        if (!contender.tuned()) {
            builder.environment().keySet().removeAll(TUNING);
        }
        Process process = builder.start();
        CompletableFuture<Process> watched =
                process.onExit().orTimeout(left, TimeUnit.SECONDS).exceptionally(late -> process.destroyForcibly());
        process.getOutputStream().close();
        List<Double> seconds = new ArrayList<>();
        String last = "";
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line.isBlank() || line.startsWith("\tat ") ? last : line.strip();
                if (line.startsWith("seconds ")) {
                    seconds.add(Double.parseDouble(line.substring("seconds ".length())));
                } else if (line.startsWith("resident ")) {
                    outcome.resident = Math.max(outcome.resident, Long.parseLong(line.substring("resident ".length())));
                }
            }
        }
        int status = process.waitFor();
        watched.cancel(false);
        if (status != 0 || seconds.isEmpty()) {
            if (end.isBefore(Instant.now())) {
                return; // what came of earlier rounds stays
            }
            outcome.failure = last.replaceFirst("^Exception in thread \"main\" \\S+: ", "");
            System.err.println(step + ", " + contender + ": " + last);
            return;
        }
        System.err.println(step + ", " + contender + ": " + seconds);
        outcome.seconds.addAll(seconds);
        outcome.rounds.add(median(seconds));
    }

    /** This JVM's own Java and class path, with the options of the start script. */
    private static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "@jvm.options",
                "-cp",
                System.getProperty("java.class.path"),
                StepRun.class.getName());
    }

    private static String script() {
        return "benchmarks" + File.separator + "steps.py";
    }

    private static void print(StepWork step, Map<Contender, Outcome> outcomes) {
        System.out.printf("%n%s%n%n", step.title());
        System.out.println("| | median s | least s | MiB at most | times Python's speed, of the same precision |");
        System.out.println("|---|---|---|---|---|");
        outcomes.forEach((contender, outcome) -> {
            if (!outcome.failure.isEmpty() || outcome.seconds.isEmpty()) {
                String why = outcome.failure.isEmpty() ? "no time was left" : outcome.failure;
                System.out.printf("| %s | %s | | | |%n", contender, why.replace('|', '/'));
                return;
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.3f | %.3f | %d | %s |%n",
                    contender,
                    median(outcome.seconds),
                    Collections.min(outcome.seconds),
                    outcome.resident,
                    contender.java() ? ratios(contender, outcome, outcomes) : "");
        });
    }

    /** Against each Python of the same precision, the rounds' own ratios: median, least and largest. */
    private static String ratios(Contender contender, Outcome mine, Map<Contender, Outcome> outcomes) {
        List<String> ratios = new ArrayList<>();
        outcomes.forEach((other, outcome) -> {
            int rounds = Math.min(outcome.rounds.size(), mine.rounds.size());
            if (other.java() || !other.precision().equals(contender.precision()) || rounds == 0) {
                return;
            }
            List<Double> each = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                each.add(outcome.rounds.get(round) / mine.rounds.get(round));
            }
            ratios.add(String.format(
                    Locale.ROOT,
                    "%.2f (%.2f to %.2f)%s",
                    median(each),
                    Collections.min(each),
                    Collections.max(each),
                    other.tuned() ? " tuned" : ""));
        });
        return String.join(", ", ratios);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
