package io.juxta.runs.pictures;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.search.Csv;
import io.juxta.weights.Beside;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;

/** What was found in pictures, as a table of boxes and as a list of pictures. */
@API(status = API.Status.INTERNAL)
public final class FoundTables {
    public static final String CSV = "detections.csv";
    public static final String JSON = "detections.json";

    private final List<String> classes;
    private final List<Found> all = new ArrayList<>();

    private record Found(String picture, Detections detections) {}

    public FoundTables(List<String> classes) {
        this.classes = classes;
    }

    public void add(String picture, Detections found) {
        all.add(new Found(picture, found));
    }

    public int pictures() {
        return all.size();
    }

    public int objects() {
        return all.stream().mapToInt(one -> one.detections.size()).sum();
    }

    public void write(Path folder) throws IOException {
        byte[] text = csv().getBytes(StandardCharsets.UTF_8);
        Beside.write(folder.resolve(CSV), out -> out.write(text));
        Beside.write(folder.resolve(JSON), out -> {
            try (JsonGenerator json =
                    new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
                write(json);
            }
        });
    }

    private String csv() {
        StringBuilder text = new StringBuilder("picture,class,score,x1,y1,x2,y2\n");
        for (Found one : all) {
            Detections found = one.detections;
            Boxes b = found.boxes();
            for (int i = 0; i < found.size(); i++) {
                text.append(String.format(
                        Locale.ROOT,
                        "%s,%s,%.4f,%.2f,%.2f,%.2f,%.2f\n",
                        Csv.quoted(one.picture),
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

    private void write(JsonGenerator json) throws IOException {
        json.useDefaultPrettyPrinter();
        json.writeStartArray();
        for (Found one : all) {
            json.writeStartObject();
            json.writeStringField("picture", one.picture);
            json.writeArrayFieldStart("objects");
            for (int i = 0; i < one.detections.size(); i++) {
                json.writeStartObject();
                json.writeStringField("class", classes.get(one.detections.classes()[i]));
                json.writeNumberField("score", one.detections.scores()[i]);
                json.writeFieldName("box");
                json.writeArray(one.detections.boxes().select(i).toArray(), 0, 4);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
