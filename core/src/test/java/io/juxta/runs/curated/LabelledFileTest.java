package io.juxta.runs.curated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.curation.Part;
import io.juxta.data.Dataset;
import io.juxta.data.ImageFolder;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What folders and files say of pictures, and embeddings that are kept. */
class LabelledFileTest {
    @TempDir
    Path root;

    private Dataset images = new io.juxta.data.DrawnShapes(1, 4, 16);

    @BeforeEach
    void draw() throws IOException {
        byte[] png = Png.encode(new Image(2, 2, new byte[12]));
        for (String name : List.of("train/b/1.png", "train/a/=1+1,\"x\".png", "val/a/3.png", "other/4.png")) {
            Path file = root.resolve("set").resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, png);
        }
        images = ImageFolder.open(root.resolve("set"));
    }

    private LabelledFile read(String text) throws IOException {
        return LabelledFile.read(Files.writeString(root.resolve("labels.csv"), text), images);
    }

    @Test
    void namesAndTables() throws IOException {
        assertThat(read("train/b/1.png\nval/a/3.png\n").labels()).isEqualTo(Map.of(2, "", 3, ""));
        assertThat(read("\uFEFFtrain\\b\\1.png,cat\r\n./val/a/3.png,dog\r\n").labels())
                .isEqualTo(Map.of(2, "cat", 3, "dog"));
        LabelledFile chosen = read("order,image,label\n1,train/b/1.png,cat\n2,val/a/3.png,\n3,gone.png,dog\n");
        assertThat(chosen.labels()).isEqualTo(Map.of(2, "cat"));
        assertThat(chosen.classes()).containsExactly("cat");
        assertThat(chosen.absent()).containsExactly("gone.png");
    }

    /** A name that would be a formula, with a comma and quotes, goes into a table and comes back. */
    @Test
    void whatATableHoldsComesBack() throws IOException {
        Path file = root.resolve("table.csv");
        new CsvTable("image", "label").row(images.name(1), "a\nb").row("", 3).write(file);
        assertThat(CsvTable.rows(Files.readString(file)))
                .containsExactly(
                        List.of("image", "label"), List.of("train/a/=1+1,\"x\".png", "a\nb"), List.of("", "3"));
        assertThat(read(Files.readString(file)).labels()).isEqualTo(Map.of(1, "a\nb"));
    }

    @Test
    void whatCannotBeIsSaid() throws IOException {
        assertThatThrownBy(() -> read("")).hasMessageContaining("no name in it");
        assertThatThrownBy(() -> read("nowhere.png\n"))
                .hasMessageContaining("none of the pictures is called as this is");
        assertThatThrownBy(() -> LabelledFile.read(root, images)).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> LabelledFile.read(root.resolve("none"), images))
                .hasMessageContaining("no such file");
        Path binary = Files.write(root.resolve("binary"), new byte[] {(byte) 0xff, 1, 2});
        assertThatThrownBy(() -> LabelledFile.read(binary, images)).hasMessageContaining("is not UTF-8");
    }

    @Test
    void partsAndClassesOfFolders() throws IOException {
        FolderParts parts = FolderParts.of(images);
        assertThat(parts.parts()).containsExactly(Part.UNSAID, Part.TRAINING, Part.TRAINING, Part.HELD_OUT);
        assertThat(parts.classes()).containsExactly("a", "b");
        assertThat(parts.labels()).containsExactly(-1, 0, 1, 0);
        FolderParts alone = FolderParts.of(ImageFolder.open(root.resolve("set/train")));
        assertThat(alone.parts()).containsExactly(Part.UNSAID, Part.UNSAID);
        assertThat(alone.labels()).containsExactly(0, 1);
    }

    /** Pictures are known by their pixels: equal ones are embedded once, known ones not again, others' not taken. */
    @Test
    void embeddingsAreKept() throws IOException {
        List<String> asked = new ArrayList<>();
        KeptEmbeddings.Embedding embedding = these -> {
            List<String> names =
                    IntStream.range(0, these.size()).mapToObj(these::name).toList();
            asked.addAll(names);
            float[][] rows =
                    names.stream().map(name -> new float[] {name.length(), 1}).toArray(float[][]::new);
            return Embeddings.of(names, rows);
        };
        Path folder = root.resolve("kept");
        KeptEmbeddings kept = new KeptEmbeddings(folder, Map.of("encoder", "1"));
        List<Integer> all = List.of(0, 1, 2, 3);
        List<String> digests = List.of("x", "y", "x", "z");
        for (int time = 0; time < 2; time++) {
            try (Embeddings made = kept.of(images, all, digests, embedding, done -> {})) {
                assertThat(made.names())
                        .containsExactlyElementsOf(
                                IntStream.range(0, 4).mapToObj(images::name).toList());
                assertThat(made.row(2)).isEqualTo(made.row(0));
            }
        }
        assertThat(asked).containsExactly(images.name(0), images.name(1), images.name(3));
        Files.write(folder.resolve("000007.safetensors"), "damaged".getBytes(StandardCharsets.UTF_8));
        kept.of(images, List.of(3), List.of("new"), embedding, done -> {}).close();
        assertThat(asked).hasSize(4);
        new KeptEmbeddings(folder, Map.of("encoder", "2"))
                .of(images, all, digests, embedding, done -> {})
                .close();
        assertThat(asked).hasSize(7);
    }
}
