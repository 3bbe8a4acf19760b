package io.juxta.curation;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.curation.Measures.Fault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class GroupsTest {
    private static Measures picture(String name, int width, long bytes, double sharpness, String file, String pixels) {
        return new Measures(
                name, bytes, 0, Fault.NONE, "", "png", width, 10, 1, 200, 5, sharpness, 7, 30, file, pixels);
    }

    /** Against walking from picture to picture over all pairs. */
    @RepeatedTest(20)
    void groupsAreWhatIsConnected(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int count = 60;
        List<Measures> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int pixels = random.nextInt(80);
            pictures.add(picture("p" + i, 10, 100, 50, pixels + "/" + random.nextInt(2), "x" + pixels));
        }
        List<List<Integer>> near = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            near.add(random.ints(2 + random.nextInt(3), 0, count)
                    .distinct()
                    .boxed()
                    .toList());
        }
        Set<Set<Integer>> expected = new HashSet<>();
        for (int i = 0; i < count; i++) {
            Set<Integer> reached = new HashSet<>(Set.of(i));
            Deque<Integer> open = new ArrayDeque<>(reached);
            while (!open.isEmpty()) {
                int at = open.remove();
                IntStream.range(0, count)
                        .filter(j -> pictures.get(at)
                                        .pixelDigest()
                                        .equals(pictures.get(j).pixelDigest())
                                || near.stream().anyMatch(list -> list.contains(at) && list.contains(j)))
                        .filter(reached::add)
                        .forEach(open::add);
            }
            if (reached.size() > 1) {
                expected.add(reached);
            }
        }
        List<Groups.Group> groups = Groups.of(pictures, near).groups();
        assertThat(groups.stream().map(group -> Set.copyOf(group.images())).collect(Collectors.toSet()))
                .isEqualTo(expected);
        for (Groups.Group group : groups) {
            long files = group.images().stream()
                    .map(i -> pictures.get(i).fileDigest())
                    .distinct()
                    .count();
            long pixels = group.images().stream()
                    .map(i -> pictures.get(i).pixelDigest())
                    .distinct()
                    .count();
            assertThat(group.kind())
                    .isEqualTo(files == 1 ? Groups.Kind.BYTES : pixels == 1 ? Groups.Kind.PIXELS : Groups.Kind.NEAR);
        }
        assertThat(groups.stream().map(group -> -group.images().size())).isSorted();
        int[] firsts = Groups.firsts(pictures);
        for (int i = 0; i < count; i++) {
            int self = i;
            assertThat(firsts[i])
                    .isEqualTo(IntStream.range(0, count)
                            .filter(j -> pictures.get(j)
                                    .pixelDigest()
                                    .equals(pictures.get(self).pixelDigest()))
                            .min()
                            .orElseThrow());
        }
    }

    @Test
    void oneIsKeptForAReason() {
        assertThat(kept(picture("a", 10, 9, 5, "1", "1"), picture("b", 20, 9, 5, "2", "2")))
                .isEqualTo("b: most pixels, 20 x 10");
        assertThat(kept(picture("a", 10, 9, 5, "1", "1"), picture("b", 10, 9, 50, "2", "2")))
                .isEqualTo("b: as large as any, and sharpest");
        assertThat(kept(picture("a", 10, 9, 5, "1", "1"), picture("b", 10, 19, 5.01, "2", "2")))
                .isEqualTo("b: as good as any, and most bytes, 19");
        assertThat(kept(picture("a (1).png", 10, 9, 5, "1", "1"), picture("a.png", 10, 9, 5, "1", "1")))
                .isEqualTo("a.png: as good as any, and the shortest name");
        assertThat(kept(picture("b", 10, 9, 5, "1", "1"), picture("a", 10, 9, 5, "1", "1")))
                .isEqualTo("a: as good as any, and the first by name");
    }

    private static String kept(Measures... pictures) {
        List<Measures> all = List.of(pictures);
        Groups.Group group = Groups.of(all, List.of(List.of(0, 1))).groups().get(0);
        return all.get(group.keep()).name() + ": " + group.why();
    }

    @Test
    void whatCannotBeReadIsNoGroupButForItsBytes() {
        List<Measures> pictures = List.of(
                Measures.failed("a", 0, 0, Fault.EMPTY, "", ""),
                Measures.failed("b", 0, 0, Fault.EMPTY, "", ""),
                Measures.failed("c", 5, 0, Fault.UNREADABLE, "damaged", "1"),
                Measures.failed("d", 5, 0, Fault.UNREADABLE, "damaged", "1"));
        assertThat(Groups.of(pictures, List.of()).groups())
                .singleElement()
                .matches(group -> group.images().equals(List.of(2, 3)) && group.kind() == Groups.Kind.BYTES);
    }

    @Test
    void leaksByDigest() {
        List<Measures> pictures = List.of(
                picture("train/a", 10, 9, 5, "1", "x"),
                picture("test/a", 10, 9, 5, "1", "x"),
                picture("test/b", 10, 9, 5, "2", "x"),
                picture("test/c", 10, 9, 5, "3", "y"),
                picture("other/d", 10, 9, 5, "1", "x"));
        List<Part> parts = List.of(Part.TRAINING, Part.HELD_OUT, Part.HELD_OUT, Part.HELD_OUT, Part.UNSAID);
        assertThat(Leak.equal(pictures, parts))
                .containsExactly(new Leak(1, 0, Groups.Kind.BYTES, 1), new Leak(2, 0, Groups.Kind.PIXELS, 1));
    }
}
