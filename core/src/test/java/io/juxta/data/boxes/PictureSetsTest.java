package io.juxta.data.boxes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.data.Split;
import io.juxta.image.Image;
import io.juxta.image.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures with boxes as people keep them, right and wrong. */
class PictureSetsTest {
    @TempDir
    private Path root;

    private Path picture(String name, int width, int height) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, Png.encode(new Image(width, height, new byte[3 * width * height])));
    }

    private Path xml(String name, int width, int height, String... objects) throws IOException {
        String text = "<annotation><filename>any.jpg</filename><size><width>" + width + "</width><height>" + height
                + "</height></size>" + String.join("", objects) + "</annotation>";
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static String object(String name, String... sides) {
        return "<object><name>" + name + "</name><part><name>nose</name><bndbox><xmin>1</xmin></bndbox></part>"
                + "<difficult>0</difficult><bndbox><xmin>" + sides[0] + "</xmin><ymin>" + sides[1] + "</ymin><xmax>"
                + sides[2] + "</xmax><ymax>" + sides[3] + "</ymax></bndbox></object>";
    }

    @Test
    void aFolderWithXmlBesideAndInAnnotations() throws IOException {
        picture("train/a.png", 40, 30);
        xml("train/a.xml", 40, 30, object("cat", "1", "1", "20", "10"), object("ant", "11", "6", "40", "30"));
        picture("train/b.png", 40, 30);
        xml("train/annotations/b.xml", 0, 0, object("cat", "5", "5", "10", "10"));
        picture("train/none.png", 8, 8);
        xml("train/empty.xml", 8, 8);
        picture("train/empty.png", 8, 8);
        picture("val/c.png", 20, 20);
        xml("val/c.xml", 20, 20, object("cat", "1", "1", "20", "20"));
        BoxedPictures train = PictureSets.open(root, Split.TRAIN, List.of());
        assertThat(train.classes()).containsExactly("ant", "cat");
        assertThat(train.size()).isEqualTo(3);
        assertThat(train.get(0).name()).isEqualTo("a.png");
        assertThat(train.get(0).objects().boxes()).isEqualTo(Boxes.of(0, 0, 20, 10, 10, 5, 40, 30));
        assertThat(train.get(0).objects().classes()).containsExactly(1, 0);
        assertThat(train.get(1).name()).isEqualTo("b.png");
        assertThat(train.get(1).size()).hasToString("40 x 30");
        assertThat(train.withObjects().size()).isEqualTo(2);
        assertThat(train.notes())
                .containsExactly(
                        "1 picture without XML: left out",
                        "1 picture with XML and without an object: nothing to learn there, and nothing to find");
        BoxedPictures heldOut = PictureSets.open(root, Split.TEST, List.of());
        assertThat(heldOut.classes()).containsExactly("ant", "cat");
        assertThat(heldOut.get(0).objects().classes()).containsExactly(1);
    }

    @Test
    void boxesAreMendedOrLeftOutAndNamed() throws IOException {
        picture("a.png", 40, 30);
        Path file = xml(
                "a.xml",
                40,
                30,
                object("x", "20", "10", "5", "3"),
                object("x", "-9", "1", "60", "20"),
                object("x", "100", "1", "120", "20"),
                object("x", "9", "9", "8", "20"),
                object("x", "1", "1", "2", "2"));
        BoxedPictures set = PictureSets.open(root, Split.TRAIN, List.of());
        assertThat(set.get(0).objects().boxes()).isEqualTo(Boxes.of(5, 3, 19, 9, 0, 0, 40, 20, 0, 0, 2, 2));
        assertThat(set.notes())
                .containsExactly(
                        "1 box upside down or mirrored: corners exchanged (" + file + ")",
                        "1 box beyond the picture's edge: cut off there (" + file + ")",
                        "1 box outside of the picture: left out (" + file + ")",
                        "1 box without width or height: left out (" + file + ")");
    }

    @ParameterizedTest
    @CsvSource({
        "nan, 'object 1 (x) has xmin nan, which is no number'",
        "1e999, 'object 1 (x) has xmin 1e999, which is no number'",
        "left, 'object 1 (x) has xmin left, which is no number'",
    })
    void whatIsNoNumberIsRefused(String xmin, String message) throws IOException {
        picture("a.png", 40, 30);
        Path file = xml("a.xml", 40, 30, object("x", xmin, "1", "5", "5"));
        refused(List.of(), file + ": " + message);
    }

    @Test
    void whatDoesNotFitIsRefusedByName() throws IOException {
        picture("a.png", 40, 30);
        Path file = xml("a.xml", 40, 30, object("bannana", "1", "1", "5", "5"));
        refused(List.of("apple", "banana"), file + ": class bannana is none of apple, banana: did you mean banana?");
        Path lost = xml("lost.xml", 40, 30, object("x", "1", "1", "5", "5"));
        refused(List.of(), lost + ": no picture lost or any.jpg beside it: put it there, or take the XML away");
        Files.delete(lost);
        Path twice = xml("annotations/a.xml", 40, 30, object("x", "1", "1", "5", "5"));
        refused(
                List.of(),
                twice + ": " + root.resolve("a.png") + " has boxes in " + file + " too: keep one of the two");
        Files.delete(twice);
        xml("a.xml", 50, 30, object("x", "1", "1", "5", "5"));
        BoxedPictures set = PictureSets.open(root, Split.TRAIN, List.of());
        assertThatThrownBy(() -> set.image(0))
                .hasMessage(root.resolve("a.png") + ": it is 40 x 30, " + file
                        + " says 50 x 30: its boxes would be elsewhere");
    }

    /** No file of the machine gets into an annotation, and none grows without end. */
    @Test
    void hostileXmlIsRefused() throws IOException {
        picture("a.png", 40, 30);
        Path secret = Files.writeString(root.resolve("secret.txt"), "secret");
        Path file = root.resolve("a.xml");
        Files.writeString(
                file,
                "<!DOCTYPE annotation [<!ENTITY x SYSTEM \"" + secret.toUri()
                        + "\">]><annotation><object><name>&x;</name>" + "</object></annotation>");
        assertThatThrownBy(() -> PictureSets.open(root, Split.TRAIN, List.of()))
                .hasMessageStartingWith(file + ": ")
                .hasMessageNotContaining("secret\n")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
        StringBuilder laughs = new StringBuilder("<!DOCTYPE annotation [<!ENTITY a0 \"ha\">");
        for (int i = 1; i < 30; i++) {
            laughs.append("<!ENTITY a")
                    .append(i)
                    .append(" \"&a")
                    .append(i - 1)
                    .append(";&a")
                    .append(i - 1)
                    .append(";\">");
        }
        Files.writeString(file, laughs + "]><annotation><object><name>&a29;</name></object></annotation>");
        assertThatThrownBy(() -> PictureSets.open(root, Split.TRAIN, List.of())).hasMessageStartingWith(file + ": ");
        Files.writeString(file, "<annotation><object>");
        assertThatThrownBy(() -> PictureSets.open(root, Split.TRAIN, List.of()))
                .hasMessageStartingWith(file + ": no XML that can be read (");
        Files.writeString(file, "<html></html>");
        refused(List.of(), file + ": a file of <html>, not of VOC's <annotation>");
        Files.writeString(file, "<annotation>" + object("x", "1", "1", "5", "5").repeat(10_001) + "</annotation>");
        refused(List.of(), file + ": more than 10000 objects, the limit of a picture: cut it up");
        Files.writeString(file, "<annotation>" + "<a>".repeat(100));
        refused(List.of(), file + ": elements within elements, deeper than 16");
    }

    @Test
    void vocOfSeveralYears() throws IOException {
        for (String year : List.of("2007", "2012")) {
            String base = "VOCdevkit/VOC" + year;
            for (String id : List.of("000001", "000002", "000003")) {
                picture(base + "/JPEGImages/" + id + ".jpg", 40, 30);
                xml(base + "/Annotations/" + id + ".xml", 40, 30, object("dog", "2", "3", "20", "10"));
            }
            Files.createDirectories(root.resolve(base + "/ImageSets/Main"));
            Files.writeString(root.resolve(base + "/ImageSets/Main/trainval.txt"), "000001\n000002\n");
        }
        Files.writeString(root.resolve("VOCdevkit/VOC2007/ImageSets/Main/test.txt"), "000003\n");
        BoxedPictures train = PictureSets.open(root, Split.TRAIN, List.of());
        assertThat(train.kind()).isEqualTo("VOC");
        assertThat(train.size()).isEqualTo(4);
        assertThat(train.get(2).name()).isEqualTo("VOCdevkit/VOC2012/JPEGImages/000001.jpg");
        assertThat(train.get(0).objects().boxes()).isEqualTo(Boxes.of(1, 2, 20, 10));
        assertThat(PictureSets.open(root.resolve("VOCdevkit"), Split.TEST, List.of())
                        .size())
                .isEqualTo(1);
        Files.writeString(root.resolve("VOCdevkit/VOC2007/ImageSets/Main/test.txt"), "../../x\n");
        assertThatThrownBy(() -> PictureSets.open(root, Split.TEST, List.of())).hasMessageContaining("leads out of");
    }

    @Test
    void cocosInstances() throws IOException {
        picture("train2017/1.jpg", 40, 30);
        picture("train2017/2.jpg", 40, 30);
        Path json = root.resolve("annotations/instances_train2017.json");
        Files.createDirectories(json.getParent());
        Files.writeString(json, """
                {"info": {"year": 2017},
                 "images": [{"id": 7, "file_name": "1.jpg", "width": 40, "height": 30},
                            {"id": 9, "file_name": "2.jpg", "width": 40, "height": 30}],
                 "annotations": [
                   {"id": 1, "image_id": 7, "category_id": 18, "bbox": [1, 2, 10, 5.5], "area": 33.5, "iscrowd": 0,
                    "segmentation": [[1, 2, 3]]},
                   {"id": 2, "image_id": 9, "category_id": 3, "bbox": [0, 0, 40, 30], "area": 9, "iscrowd": 1}],
                 "categories": [{"id": 18, "name": "dog"}, {"id": 3, "name": "car"}]}
                """);
        BoxedPictures set = PictureSets.open(root, Split.TRAIN, List.of());
        assertThat(set.classes()).containsExactly("car", "dog");
        assertThat(set.get(0).objects().boxes()).isEqualTo(Boxes.of(1, 2, 11, 7.5));
        assertThat(set.get(0).objects().areas()).containsExactly(33.5);
        assertThat(set.get(1).objects().difficult()).containsExactly(true);
        assertThat(set.learned(1).size()).isZero();
        assertThat(set.withObjects().size()).isEqualTo(1);
        assertThat(PictureSets.find(root, Split.TEST, List.of())).isEmpty();

        Files.writeString(json, "[1, 2]");
        refused(List.of(), json + ": not of COCO's shape: it begins with no object");
        String one = "{\"id\": %d, \"file_name\": \"1.jpg\", \"width\": 40, \"height\": 30}";
        for (int id : new int[] {7, 8}) {
            Files.writeString(json, "{\"images\": [" + String.format(one, 7) + ", " + String.format(one, id) + "]}");
            refused(
                    List.of(),
                    json + ": not of COCO's shape: "
                            + (id == 7 ? "picture 7 is there twice" : "1.jpg is there twice, under two numbers"));
        }
        Files.writeString(json, "{\"images\": {}}");
        refused(List.of(), json + ": not of COCO's shape: \"images\" is no list");
        Files.writeString(json, "{\"images\": []}");
        refused(
                List.of(),
                json + ": not of COCO's shape: it needs lists \"images\", \"annotations\" and \"categories\"");
        Files.writeString(json, "{\"annotations\": [{\"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, NaN, 4]}]}");
        assertThatThrownBy(() -> PictureSets.open(root, Split.TRAIN, List.of()))
                .hasMessageStartingWith(json + ": no JSON that can be read (line 1: ");
        Files.writeString(json, "{\"annotations\": [{\"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2]}]}");
        refused(List.of(), json + ": not of COCO's shape: a \"bbox\" is no list of four numbers");
    }

    private void refused(List<String> classes, String message) {
        assertThatThrownBy(() -> PictureSets.open(root, Split.TRAIN, classes))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
    }
}
