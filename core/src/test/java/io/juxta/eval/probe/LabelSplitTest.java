package io.juxta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.data.Dataset;
import io.juxta.image.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSplitTest {
    @TempDir
    Path folder;

    /** Only labels and names: nothing here looks at a picture. */
    private record Named(List<String> classes, List<Integer> labels, List<String> names) implements Dataset {
        /** Images of so many classes in no order, the last ones without a class. */
        static Named of(int size, int classes) {
            List<String> of = IntStream.range(0, classes).mapToObj(c -> "c" + c).toList();
            // squares: classes of unequal size
            List<Integer> labels = IntStream.range(0, size)
                    .map(i -> i >= size - 3 ? -1 : i * i % 97 % classes)
                    .boxed()
                    .toList();
            List<String> names = IntStream.range(0, size)
                    .mapToObj(i -> (labels.get(i) < 0 ? "" : of.get(labels.get(i)) + "/") + i / 190 + "/image "
                            + i % 190 + ".png")
                    .toList();
            return new Named(of, labels, names);
        }

        @Override
        public int size() {
            return labels.size();
        }

        @Override
        public Image image(int index) {
            throw new UnsupportedOperationException("no picture is needed");
        }

        @Override
        public int label(int index) {
            return labels.get(index);
        }

        @Override
        public String name(int index) {
            return names.get(index);
        }

        long of(int label) {
            return labels.stream().filter(l -> l == label).count();
        }
    }

    private static long chosen(LabelSplit split, int label) {
        return split.chosen().stream()
                .filter(i -> split.all().label(i) == label)
                .count();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-9, 0.01, 0.1, 0.37, 0.5, 1})
    void takesTheSameShareOfEachClass(double share) {
        Named all = Named.of(1000, 7);
        LabelSplit split = LabelSplit.balanced(all, share, 5);
        assertThat(split.chosen()).isSorted().doesNotHaveDuplicates();
        long sum = 0;
        for (int c = 0; c < 7; c++) {
            long expected = Math.max(1, Math.round(share * all.of(c)));
            assertThat(chosen(split, c)).isEqualTo(expected);
            sum += expected;
        }
        // images without a class are never chosen
        assertThat(split.chosen()).hasSize((int) sum);
        assertThat(split.images().size()).isEqualTo((int) sum);
        assertThat(split.images().classes()).isEqualTo(all.classes());
        int last = split.chosen().get(split.chosen().size() - 1);
        assertThat(split.images().name((int) sum - 1)).isEqualTo(all.name(last));
        assertThat(split.images().label((int) sum - 1)).isEqualTo(all.label(last));
    }

    @Test
    void followsFromTheSeedAlone() {
        Named all = Named.of(1000, 7);
        LabelSplit one = LabelSplit.balanced(all, 0.1, 5);
        assertThat(LabelSplit.balanced(Named.of(1000, 7), 0.1, 5).chosen()).isEqualTo(one.chosen());
        assertThat(LabelSplit.balanced(all, 0.1, 6).chosen()).isNotEqualTo(one.chosen());
        assertThat(new HashSet<>(LabelSplit.balanced(all, 0.3, 5).chosen())).containsAll(one.chosen());
        assertThat(one.chosen()).containsAll(LabelSplit.balanced(all, 0.01, 5).chosen());
    }

    /** Over many seeds each image of a class has the same chance. */
    @Test
    void givesEachImageTheSameChance() {
        Named all = Named.of(203, 2);
        int[] times = new int[200];
        for (int seed = 0; seed < 2000; seed++) {
            LabelSplit.balanced(all, 0.2, seed).chosen().forEach(i -> times[i]++);
        }
        // 400 expected, deviation 18
        assertThat(IntStream.of(times).boxed()).allSatisfy(t -> assertThat(t).isBetween(310, 490));
    }

    @Test
    void saysHowLabelsAreSpread() {
        assertThat(LabelSplit.balanced(Named.of(1003, 2), 1, 0))
                .hasToString("1,000 of 1,003 labels (99.70 %), "
                        + Math.min(Named.of(1003, 2).of(0), Named.of(1003, 2).of(1)) + " to "
                        + Math.max(Named.of(1003, 2).of(0), Named.of(1003, 2).of(1)) + " of each of 2 classes");
        assertThat(LabelSplit.balanced(Named.of(1003, 2), 1e-6, 0))
                .hasToString("2 of 1,003 labels (0.20 %), 1 of each of 2 classes");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.01, Double.NaN})
    void refusesShares(double share) {
        assertThatThrownBy(() -> LabelSplit.balanced(Named.of(100, 2), share, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("semi-share " + share + " must be above 0 and at most 1 (0.01 is 1 % of the labels)");
    }

    @Test
    void refusesClassesWithoutImages() {
        Named none = new Named(List.of("a", "b"), List.of(0, 0), List.of("a/1.png", "a/2.png"));
        assertThatThrownBy(() -> LabelSplit.balanced(none, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("class b has no labelled image: each class needs at least one to be learned");
        assertThatThrownBy(() -> LabelSplit.balanced(new Named(List.of(), List.of(-1), List.of("x")), 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no classes");
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Named all = Named.of(1000, 7);
        LabelSplit split = LabelSplit.balanced(all, 0.1, 5);
        Path file = folder.resolve("names.txt");
        split.write(file);
        assertThat(Files.readAllLines(file)).hasSize(split.chosen().size());
        assertThat(LabelSplit.read(file, all)).isEqualTo(split);
    }

    private static final Named FEW = new Named(
            List.of("a", "b"),
            List.of(-1, 0, 0, 0, 1, 1),
            List.of("loose.png", "a/1.png", "a/2.png", "a/ü 3.png", "b/1.png", "b/deep/er.png"));

    @Test
    void readsWhatEditorsMakeOfAList() throws IOException {
        Path file = Files.writeString(folder.resolve("l.txt"), "\uFEFFb/1.png\r\n\r\na/ü 3.png\r\ner.png");
        assertThat(LabelSplit.read(file, FEW).chosen()).containsExactly(3, 4, 5);
        assertThat(LabelSplit.read(Files.writeString(file, "2.png\ner.png\n"), FEW)
                        .chosen())
                .containsExactly(2, 5);
    }

    /** As Windows, macOS and spreadsheets write them, and below the folders that somebody listed from. */
    @Test
    void aNameIsFoundAsAPersonWouldFindIt() throws IOException {
        Path file = folder.resolve("l.txt");
        String list = "\uFEFFa\\2.png\r\nb\\deep\\er.png\r\n\"a/u\u0308 3.png\"\r\n./photos/train/B/1.PNG\t\r\n";
        Files.writeString(file, list);
        assertThat(LabelSplit.read(file, FEW).chosen()).containsExactly(2, 3, 4, 5);
        Files.write(file, list.getBytes(StandardCharsets.UTF_16LE));
        assertThat(LabelSplit.read(file, FEW).chosen()).containsExactly(2, 3, 4, 5);
        Files.writeString(file, "c/1.png\nb/1.png");
        assertThatThrownBy(() -> LabelSplit.read(file, FEW))
                .hasMessage(file + " line 1: names 'c/1.png', which is none of the 6 training images: the nearest is"
                        + " 'a/1.png'");
        Named twins = new Named(List.of("a", "b"), List.of(0, 0, 1), List.of("a/X.png", "a/x.png", "b/1.png"));
        Files.writeString(file, "a\\x.png\nb\\1.png");
        assertThat(LabelSplit.read(file, twins).chosen()).containsExactly(1, 2);
        Files.writeString(file, "A/x.png");
        assertThatThrownBy(() -> LabelSplit.read(file, twins)).hasMessageContaining("several training images end so");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a/1.png\\nb/9.png | line 2: names 'b/9.png', which is none of the 6 training images: the nearest is 'b/1.png'
            a/1.png\\n\\nb/1.png\\na/1.png | line 4: names 'a/1.png' again, after line 1: take one of the two out
            b/1.png\\nb/1.png | line 2: names 'b/1.png' again, after line 1: take one of the two out
            er.png\\nb/deep/er.png | line 2: names 'b/deep/er.png' again, after line 1: take one of the two out
            1.png | line 1: names '1.png', and several training images end so: give the path, as 'loose.png'
            loose.png | line 1: names 'loose.png', which has no class: put it into a folder for its class
            a/1.png | : class b has no labelled image: each class needs at least one to be learned
            \\n \\n | : no name in it; give the name of an image in each line
            '' | : no name in it; give the name of an image in each line
            """)
    void refusesLists(String text, String problem) throws IOException {
        Path file = Files.writeString(folder.resolve("list.txt"), text.translateEscapes());
        assertThatThrownBy(() -> LabelSplit.read(file, FEW))
                .isInstanceOf(IOException.class)
                .hasMessage(file + (problem.startsWith(":") ? "" : " ") + problem);
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        Path file = folder.resolve("list.txt");
        byte[] latin = "a/1.png\na/ü 3.png\n".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, latin);
        assertThatThrownBy(() -> LabelSplit.read(file, FEW))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " line 2: is not UTF-8: save the list as plain text in UTF-8");
        Files.writeString(file, "x\007\033[2J" + "y".repeat(900));
        assertThatThrownBy(() -> LabelSplit.read(file, FEW))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + " line 1: names 'x  [2J" + "y".repeat(74) + "...', which is none");
        Files.write(file, new byte[1 << 20]);
        assertThatThrownBy(() -> LabelSplit.read(file, FEW))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " line 1: is longer than any name of an image: give one name in each line");
        assertThatThrownBy(() -> LabelSplit.read(folder, FEW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a folder");
        assertThatThrownBy(() -> LabelSplit.read(folder.resolve("none"), FEW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none: no such file; it should have");
    }

    @Test
    void aNameWithALineBreakIsNotWritten() {
        Named odd = new Named(List.of("a"), List.of(0), List.of("a/1\n2.png"));
        Path file = folder.resolve("o.txt");
        assertThatThrownBy(() -> LabelSplit.balanced(odd, 1, 0).write(file))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write " + file + ": an image has a line break in its name, 'a/1 2.png': rename it");
        assertThat(file).doesNotExist();
    }
}
