package io.juxta.springai;

import io.juxta.Encoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;
import org.springframework.ai.chat.metadata.EmptyUsage;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.DocumentEmbeddingModel;
import org.springframework.ai.embedding.DocumentEmbeddingRequest;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.springframework.ai.embedding.EmbeddingResultMetadata;
import org.springframework.util.MimeTypeUtils;

/**
 * Documents that are pictures in, vectors out, for Spring AI: an {@link Encoder} as a {@link DocumentEmbeddingModel}.
 *
 * <p>Each document holds one picture as bytes, which is what {@code new Media(type, resource)} makes of a resource; the media type
 * is not looked at, since the bytes tell. Text is refused, and addresses are not fetched. One document that is no picture fails the
 * whole request, and is named.
 *
 * <p>The encoder stays its owner's to close. Safe for use by many threads at once, whose pictures are computed together in batches.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class PictureDocumentEmbeddingModel implements DocumentEmbeddingModel {
    private final Encoder encoder;
    private final String modelName;

    /** @param modelName what responses call it */
    public PictureDocumentEmbeddingModel(Encoder encoder, String modelName) {
        this.encoder = encoder;
        this.modelName = modelName;
    }

    /**
     * The embeddings of a request's pictures, in their order.
     *
     * @throws IllegalArgumentException when a document has no picture's bytes, or the options ask for another model or length
     * @throws UncheckedIOException when the bytes of one are no whole picture, in one line
     */
    @Override
    public EmbeddingResponse call(DocumentEmbeddingRequest request) {
        requireOwn(request.getOptions());
        List<Document> documents = request.getInstructions();
        List<byte[]> pictures = new ArrayList<>(documents.size());
        for (Document document : documents) {
            pictures.add(bytes(document));
        }
        List<Embedding> embeddings = new ArrayList<>(documents.size());
        try {
            for (float[] values : encoder.embed(pictures)) {
                int place = embeddings.size();
                embeddings.add(new Embedding(values, place, about(documents.get(place), pictures.get(place))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        return new EmbeddingResponse(embeddings, new EmbeddingResponseMetadata(modelName, new EmptyUsage()));
    }

    private static EmbeddingResultMetadata about(Document document, byte[] picture) {
        Media media = document.getMedia();
        return new EmbeddingResultMetadata(
                document.getId(),
                EmbeddingResultMetadata.ModalityType.IMAGE,
                media == null ? MimeTypeUtils.APPLICATION_OCTET_STREAM : media.getMimeType(),
                picture);
    }

    private static byte[] bytes(Document document) {
        Media media = document.getMedia();
        if (media == null) {
            throw new IllegalArgumentException(
                    "document " + document.getId() + " has text and no picture; this model embeds pictures only");
        }
        if (media.getData() instanceof byte[] bytes) {
            return bytes;
        }
        throw new IllegalArgumentException(
                "document " + document.getId()
                        + " has an address, and addresses are not fetched: make its Media of a Resource, which reads the bytes");
    }

    private void requireOwn(EmbeddingOptions options) {
        if (options == null) {
            return;
        }
        if (options.getModel() != null && !options.getModel().equals(modelName)) {
            throw new IllegalArgumentException(
                    "model " + options.getModel() + " is not here; this is " + modelName + ": leave the name out");
        }
        if (options.getDimensions() != null && options.getDimensions() != dimensions()) {
            throw new IllegalArgumentException("embeddings of " + options.getDimensions()
                    + " values are not to be had: " + modelName + " has " + dimensions());
        }
    }

    @Override
    public int dimensions() {
        return encoder.dimension();
    }

    /** What responses call it. */
    public String modelName() {
        return modelName;
    }
}
