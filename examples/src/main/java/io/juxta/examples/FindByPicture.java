package io.juxta.examples;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import io.juxta.langchain4j.PictureEmbeddingModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Puts a folder's pictures into a store of LangChain4j's, and finds those most like another one. */
public final class FindByPicture {
    private FindByPicture() {}

    /** Arguments: weights, a folder of pictures, a picture. */
    public static void main(String[] args) throws IOException {
        try (PictureEmbeddingModel model = PictureEmbeddingModel.load(Path.of(args[0]));
                Stream<Path> folder = Files.list(Path.of(args[1]))) {
            List<Path> photos = folder.sorted().toList();
            InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
            for (Path photo : photos) {
                TextSegment name = TextSegment.from(photo.getFileName().toString());
                store.add(model.embed(ImageContent.from(photo, "image/jpeg")), name);
            }
            EmbeddingSearchRequest asked = EmbeddingSearchRequest.builder()
                    .queryEmbedding(model.embed(ImageContent.from(Path.of(args[2]), "image/jpeg")))
                    .maxResults(3)
                    .build();
            for (EmbeddingMatch<TextSegment> match : store.search(asked).matches()) {
                System.out.printf("%.3f %s%n", match.score(), match.embedded().text());
            }
        }
    }
}
