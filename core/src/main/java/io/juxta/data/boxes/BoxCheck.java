package io.juxta.data.boxes;

import io.juxta.data.Spelling;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Boxes as files state them made into boxes that can be learned from; what is mended or left out is counted and named. */
final class BoxCheck {
    private static final int NAMED = 3;

    /** What is wrong with a box, as a note begins with it. */
    private static final String UPSIDE_DOWN = "upside down or mirrored: corners exchanged";

    private static final String BEYOND = "beyond the picture's edge: cut off there";
    private static final String OUTSIDE = "outside of the picture: left out";
    private static final String EMPTY = "without width or height: left out";
    private static final double SLACK = 1;

    private final List<String> classes;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final Map<String, List<String>> first = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    BoxCheck(List<String> classes) {
        this.classes = classes;
        classes.forEach(name -> numbers.put(name, numbers.size()));
    }

    /**
     * The boxes of a picture.
     *
     * @param source the file that states them
     * @throws IOException naming the file, when a class is none of those that are known
     */
    LabelledBoxes check(List<StatedBox> stated, PictureSize size, String source) throws IOException {
        List<Double> sides = new ArrayList<>();
        List<StatedBox> left = new ArrayList<>();
        for (StatedBox box : stated) {
            if (!numbers.containsKey(box.name())) {
                throw new IOException(source + ": class " + box.name() + " is none of " + some() + hint(box.name()));
            }
            double x1 = Math.min(box.x1(), box.x2());
            double x2 = Math.max(box.x1(), box.x2());
            double y1 = Math.min(box.y1(), box.y2());
            double y2 = Math.max(box.y1(), box.y2());
            // one that is written as xmin > xmax by one has no pixel
            if (box.x1() - box.x2() > SLACK || box.y1() - box.y2() > SLACK) {
                note(UPSIDE_DOWN, source);
            }
            if (x2 <= 0 || y2 <= 0 || x1 >= size.width() || y1 >= size.height()) {
                note(OUTSIDE, source);
                continue;
            }
            if (x1 < -SLACK || y1 < -SLACK || x2 > size.width() + SLACK || y2 > size.height() + SLACK) {
                note(BEYOND, source);
            }
            x1 = Math.max(0, x1);
            y1 = Math.max(0, y1);
            x2 = Math.min(size.width(), x2);
            y2 = Math.min(size.height(), y2);
            if (!(x2 - x1 > 0 && y2 - y1 > 0)) {
                note(EMPTY, source);
                continue;
            }
            left.add(box);
            sides.addAll(List.of(x1, y1, x2, y2));
        }
        Boxes boxes = Boxes.of(sides.stream().mapToDouble(Double::doubleValue).toArray());
        int[] labels = left.stream().mapToInt(box -> numbers.get(box.name())).toArray();
        boolean[] difficult = new boolean[left.size()];
        double[] areas = new double[left.size()];
        for (int i = 0; i < difficult.length; i++) {
            difficult[i] = left.get(i).difficult();
            areas[i] = Double.isNaN(left.get(i).area())
                    ? boxes.area(i)
                    : left.get(i).area();
        }
        return new LabelledBoxes(boxes, labels, difficult, areas);
    }

    private String some() {
        return classes.size() <= 20
                ? String.join(", ", classes)
                : String.join(", ", classes.subList(0, 20)) + " and " + (classes.size() - 20) + " more";
    }

    private String hint(String name) {
        return Spelling.nearest(name, classes, String::toLowerCase)
                .map(near -> ": did you mean " + near + "?")
                .orElse("");
    }

    /** Something to tell, with the first files that it is about. */
    void note(String what, String source) {
        counts.merge(what, 1, Integer::sum);
        List<String> named = first.computeIfAbsent(what, key -> new ArrayList<>());
        if (named.size() < NAMED && !named.contains(source)) {
            named.add(source);
        }
    }

    /** One line for each kind. */
    List<String> notes() {
        return counts.entrySet().stream()
                .map(note -> note.getValue() + " boxes " + note.getKey() + " ("
                        + String.join(", ", first.getOrDefault(note.getKey(), List.of()))
                        + (note.getValue() > NAMED ? ", ..." : "") + ")")
                .map(line -> line.startsWith("1 boxes") ? "1 box" + line.substring("1 boxes".length()) : line)
                .toList();
    }
}
