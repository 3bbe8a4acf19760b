/**
 * Embeddings as data bases take many of them at once: OpenSearch, Elasticsearch, PostgreSQL with pgvector, and Qdrant, each with the
 * definition of where they go. No libtorch here.
 */
@NullMarked
package io.juxta.search.bulk;

import org.jspecify.annotations.NullMarked;
