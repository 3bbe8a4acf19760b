/** Embeddings of pictures for LangChain4j, by an encoder in the same process: {@link io.juxta.langchain4j.PictureEmbeddingModel}. */
@NullMarked
package io.juxta.langchain4j;

import org.jspecify.annotations.NullMarked;
