package io.juxta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.data.Omission.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What of a folder is an image, what is not and why, and what images are called. */
class ImageFolderTest {
    @TempDir
    Path root;

    private static List<String> names(Dataset images) {
        return IntStream.range(0, images.size()).mapToObj(images::name).toList();
    }

    private static List<String> texts(ImageFolder folder) {
        return folder.left().stream().map(Omission::text).toList();
    }

    /** A Synology NAS puts a thumbnail of every picture beside it; what is thrown away lies in a folder too. */
    @Test
    void whatSystemsKeepIsNotTrainedOn() throws IOException {
        Drawn.write(root.resolve("a.jpg"), 8, 9, 1);
        Drawn.write(root.resolve("@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg"), 8, 9, 1);
        Drawn.write(root.resolve("deep/@eaDir/b.jpg/SYNOPHOTO_THUMB_M.jpg"), 8, 9, 1);
        Drawn.write(root.resolve("deep/b.jpg"), 8, 9, 2);
        for (String own : List.of("#recycle", "__MACOSX", "$RECYCLE.BIN", ".Trash-1000", "lost+found")) {
            Drawn.write(root.resolve(own).resolve("x/c.jpg"), 8, 9, 3);
        }
        Drawn.write(root.resolve("._a.jpg"), 8, 9, 4);
        Files.write(root.resolve("Thumbs.db"), new byte[] {1, 2, 3});
        Files.writeString(root.resolve(".DS_Store"), "no picture, so not a word of it");
        ImageFolder folder = ImageFolder.open(root);
        assertThat(names(folder)).containsExactly("a.jpg", "deep/b.jpg");
        assertThat(texts(folder))
                .containsExactlyInAnyOrder(
                        "2 pictures in @eaDir (a Synology NAS's thumbnails)",
                        "1 picture in #recycle (a Synology NAS's rubbish bin)",
                        "1 picture in __MACOSX (what macOS adds to archives)",
                        "1 picture in $RECYCLE.BIN (Windows's rubbish bin)",
                        "1 picture in .Trash-1000 (a rubbish bin)",
                        "1 picture in lost+found (what a file system's check has found)",
                        "1 hidden picture, ._a.jpg",
                        "1 other file (1 .db)");
    }

    @Test
    void aFolderThatIsAskedForIsTakenWhateverItIsCalled() throws IOException {
        Drawn.write(root.resolve("@eaDir/a.jpg"), 8, 9, 1);
        assertThat(names(ImageFolder.open(root.resolve("@eaDir")))).containsExactly("a.jpg");
    }

    /** A run that was begun with the data folder as its place: its report's pictures are results. */
    @Test
    void aRunIsKnownByWhatIsInItAndIsNoData() throws IOException {
        Drawn.write(root.resolve("a.png"), 8, 9, 1);
        Path run = root.resolve("runs/of any name");
        Drawn.write(run.resolve("snapshots/sheet.jpg"), 8, 9, 2);
        Drawn.write(run.resolve("projector/sprite.png"), 8, 9, 2);
        Files.createDirectories(run.resolve("checkpoints"));
        Files.writeString(run.resolve("recipe.yaml"), "method: moco\nepochs: 3\n");
        // somebody's own recipe beside somebody's own pictures makes no run
        Drawn.write(root.resolve("kitchen/cake.png"), 8, 9, 3);
        Files.writeString(root.resolve("kitchen/recipe.yaml"), "flour: 500 g\n");
        ImageFolder folder = ImageFolder.open(root);
        assertThat(names(folder)).containsExactly("a.png", "kitchen/cake.png");
        assertThat(texts(folder)).contains("1 run, runs/of any name: results are no data");
    }

    @Test
    void aStrangeEndingIsLookedInto() throws IOException {
        Files.move(Drawn.write(root.resolve("x.png"), 8, 9, 1), root.resolve("photo.jpg_large"));
        Files.move(Drawn.write(root.resolve("x.jpg"), 8, 9, 2), root.resolve("without"));
        Files.write(
                root.resolve("IMG_1.HEIC"),
                new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p', 'h', 'e', 'i', 'c', 0, 0, 0, 0});
        Files.writeString(root.resolve("a.xml"), "<x/>");
        Files.writeString(root.resolve("b.xml"), "<x/>");
        Files.writeString(root.resolve("notes"), "no picture");
        Files.write(root.resolve("empty.dat"), new byte[0]);
        ImageFolder folder = ImageFolder.open(root);
        assertThat(names(folder)).containsExactly("photo.jpg_large", "without");
        assertThat(texts(folder))
                .containsExactly(
                        "1 file, a HEIC picture, IMG_1.HEIC: convert it to PNG or JPEG",
                        "4 other files (2 .xml, 1 without ending, 1 .dat)");
    }

    @Test
    void whereNothingIsAnImageItSaysWhatIsThere() throws IOException {
        Files.write(
                root.resolve("IMG_1.HEIC"),
                new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p', 'h', 'e', 'i', 'c', 0, 0, 0, 0});
        assertThatThrownBy(() -> ImageFolder.open(root))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        root + ": no image in it or below it (there: 1 file, a HEIC picture, IMG_1.HEIC: convert it to"
                                + " PNG or JPEG)");
        Path empty = Files.createDirectory(root.resolve("empty"));
        assertThatThrownBy(() -> ImageFolder.open(empty))
                .hasMessage(empty + ": no image in it or below it (it is empty)");
    }

    /** As a visitor's call: whoever runs the tests as root may open everything. */
    @Test
    void aFolderThatMayNotBeOpenedIsNamedAndPassedOver() throws IOException {
        Path closed = Files.createDirectory(root.resolve("private"));
        FolderWalk walk = new FolderWalk(root);
        walk.visitFileFailed(closed, new AccessDeniedException(closed.toString()));
        assertThat(walk.left())
                .extracting(Omission::kind, Omission::text)
                .containsExactly(org.assertj.core.api.Assertions.tuple(
                        Kind.CLOSED, "private: permission denied: give read permission, or move it away"));
        assertThatThrownBy(() -> walk.visitFileFailed(root, new AccessDeniedException(root.toString())))
                .hasMessage(root + ": cannot be read (permission denied): give read permission");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its names are text")
    void namesThatAreNoTextStayApart() throws IOException {
        byte[] picture = Files.readAllBytes(Drawn.write(root.resolve("x.jpg"), 8, 9, 1));
        Files.delete(root.resolve("x.jpg"));
        for (String name : List.of("b%E9/caf%E9.jpg", "b%E8/caf%E8.jpg", "b%C3%A9/%5CxE9.jpg")) {
            Path file = Path.of(URI.create(root.toUri() + name));
            try {
                Files.createDirectories(file.getParent());
                Files.write(file, picture);
            } catch (IOException e) {
                Assumptions.abort("names must be text here: " + e);
            }
        }
        ImageFolder folder = ImageFolder.open(root);
        assertThat(names(folder)).containsExactly("b\\xE8/caf\\xE8.jpg", "b\\xE9/caf\\xE9.jpg", "bé/\\x5CxE9.jpg");
        assertThat(folder.classes()).containsExactly("b\\xE8", "b\\xE9", "bé");
        for (int i = 0; i < 3; i++) {
            assertThat(Files.readAllBytes(folder.file(i))).isEqualTo(picture);
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its file systems know one spelling")
    void aClassThatIsSpeltInTwoWaysIsOne() throws IOException {
        Drawn.write(root.resolve("\u00e4pfel/a.png"), 8, 9, 1); // one character
        Drawn.write(root.resolve("a\u0308pfel/b.png"), 8, 9, 2); // two, as macOS writes it
        Drawn.write(root.resolve("\u00f6pfel/c.png"), 8, 9, 3);
        ImageFolder folder = ImageFolder.open(root);
        assertThat(folder.classes()).containsExactly("\u00e4pfel", "\u00f6pfel");
        assertThat(IntStream.range(0, 3).map(folder::label).sorted().toArray()).containsExactly(0, 0, 1);
    }

    @Test
    void aSingleFolderIsNoClass() throws IOException {
        Drawn.write(root.resolve("unlabelled/a.png"), 8, 9, 1);
        Drawn.write(root.resolve("unlabelled/deep/b.png"), 8, 9, 2);
        Files.createDirectories(root.resolve("empty"));
        ImageFolder folder = ImageFolder.open(root);
        assertThat(folder.classes()).isEmpty();
        assertThat(folder.folders()).containsExactly("unlabelled");
        assertThat(new int[] {folder.label(0), folder.label(1)}).containsExactly(-1, -1);
    }
}
