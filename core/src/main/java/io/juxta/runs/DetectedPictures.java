package io.juxta.runs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.juxta.data.ImageFolder;
import io.juxta.data.Originals;
import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.detect.FasterRcnn;
import io.juxta.detect.TrainedDetector;
import io.juxta.image.Decoder;
import io.juxta.image.DecodingMemory;
import io.juxta.image.Image;
import io.juxta.image.Jpeg;
import io.juxta.image.Orientation;
import io.juxta.image.Resizer;
import io.juxta.image.UnreadableImageException;
import io.juxta.report.drawing.DrawnBoxes;
import io.juxta.search.Csv;
import io.juxta.torch.Computing;
import io.juxta.torch.Devices;
import io.juxta.weights.Beside;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/** Finds objects in pictures: each drawn over its picture, and all in {@code detections.csv} and {@code detections.json}. */
@API(status = API.Status.EXPERIMENTAL)
public final class DetectedPictures {
    private DetectedPictures() {}

    /**
     * What came of it.
     *
     * @param unreadable a line for each picture that could not be read
     */
    public record Result(int pictures, int objects, List<String> unreadable) {}

    private record Found(String name, Detections detections) {}

    /**
     * Finds objects in all pictures of a folder, or in one picture.
     *
     * @param output a folder; it gets each picture with boxes as a JPEG, and both tables, in the pictures' own pixels
     * @param leastScore what is less sure is left out
     * @throws IOException when something cannot be read or written, in one line
     */
    @SuppressWarnings("try") // neither the hold nor the computing is named
    public static Result apply(
            Path detector, Path input, Path output, double leastScore, String device, WorkListener listener)
            throws IOException {
        if (!(leastScore >= 0 && leastScore < 1)) {
            throw new IllegalArgumentException("least score " + leastScore + " must be at least 0 and below 1");
        }
        List<Path> files = new ArrayList<>();
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(input)) {
            ImageFolder folder = ImageFolder.open(input);
            for (int i = 0; i < folder.size(); i++) {
                files.add(folder.file(i));
                names.add(folder.name(i));
            }
        } else {
            files.add(input);
            names.add(String.valueOf(input.getFileName()));
        }
        TrainedDetector trained = TrainedDetector.read(detector, Devices.parse(device));
        try (FasterRcnn network = trained.network()) {
            Originals.of(input).requireOutside(output);
            Files.createDirectories(output);
            List<Found> all = new ArrayList<>();
            List<String> unreadable = new ArrayList<>();
            Resizer resizer = new Resizer();
            for (int i = 0; i < files.size(); i++) {
                try (Computing computing = Computing.begin();
                        DecodingMemory.Hold hold = DecodingMemory.hold()) {
                    Image image = Decoder.read(files.get(i), Orientation.CAMERA);
                    Detections found = trained.detect(image, resizer).asSureAs(leastScore);
                    Path target = output.resolve(names.get(i) + ".jpg");
                    write(target, Jpeg.encode(drawn(image, found, trained.classes()), Jpeg.QUALITY));
                    all.add(new Found(names.get(i), found));
                } catch (UnreadableImageException e) {
                    unreadable.add(String.valueOf(e.getMessage()));
                }
                listener.counted(new WorkListener.Counted("detecting", "pictures", i + 1, files.size()));
            }
            write(output.resolve("detections.csv"), csv(all, trained.classes()).getBytes(StandardCharsets.UTF_8));
            json(output.resolve("detections.json"), all, trained.classes());
            int objects = all.stream().mapToInt(one -> one.detections().size()).sum();
            return new Result(all.size(), objects, unreadable);
        }
    }

    private static Image drawn(Image image, Detections found, List<String> classes) {
        List<String> labels = IntStream.range(0, found.size())
                .mapToObj(
                        i -> String.format(Locale.ROOT, "%s %.2f", classes.get(found.classes()[i]), found.scores()[i]))
                .toList();
        return DrawnBoxes.over(image, found.boxes(), found.classes(), labels);
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.toAbsolutePath().resolve("..").normalize());
        Beside.write(file, out -> out.write(bytes));
    }

    private static String csv(List<Found> all, List<String> classes) {
        StringBuilder text = new StringBuilder("picture,class,score,x1,y1,x2,y2\n");
        for (Found one : all) {
            Detections found = one.detections();
            Boxes b = found.boxes();
            for (int i = 0; i < found.size(); i++) {
                text.append(String.format(
                        Locale.ROOT,
                        "%s,%s,%.4f,%.2f,%.2f,%.2f,%.2f%n",
                        Csv.quoted(one.name()),
                        Csv.quoted(classes.get(found.classes()[i])),
                        found.scores()[i],
                        b.x1(i),
                        b.y1(i),
                        b.x2(i),
                        b.y2(i)));
            }
        }
        return text.toString();
    }

    private static void json(Path file, List<Found> all, List<String> classes) throws IOException {
        Beside.write(file, out -> {
            JsonGenerator json =
                    new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.useDefaultPrettyPrinter();
            json.writeStartArray();
            for (Found one : all) {
                json.writeStartObject();
                json.writeStringField("picture", one.name());
                json.writeArrayFieldStart("objects");
                for (int i = 0; i < one.detections().size(); i++) {
                    json.writeStartObject();
                    json.writeStringField("class", classes.get(one.detections().classes()[i]));
                    json.writeNumberField("score", one.detections().scores()[i]);
                    json.writeFieldName("box");
                    json.writeArray(one.detections().boxes().select(i).toArray(), 0, 4);
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.flush();
        });
    }
}
