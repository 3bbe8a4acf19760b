package io.juxta.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.curation.Measures.Fault;
import io.juxta.data.ImageFolder;
import io.juxta.image.Image;
import io.juxta.image.Jpeg;
import io.juxta.image.Png;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured, against slow and obvious sums, and what is found in a folder with one of each. */
class QualityTest {
    @TempDir
    Path root;

    private Path photos = Path.of("");

    @BeforeEach
    void folder() throws IOException {
        photos = Files.createDirectories(root.resolve("photos"));
    }

    /** Colourful squares of a side with noise on them. */
    private static Image picture(int width, int height, long seed) {
        Random random = new Random(seed);
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    int square = (x / 9 * 53 + y / 9 * 71 + c * 97 + (int) seed * 13) % 200;
                    rgb[3 * (y * width + x) + c] = (byte) (square + random.nextInt(50));
                }
            }
        }
        return new Image(width, height, rgb);
    }

    private interface Pixel {
        int of(int x, int y, int channel);
    }

    private static Image drawn(int width, int height, Pixel pixel) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) pixel.of(i / 3 % width, i / 3 / width, i % 3);
        }
        return new Image(width, height, rgb);
    }

    private Path png(String name, Image image) throws IOException {
        Path file = photos.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, Png.encode(image));
    }

    private List<Measures> measured() throws IOException {
        return new MeasuringPass(ImageFolder.open(photos).upright(), root.resolve("kept.jsonl"), 2).run(done -> {});
    }

    @Test
    void measuresAreTheSlowSums() throws IOException {
        for (int seed = 0; seed < 4; seed++) {
            png(seed + ".png", picture(20 + 7 * seed, 31, seed));
        }
        List<Measures> measured = measured();
        for (int seed = 0; seed < 4; seed++) {
            Image image = picture(20 + 7 * seed, 31, seed);
            Measures of = measured.get(seed);
            int[] luma = new int[image.width() * image.height()];
            double colour = 0;
            for (int i = 0; i < luma.length; i++) {
                int[] rgb = new int[3];
                for (int c = 0; c < 3; c++) {
                    rgb[c] = image.rgb()[3 * i + c] & 255;
                }
                luma[i] = (int) Math.floor(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] + 0.5);
                Arrays.sort(rgb);
                colour += (rgb[2] - rgb[0]) / (double) luma.length;
            }
            List<Double> laplacian = new ArrayList<>();
            for (int y = 1; y < image.height() - 1; y++) {
                for (int x = 1; x < image.width() - 1; x++) {
                    int at = y * image.width() + x;
                    laplacian.add((double) luma[at - 1]
                            + luma[at + 1]
                            + luma[at - image.width()]
                            + luma[at + image.width()]
                            - 4 * luma[at]);
                }
            }
            List<Double> across = new ArrayList<>();
            List<Double> down = new ArrayList<>();
            for (int y = 0; y < image.height(); y++) {
                for (int x = 0; x < image.width(); x++) {
                    int at = y * image.width() + x;
                    if (x + 1 < image.width()) {
                        across.add((double) luma[at + 1] - luma[at]);
                    }
                    if (y + 1 < image.height()) {
                        down.add((double) luma[at + image.width()] - luma[at]);
                    }
                }
            }
            double sharpness = variance(laplacian) / (square(across) + square(down));
            Map<Integer, Integer> counts = new TreeMap<>();
            Arrays.stream(luma).forEach(v -> counts.merge(v, 1, Integer::sum));
            double entropy = counts.values().stream()
                    .mapToDouble(count -> (double) count / luma.length)
                    .map(p -> -p * Math.log(p) / Math.log(2))
                    .sum();
            Arrays.sort(luma);
            assertThat(of.colour()).isCloseTo(colour, within(1e-9));
            assertThat(of.sharpness())
                    .isCloseTo(sharpness, within(sharpness * 1e-3)); // a luma on the edge rounds either way
            assertThat(of.information()).isCloseTo(entropy, within(0.01));
            assertThat(of.light()).isCloseTo(luma[(int) Math.ceil(0.99 * luma.length) - 1], within(1.0));
            assertThat(of.shade()).isCloseTo(luma[(int) Math.ceil(0.05 * luma.length) - 1], within(1.0));
            assertThat(of.width()).isEqualTo(image.width());
        }
    }

    private static double variance(List<Double> values) {
        double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
        return values.stream()
                .mapToDouble(v -> (v - mean) * (v - mean))
                .average()
                .orElseThrow();
    }

    private static double square(List<Double> values) {
        return values.stream().mapToDouble(v -> v * v).average().orElseThrow();
    }

    @Test
    void eachDefectIsFound() throws IOException {
        for (int i = 0; i < 30; i++) {
            png("good/" + (100 + i) + ".png", picture(60, 60, i));
        }
        png("dark.png", drawn(60, 60, (x, y, c) -> (x * y + c) % 40));
        png("bright.png", drawn(60, 60, (x, y, c) -> 255 - (x * y + 5 * c) % 12));
        png("blurred.png", drawn(60, 60, (x, y, c) -> 40 + 2 * x + y / 2 + 10 * c));
        png("plain.png", drawn(60, 60, (x, y, c) -> 90 + 40 * c));
        png("grey.png", drawn(60, 60, (x, y, c) -> (x * 31 + y * 17) % 251));
        png("small.png", picture(9, 9, 50));
        png("large.png", picture(400, 400, 51));
        png("long.png", picture(240, 20, 52));
        png("wrong.jpg", picture(60, 60, 53));
        Files.write(photos.resolve("empty.png"), new byte[0]);
        Files.writeString(photos.resolve("text.png"), "no picture at all", StandardCharsets.UTF_8);
        byte[] jpeg = Jpeg.encode(picture(60, 60, 54), 90);
        Files.write(photos.resolve("cut.jpg"), Arrays.copyOf(jpeg, jpeg.length / 2));
        Files.write(photos.resolve("turned.jpg"), turned(jpeg, 6));
        List<Measures> measured = measured();
        Quality quality = Quality.of(measured, QualityLimits.defaults());
        Map<String, List<Defect>> found = new TreeMap<>();
        List<List<Defect>> defects = quality.defects();
        for (int i = 0; i < measured.size(); i++) {
            if (!defects.get(i).isEmpty()) {
                found.put(measured.get(i).name(), defects.get(i));
            }
        }
        assertThat(found)
                .containsEntry("cut.jpg", List.of(Defect.TRUNCATED))
                .containsEntry("empty.png", List.of(Defect.EMPTY))
                .containsEntry("grey.png", List.of(Defect.GREY))
                .containsEntry("large.png", List.of(Defect.LARGE))
                .containsEntry("long.png", List.of(Defect.LONG))
                .containsEntry("text.png", List.of(Defect.UNREADABLE))
                .containsEntry("turned.jpg", List.of(Defect.ROTATED))
                .containsEntry("wrong.jpg", List.of(Defect.ENDING));
        assertThat(found.get("dark.png")).contains(Defect.DARK);
        assertThat(found.get("bright.png")).contains(Defect.BRIGHT);
        assertThat(found.get("small.png")).contains(Defect.SMALL);
        assertThat(found.get("blurred.png")).contains(Defect.BLURRED);
        assertThat(found.get("plain.png")).containsExactly(Defect.PLAIN);
        assertThat(found).hasSize(13);
        assertThat(measured.stream()
                        .filter(of -> of.fault() == Fault.UNREADABLE)
                        .findFirst()
                        .orElseThrow()
                        .why())
                .isEqualTo("not an image (JPEG, PNG, WebP, BMP, TIFF, GIF or PPM)");
    }

    /** A JPEG with EXIF data that say how the camera was held. */
    private static byte[] turned(byte[] jpeg, int orientation) {
        byte[] exif = {
            (byte) 0xff,
            (byte) 0xe1,
            0,
            34,
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            1,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            (byte) orientation,
            0,
            0,
            0,
            0,
            0,
            0
        };
        byte[] all = new byte[jpeg.length + exif.length];
        System.arraycopy(jpeg, 0, all, 0, 2);
        System.arraycopy(exif, 0, all, 2, exif.length);
        System.arraycopy(jpeg, 2, all, 2 + exif.length, jpeg.length - 2);
        return all;
    }

    /** Nothing is odd where all are alike, and one picture has nobody to be odd among. */
    @Test
    void oneAndTwoAndAllTheSame() throws IOException {
        for (int count : new int[] {1, 2, 25}) {
            for (int i = 0; i < count; i++) {
                png(i + ".png", picture(40, 40, 1));
            }
            Quality quality = Quality.of(measured(), QualityLimits.defaults());
            assertThat(quality.checks())
                    .hasSize(Defect.values().length)
                    .allMatch(check -> check.found().isEmpty());
            Groups groups = Groups.of(quality.pictures(), List.of());
            assertThat(groups.groups()).hasSize(count == 1 ? 0 : 1);
            if (count > 1) {
                assertThat(groups.groups().get(0).images()).hasSize(count);
                assertThat(groups.groups().get(0).kind()).isEqualTo(Groups.Kind.BYTES);
            }
        }
    }

    /** What is known is not measured again, what has changed is, and a line that breaks off is none. */
    @Test
    void whatIsMeasuredIsKept() throws IOException {
        for (int i = 0; i < 5; i++) {
            png(i + ".png", picture(30, 30, i));
        }
        List<Measures> first = measured();
        Path kept = root.resolve("kept.jsonl");
        String text = Files.readString(kept);
        assertThat(text.lines()).hasSize(6);
        Files.writeString(kept, text.replace("\"sharpness\":" + first.get(1).sharpness(), "\"sharpness\":77.5"));
        Files.writeString(kept, "{\"name\":\"2.png\",\"byt", StandardOpenOption.APPEND);
        png("3.png", picture(31, 30, 9));
        png("new.png", picture(30, 30, 10));
        List<Integer> progress = new ArrayList<>();
        List<Measures> again = new MeasuringPass(ImageFolder.open(photos).upright(), kept, 2).run(progress::add);
        assertThat(progress).containsExactly(4, 1, 1);
        assertThat(again.get(1).sharpness()).isEqualTo(77.5);
        assertThat(again.get(2)).isEqualTo(first.get(2));
        assertThat(again.get(3).width()).isEqualTo(31);
        assertThat(again.get(5).name()).isEqualTo("new.png");
    }

    /** Each is told, and the others are measured. */
    @Test
    void whatChangesMeanwhileIsSaid() throws IOException {
        for (int i = 0; i < 4; i++) {
            png(i + ".png", picture(30, 30, i));
        }
        ImageFolder folder = ImageFolder.open(photos).upright();
        Files.delete(photos.resolve("1.png"));
        png("2.png", picture(35, 30, 7));
        List<Measures> measured = new MeasuringPass(folder, root.resolve("kept.jsonl"), 2).run(done -> {});
        assertThat(measured.stream().map(Measures::fault))
                .containsExactly(Fault.NONE, Fault.CHANGED, Fault.CHANGED, Fault.NONE);
        assertThat(measured.get(1).why()).isEqualTo("no longer there");
        assertThat(measured.get(2).why()).isEqualTo("changed since the folder was listed");
    }
}
