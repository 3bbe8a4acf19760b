package io.juxta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
    @TempDir
    Path root;

    @Test
    void firstLevelFoldersAreTheClasses() throws IOException {
        Drawn.write(root.resolve("dogs/b.PNG"), 8, 9, 1);
        Drawn.write(root.resolve("dogs/deep/er/a.jpg"), 8, 9, 2);
        Drawn.write(root.resolve("cats/z.jpg"), 8, 9, 3);
        Drawn.write(root.resolve("alone.bmp"), 8, 9, 4);
        Drawn.write(root.resolve("cats/.hidden.jpg"), 8, 9, 5);
        Files.writeString(root.resolve("dogs/readme.txt"), "not an image");
        Files.createDirectories(root.resolve("empty"));
        ImageFolder folder = ImageFolder.open(root);
        assertThat(folder.classes()).containsExactly("cats", "dogs");
        assertThat(folder.size()).isEqualTo(4);
        assertThat(new String[] {folder.name(0), folder.name(1), folder.name(2), folder.name(3)})
                .containsExactly("alone.bmp", "cats/z.jpg", "dogs/b.PNG", "dogs/deep/er/a.jpg");
        assertThat(new int[] {folder.label(0), folder.label(1), folder.label(2), folder.label(3)})
                .containsExactly(-1, 0, 1, 1);
        assertThat(folder.image(2).height()).isEqualTo(9);
    }

    @Test
    void aFlatFolderHasNoClasses() throws IOException {
        Drawn.write(root.resolve("a.png"), 8, 9, 1);
        ImageFolder folder = ImageFolder.open(root);
        assertThat(folder.classes()).isEmpty();
        assertThat(folder.label(0)).isEqualTo(-1);
    }

    @Test
    void whatCannotBeOpenedIsOneLine() throws IOException {
        Path missing = root.resolve("missing");
        assertThatThrownBy(() -> ImageFolder.open(missing))
                .isInstanceOf(IOException.class)
                .hasMessage(missing + ": no such folder");
        Path file = Files.writeString(root.resolve("file.txt"), "x");
        assertThatThrownBy(() -> ImageFolder.open(file)).hasMessageStartingWith(file + ": not a folder");
        assertThatThrownBy(() -> ImageFolder.open(root)).hasMessageStartingWith(root + ": no image in it");
    }

    /** As it is found: nothing is passed over in silence. */
    @Test
    void aLinkToNothingIsAnUnreadableImage() throws IOException {
        Drawn.write(root.resolve("a.png"), 8, 9, 1);
        link(root.resolve("b.png"), root.resolve("gone.png"));
        ImageFolder folder = ImageFolder.open(root);
        assertThat(folder.size()).isEqualTo(2);
        assertThatThrownBy(() -> folder.image(1))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessage(root.resolve("b.png") + ": a link to nothing");
        // what is no file is found before it is opened: a pipe would never end
        Files.delete(root.resolve("b.png"));
        Files.createDirectory(root.resolve("b.png"));
        assertThatThrownBy(() -> folder.image(1)).hasMessage(root.resolve("b.png") + ": no regular file");
    }

    @Test
    void aLinkToAFolderThatItLiesInIsNamedAndPassedOver() throws IOException {
        Drawn.write(root.resolve("sub/a.png"), 8, 9, 1);
        Path again = root.resolve("sub/again");
        link(again, root.resolve("sub"));
        ImageFolder folder = ImageFolder.open(root);
        assertThat(folder.size()).isEqualTo(1);
        assertThat(folder.left())
                .extracting(Omission::text)
                .containsExactly("1 link, sub/again, to a folder that it lies in");
    }

    private static void link(Path from, Path to) {
        try {
            Files.createSymbolicLink(from, to);
        } catch (IOException | UnsupportedOperationException e) {
            Assumptions.abort("no links can be made here: " + e);
        }
    }

    @Test
    void splits() throws IOException {
        Drawn.write(root.resolve("train/x/a.png"), 8, 9, 1);
        Drawn.write(root.resolve("train/y/a.png"), 8, 9, 1);
        Drawn.write(root.resolve("val/x/b.png"), 8, 9, 1);
        assertThat(Datasets.open(root, Split.TRAIN).name(0)).isEqualTo("x/a.png");
        assertThat(Datasets.open(root, Split.TEST).name(0)).isEqualTo("x/b.png");
        Path bare = root.resolve("train");
        assertThat(Datasets.open(bare, Split.TRAIN).classes()).containsExactly("x", "y");
        assertThatThrownBy(() -> Datasets.open(bare, Split.TEST)).hasMessageContaining("no folder test or val");
        assertThatThrownBy(() -> Datasets.open(root.resolve("none"), Split.TEST))
                .hasMessageContaining("no such");
    }

    /** ImageNet's test folder has no labels, its val has. */
    @Test
    void heldOutImagesWithClassesComeFirst() throws IOException {
        Drawn.write(root.resolve("Training/x/a.png"), 8, 9, 1);
        assertThat(Datasets.open(root, Split.TRAIN).name(0)).isEqualTo("Training/x/a.png");
        Drawn.write(root.resolve("test/c.png"), 8, 9, 1);
        assertThat(Datasets.open(root, Split.TRAIN).name(0)).isEqualTo("x/a.png");
        assertThat(Datasets.open(root, Split.TEST).name(0)).isEqualTo("c.png");
        Drawn.write(root.resolve("Validation/x/d.png"), 8, 9, 1);
        Drawn.write(root.resolve("Validation/y/e.png"), 8, 9, 1);
        assertThat(Datasets.open(root, Split.TEST).name(0)).isEqualTo("x/d.png");
    }

    @Test
    void cifarInItsOwnFiles() throws IOException {
        Path folder = Files.createDirectories(root.resolve("cifar-10-batches-bin"));
        Files.writeString(folder.resolve("batches.meta.txt"), "cat\ndog\n\n");
        Files.write(folder.resolve("data_batch_1.bin"), records(2));
        Files.write(folder.resolve("data_batch_2.bin"), records(1));
        Files.write(folder.resolve("test_batch.bin"), records(1));
        Dataset train = Datasets.open(root, Split.TRAIN);
        assertThat(train.size()).isEqualTo(3);
        assertThat(Datasets.open(folder, Split.TEST).size()).isEqualTo(1);
        assertThat(train.classes()).containsExactly("cat", "dog");
        assertThat(new int[] {train.label(0), train.label(1), train.label(2)}).containsExactly(0, 1, 0);
        assertThat(train.name(2)).isEqualTo("data_batch_2.bin#0");
        byte[] rgb = train.image(1).rgb();
        assertThat(new byte[] {rgb[3 * 33], rgb[3 * 33 + 1], rgb[3 * 33 + 2]})
                .containsExactly((byte) 34, (byte) 35, (byte) 36);
    }

    @Test
    void cifarFilesAreChecked() throws IOException {
        Path folder = Files.createDirectories(root.resolve("cifar"));
        assertThatThrownBy(() -> CifarBinary.open(folder, true)).hasMessageContaining("batches.meta.txt: no such file");
        Files.writeString(folder.resolve("batches.meta.txt"), "cat\n");
        assertThatThrownBy(() -> CifarBinary.open(folder, true)).hasMessageContaining("no data_batch_1.bin");
        Files.write(folder.resolve("data_batch_1.bin"), new byte[3074]);
        assertThatThrownBy(() -> CifarBinary.open(folder, true)).hasMessageContaining("3074 bytes are not a whole");
        Files.write(folder.resolve("data_batch_1.bin"), records(2));
        assertThatThrownBy(() -> CifarBinary.open(folder, true)).hasMessageContaining("image 1 has class 1 of 1");
    }

    /** Record i has the label i; its red at pixel p is p + i, green one more, blue two. */
    private static byte[] records(int count) {
        byte[] bytes = new byte[count * 3073];
        for (int i = 0; i < count; i++) {
            bytes[i * 3073] = (byte) i;
            for (int p = 0; p < 3072; p++) {
                bytes[i * 3073 + 1 + p] = (byte) (p % 1024 + p / 1024 + i);
            }
        }
        return bytes;
    }
}
