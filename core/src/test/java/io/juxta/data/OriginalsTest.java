package io.juxta.data;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OriginalsTest {
    @TempDir
    Path root;

    private Path in;
    private Originals originals;

    @BeforeEach
    void folders() throws IOException {
        in = Files.createDirectories(root.resolve("in"));
        Files.createDirectories(in.resolve("in"));
        Files.writeString(in.resolve("a.png"), "a");
        Files.createDirectories(root.resolve("out"));
        originals = Originals.of(in);
    }

    private Path link(String from, Path to) {
        try {
            return Files.createSymbolicLink(root.resolve(from), to);
        } catch (IOException | UnsupportedOperationException e) {
            return Assumptions.abort("no links can be made here: " + e);
        }
    }

    @Test
    void anOutputNeverLiesInAnInputHoweverItIsSpelt() {
        Path link = link("link", in);
        Path up = link("up", in.resolve("in"));
        for (Path folder : List.of(
                in,
                in.resolve("."),
                in.resolve("new"),
                in.resolve("in/new/er"),
                root.resolve("out/../in/new"),
                root.resolve("gone/../in/new"),
                link,
                link.resolve("new"),
                up.resolve("../new"))) {
            assertThatThrownBy(() -> originals.requireOutside(folder))
                    .as("%s", folder)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the output " + folder + " lies in the input " + in
                            + ": results would be taken for images; choose a folder outside");
        }
        Originals byLink = Originals.of(link);
        assertThatThrownBy(() -> byLink.requireOutside(in.resolve("new"))).hasMessageContaining("lies in the input");
    }

    @Test
    void whatOnlyLooksLikeItIsLetThrough() {
        for (Path folder : List.of(root, root.resolve("out"), root.resolve("in2"), in.resolve("../out/new"))) {
            assertThatCode(() -> originals.requireOutside(folder)).doesNotThrowAnyException();
        }
        assertThatCode(() -> Originals.of(root.resolve("gone")).requireOutside(in))
                .doesNotThrowAnyException();
    }

    /** An output above the input is fine, unless a name leads back into it. */
    @Test
    void noFileOfResultsLeadsIntoAnInput() throws IOException {
        assertThatCode(() -> originals.requireFileOutside(root.resolve("a.png")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> originals.requireFileOutside(root.resolve("in/a.png")))
                .hasMessageContaining("in/a.png lies in the input " + in);
        link("out/deep", in);
        assertThatThrownBy(() -> originals.requireFileOutside(root.resolve("out/deep/b.png")))
                .hasMessageContaining("lies in the input");
    }

    @Test
    void noFileOfAnInputIsReplaced() throws IOException {
        assertThatCode(() -> originals.requireNoneAt(in.resolve("new.csv"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> originals.requireNoneAt(in.resolve("a.png")))
                .hasMessage(in.resolve("a.png") + " is there already, among what " + in
                        + " holds, and would be lost: choose another name, or a place outside");
        Files.writeString(root.resolve("out/old.csv"), "x");
        assertThatCode(() -> originals.requireNoneAt(root.resolve("out/old.csv")))
                .doesNotThrowAnyException();
        Path single = in.resolve("a.png");
        assertThatThrownBy(() -> Originals.of(single).requireNoneAt(single)).hasMessageContaining("would be lost");
        // a run keeps its results in its own folder, wherever that lies
        Path run = Files.createDirectories(in.resolve("runs/x/checkpoints")).getParent();
        Files.writeString(run.resolve("recipe.yaml"), "method: swav\n");
        Files.writeString(run.resolve("clusters.csv"), "x");
        assertThatCode(() -> originals.requireNoneAt(run.resolve("clusters.csv")))
                .doesNotThrowAnyException();
    }
}
