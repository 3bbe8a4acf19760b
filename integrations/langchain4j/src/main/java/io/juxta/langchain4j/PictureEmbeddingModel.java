package io.juxta.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ContentType;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import io.juxta.Encoder;
import io.juxta.EncoderOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.apiguardian.api.API;

/**
 * Pictures in, vectors out, for LangChain4j: an {@link Encoder} as an {@link EmbeddingModel}. What it gives goes into any of
 * LangChain4j's stores, and finds pictures by a picture.
 *
 * <pre>{@code
 * try (PictureEmbeddingModel model = PictureEmbeddingModel.load(Path.of("runs/photos"))) {
 *     Embedding embedding = model.embed(ImageContent.from(photo, "image/jpeg"));
 *     store.add(embedding, TextSegment.from(photo.toString()));
 * }
 * }</pre>
 *
 * <p>It knows pictures only: a request with text fails with an {@link UnsupportedFeatureException}. Each input is one picture, as
 * base64 data; the media type beside it is not looked at, since the bytes tell. Addresses are not fetched. One input that is no
 * picture fails the whole request, and is named.
 *
 * <p>Embeddings have length 1 unless the encoder's options say otherwise, so that a store's cosine and its inner product agree. Safe
 * for use by many threads at once, whose pictures are computed together in batches.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class PictureEmbeddingModel implements EmbeddingModel, AutoCloseable {
    private final Encoder encoder;
    private final String modelName;

    /**
     * An encoder as LangChain4j's model; {@link #close} closes it.
     *
     * @param modelName what requests and responses call it
     */
    public PictureEmbeddingModel(Encoder encoder, String modelName) {
        this.encoder = encoder;
        this.modelName = modelName;
    }

    /** {@link #load(Path, EncoderOptions)} with {@link EncoderOptions#defaults}. */
    public static PictureEmbeddingModel load(Path weights) throws IOException {
        return load(weights, EncoderOptions.defaults());
    }

    /**
     * Reads an encoder. The model's name is that of the file without its ending, or of the folder where that says no more than
     * {@code encoder}.
     *
     * @param weights whatever {@link Encoder#load(Path, EncoderOptions)} reads
     * @throws IOException when they cannot be read or are no encoder's, in one line that names the file
     */
    public static PictureEmbeddingModel load(Path weights, EncoderOptions options) throws IOException {
        return new PictureEmbeddingModel(
                Encoder.load(weights, options), name(weights.toAbsolutePath().normalize()));
    }

    private static String name(Path weights) {
        Path last = weights.getFileName();
        if (last == null) {
            return "encoder";
        }
        String name = last.toString().replaceFirst("(?<=.)\\.[A-Za-z]+$", "");
        Path folder = weights.getParent();
        return name.equals("encoder") && folder != null && folder.getFileName() != null
                ? folder.getFileName().toString()
                : name;
    }

    /**
     * The embedding of one picture.
     *
     * @throws InvalidRequestException when it is no whole image
     */
    public Embedding embed(ImageContent picture) {
        return embed(EmbeddingRequest.builder()
                        .input(EmbeddingInput.from(picture))
                        .build())
                .embeddings()
                .get(0);
    }

    @Override
    public EmbeddingResponse doEmbed(EmbeddingRequest request) {
        if (request.modelName() != null && !request.modelName().equals(modelName)) {
            throw new InvalidRequestException(
                    "model " + request.modelName() + " is not here; this is " + modelName + ": leave the name out");
        }
        List<byte[]> pictures = new ArrayList<>(request.inputs().size());
        for (EmbeddingInput input : request.inputs()) {
            pictures.add(bytes(input, pictures.size()));
        }
        try {
            List<Embedding> embeddings = new ArrayList<>(pictures.size());
            for (float[] values : encoder.embed(pictures)) {
                embeddings.add(Embedding.from(values));
            }
            return EmbeddingResponse.builder()
                    .embeddings(embeddings)
                    .modelName(modelName)
                    .build();
        } catch (IOException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
    }

    private static byte[] bytes(EmbeddingInput input, int place) {
        List<Content> contents = input.contents();
        if (contents.size() != 1) {
            throw new UnsupportedFeatureException("input " + place + " has " + contents.size()
                    + " contents; give one picture in each input, and as many inputs as there are pictures");
        }
        if (!(contents.get(0) instanceof ImageContent content)) {
            throw new UnsupportedFeatureException(
                    "input " + place + " is " + contents.get(0).type() + "; this model embeds pictures only");
        }
        Image image = content.image();
        if (image.base64Data() == null) {
            throw new UnsupportedFeatureException("input " + place
                    + " is an address, and addresses are not fetched: give the picture's bytes as base64 data");
        }
        try {
            return Base64.getMimeDecoder().decode(image.base64Data());
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("input " + place + " is no base64 data: " + e.getMessage(), e);
        }
    }

    @Override
    public Set<ContentType> supportedContentTypes() {
        return Set.of(ContentType.IMAGE);
    }

    /** The model's name, and whether a picture is asked for or kept, which makes no difference to its embedding. */
    @Override
    public Set<EmbeddingParameter<?>> supportedParameters() {
        return Set.of(EmbeddingRequestParameters.MODEL_NAME, EmbeddingRequestParameters.INPUT_TYPE);
    }

    @Override
    public int dimension() {
        return encoder.dimension();
    }

    @Override
    public String modelName() {
        return modelName;
    }

    /** Closes the encoder. */
    @Override
    public void close() {
        encoder.close();
    }
}
