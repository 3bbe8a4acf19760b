package io.juxta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelabelledTest {
    @TempDir
    Path root;

    private Dataset set(String name, String... classes) throws IOException {
        for (int i = 0; i < classes.length; i++) {
            Drawn.write(root.resolve(name).resolve(classes[i]).resolve("a.png"), 8, 9, i);
        }
        return ImageFolder.open(root.resolve(name));
    }

    private static String classOf(Dataset images, String path) {
        for (int i = 0; i < images.size(); i++) {
            if (images.name(i).startsWith(path)) {
                return images.classes().get(images.label(i));
            }
        }
        throw new AssertionError(path);
    }

    /** Decomposed, an ä comes before b; composed, behind z: the numbers of the classes differ. */
    @Test
    void aClassIsTheSameHoweverItIsSpelt() throws IOException {
        Dataset train = set("train", "\u00e4pfel", "birnen", "Zitronen");
        Dataset val = set("val", "a\u0308pfel", "birnen", "zitronen");
        Dataset same = Relabelled.like(train, val);
        assertThat(same.classes()).isEqualTo(train.classes());
        assertThat(classOf(same, "a\u0308pfel")).isEqualTo("\u00e4pfel");
        assertThat(classOf(same, "birnen")).isEqualTo("birnen");
        assertThat(classOf(same, "zitronen")).isEqualTo("Zitronen");
        assertThat(same.origin()).isSameAs(val);
    }

    @Test
    void equalNamesNeedNothing() throws IOException {
        Dataset val = set("val", "a", "b");
        assertThat(Relabelled.like(set("train", "a", "b"), val)).isSameAs(val);
    }

    @Test
    void aMissingClassIsNamedWithTheNearest() throws IOException {
        Dataset train = set("train", "cats", "dogs");
        assertThatThrownBy(() -> Relabelled.like(train, set("val", "cats", "dog")))
                .isInstanceOf(IOException.class)
                .hasMessage("class dogs has training images and no held-out ones: give it some of both, or take it out;"
                        + " the nearest held-out class is dog");
        assertThatThrownBy(() -> Relabelled.like(train, set("other", "cats", "dogs", "mouse")))
                .hasMessageStartingWith("class mouse has held-out images and no training images: give it some of both");
        assertThatThrownBy(() -> Relabelled.like(set("more", "cats", "dogs", "x"), set("less", "cats", "dogs")))
                .hasMessageStartingWith("class x has training images and no held-out ones: give it some of both");
    }
}
