/**
 * Embeddings of pictures for Spring AI, by an encoder in the same process: {@link
 * io.juxta.springai.PictureDocumentEmbeddingModel}, and what makes a bean of it in an application of Spring Boot's.
 */
@NullMarked
package io.juxta.springai;

import org.jspecify.annotations.NullMarked;
