/**
 * Embeddings in an index on disk, by Lucene: {@link io.juxta.lucene.DiskIndex}, for collections that outgrow {@link
 * io.juxta.search.ImageIndex}, which is in memory and exact. Lucene keeps the graph (HNSW: Malkov and Yashunin 2018) over vectors of
 * seven bits a value, and the vectors as they are beside it.
 */
@NullMarked
package io.juxta.lucene;

import org.jspecify.annotations.NullMarked;
