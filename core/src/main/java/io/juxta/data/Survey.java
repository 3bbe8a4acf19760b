package io.juxta.data;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * What a folder of data was taken for, and what of it was left: the names of folders decide that, and whoever gave them
 * may have meant something else.
 *
 * <pre>{@code
 * Survey survey = Survey.of(root, Map.of("training", images));
 * survey.lines().forEach(System.out::println);
 * }</pre>
 *
 * @param root the folder that was given
 * @param parts what was taken, and for what
 * @param left what lies in the folders of the parts and was left out
 * @param beside names of what lies beside these folders and was not looked into
 */
@API(status = API.Status.INTERNAL)
public record Survey(Path root, List<Part> parts, List<Omission> left, List<String> beside) {
    private static final int CLASSES = 6;
    private static final int BESIDE = 6;

    public Survey {
        parts = List.copyOf(parts);
        left = List.copyOf(left);
        beside = List.copyOf(beside);
    }

    /**
     * Images that were taken for something.
     *
     * @param role for what: training, held out, A, B
     * @param where they lie, below the root; empty where that is the root itself
     * @param images how many
     * @param classes images of each class, in the order of the classes; empty where there are none
     * @param unclassed images without a class, where there are classes
     */
    public record Part(String role, String where, int images, Map<String, Integer> classes, int unclassed) {
        /** {@code val: 153 images in 2 classes (ants 70, bees 83)}. */
        @Override
        public String toString() {
            String counted = String.format(
                    Locale.ROOT,
                    "%s%,d %s",
                    where.isEmpty() ? "" : where + ": ",
                    images,
                    images == 1 ? "image" : "images");
            if (classes.isEmpty()) {
                return counted + ", no classes";
            }
            String first = classes.entrySet().stream()
                    .limit(CLASSES)
                    .map(of -> String.format(Locale.ROOT, "%s %,d", of.getKey(), of.getValue()))
                    .collect(Collectors.joining(", "));
            return counted
                    + String.format(
                            Locale.ROOT,
                            " in %,d classes (%s%s)%s",
                            classes.size(),
                            first,
                            classes.size() > CLASSES ? ", ..." : "",
                            unclassed == 0 ? "" : String.format(Locale.ROOT, ", %,d of them in none", unclassed));
        }
    }

    /**
     * Looks at what was opened.
     *
     * @param root the folder that was given
     * @param sets what was found in it, by what it is for, in the order to be told
     * @throws IOException when the folder cannot be listed
     */
    public static Survey of(Path root, Map<String, ? extends Dataset> sets) throws IOException {
        List<Part> parts = new ArrayList<>();
        List<Omission> left = new ArrayList<>();
        List<Path> roots = new ArrayList<>();
        for (Map.Entry<String, ? extends Dataset> set : sets.entrySet()) {
            Dataset origin = set.getValue().origin();
            String where = "";
            if (origin instanceof ImageFolder folder) {
                where = folder.root().equals(root) ? "" : FileName.of(root.relativize(folder.root()));
                if (!roots.contains(folder.root())) {
                    roots.add(folder.root());
                    left.addAll(folder.left());
                }
            }
            parts.add(part(set.getKey(), where, set.getValue()));
        }
        return new Survey(root, parts, left, beside(root, roots));
    }

    private static Part part(String role, String where, Dataset images) {
        int[] counts = new int[images.classes().size()];
        int without = 0;
        for (int i = 0; i < images.size(); i++) {
            if (images.label(i) < 0) {
                without++;
            } else {
                counts[images.label(i)]++;
            }
        }
        Map<String, Integer> classes = new LinkedHashMap<>();
        for (int c = 0; c < counts.length; c++) {
            classes.put(images.classes().get(c), counts[c]);
        }
        return new Part(
                role, where, images.size(), Collections.unmodifiableMap(classes), counts.length == 0 ? 0 : without);
    }

    /** Folders and images that lie where the folders of the parts lie. */
    private static List<String> beside(Path root, List<Path> roots) throws IOException {
        if (roots.isEmpty() || roots.contains(root)) {
            return List.of();
        }
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root)) {
            for (Path file : files) {
                String name = FileName.of(file.getFileName());
                boolean own = name.startsWith(".") || SystemFolders.what(name).isPresent();
                boolean taken = roots.stream().anyMatch(taking -> taking.startsWith(file));
                if (own || taken) {
                    continue;
                }
                boolean folder = Files.isDirectory(file);
                if (folder ? !OwnRuns.isOne(file) : FolderWalk.hasEndingOfImage(name)) {
                    names.add(name + (folder ? "/" : ""));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return List.copyOf(names);
    }

    /** Whether nothing was left. */
    public boolean isAll() {
        return left.isEmpty() && beside.isEmpty();
    }

    /** All of it for people, one block: a line for each part, and one for each reason to leave something. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(List.of("data      " + root));
        parts.forEach(part -> lines.add(String.format(Locale.ROOT, "%-9s %s", part.role, part)));
        lines.addAll(leftLines());
        return lines;
    }

    /** What was left, for people; empty where nothing was. */
    public List<String> leftLines() {
        List<String> all = left.stream().map(Omission::text).collect(Collectors.toCollection(ArrayList::new));
        if (!beside.isEmpty()) {
            all.add(beside.stream().limit(BESIDE).collect(Collectors.joining(", "))
                    + (beside.size() > BESIDE ? " and " + (beside.size() - BESIDE) + " more" : "")
                    + (beside.size() == 1 ? ", which lies beside" : ", which lie beside"));
        }
        List<String> lines = new ArrayList<>();
        for (String text : all) {
            lines.add(String.format(Locale.ROOT, "%-9s %s", lines.isEmpty() ? "left out" : "", printable(text)));
        }
        return lines;
    }

    /** Names are others' text: what could move a terminal's cursor is not printed. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}]", "?");
    }
}
