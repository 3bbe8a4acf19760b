package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.search.Embeddings;

/** Images that have no embedding, since they could not be read; the log names each. */
final class LeftOut {
    private LeftOut() {}

    static void say(Dataset images, Embeddings embeddings) {
        int left = images.size() - embeddings.size();
        if (left > 0) {
            System.out.println(left + (left == 1 ? " image" : " images") + " could not be read and left out");
        }
    }
}
