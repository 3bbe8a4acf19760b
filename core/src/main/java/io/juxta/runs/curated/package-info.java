/**
 * What curating a folder keeps and writes: which part and class a picture is of, embeddings that are kept while they are
 * made, labels that somebody has given, tables and a page.
 */
@NullMarked
package io.juxta.runs.curated;

import org.jspecify.annotations.NullMarked;
