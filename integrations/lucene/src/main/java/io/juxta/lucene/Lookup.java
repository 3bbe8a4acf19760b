package io.juxta.lucene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.VectorUtil;

/** One search of one state of the index. */
final class Lookup {
    private final IndexSearcher searcher;

    Lookup(IndexSearcher searcher) {
        this.searcher = searcher;
    }

    /** A document and its cosine; of equal ones the earlier is nearer, so that every search gives the same. */
    private record Near(int document, float cosine) {
        static final Comparator<Near> FARTHEST_FIRST =
                Comparator.comparingDouble(Near::cosine).thenComparing(Near::document, Comparator.reverseOrder());
    }

    /** The nearest by comparing with each. */
    List<Found> exact(float[] unit, int k, Among among) throws IOException {
        Weight weight = searcher.createWeight(searcher.rewrite(among.query()), ScoreMode.COMPLETE_NO_SCORES, 1);
        PriorityQueue<Near> nearest = new PriorityQueue<>(Near.FARTHEST_FIRST);
        for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
            FloatVectorValues vectors = leaf.reader().getFloatVectorValues(Fields.VECTOR);
            Scorer scorer = weight.scorer(leaf);
            if (vectors == null || scorer == null) {
                continue;
            }
            Bits live = leaf.reader().getLiveDocs();
            DocIdSetIterator wanted = scorer.iterator();
            for (int doc = wanted.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = wanted.nextDoc()) {
                if ((live == null || live.get(doc)) && vectors.advance(doc) == doc) {
                    keep(nearest, new Near(leaf.docBase + doc, cosine(unit, vectors.vectorValue())), k);
                }
            }
        }
        return found(nearest);
    }

    /** Those that the graph comes to, in the order of their exact cosines. */
    List<Found> byGraph(float[] unit, int k, int looked, Among among) throws IOException {
        KnnFloatVectorQuery query =
                new KnnFloatVectorQuery(Fields.VECTOR, unit, looked, among.isAll() ? null : among.query());
        List<ScoreDoc> candidates = new ArrayList<>(List.of(searcher.search(query, looked).scoreDocs));
        candidates.sort(Comparator.comparingInt(each -> each.doc));
        PriorityQueue<Near> nearest = new PriorityQueue<>(Near.FARTHEST_FIRST);
        int at = 0;
        for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
            int end = leaf.docBase + leaf.reader().maxDoc();
            FloatVectorValues vectors = leaf.reader().getFloatVectorValues(Fields.VECTOR);
            for (; at < candidates.size() && candidates.get(at).doc < end; at++) {
                int doc = candidates.get(at).doc;
                if (vectors.advance(doc - leaf.docBase) == doc - leaf.docBase) {
                    keep(nearest, new Near(doc, cosine(unit, vectors.vectorValue())), k);
                }
            }
        }
        return found(nearest);
    }

    /** The names of all pictures, each once. */
    void names(Consumer<String> each) throws IOException {
        for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
            Terms terms = leaf.reader().terms(Fields.NAME);
            if (terms == null) {
                continue;
            }
            Bits live = leaf.reader().getLiveDocs();
            TermsEnum names = terms.iterator();
            PostingsEnum postings = null;
            for (BytesRef name = names.next(); name != null; name = names.next()) {
                postings = names.postings(postings, PostingsEnum.NONE);
                int doc = postings.nextDoc();
                while (doc != DocIdSetIterator.NO_MORE_DOCS && live != null && !live.get(doc)) {
                    doc = postings.nextDoc();
                }
                if (doc != DocIdSetIterator.NO_MORE_DOCS) {
                    each.accept(name.utf8ToString());
                }
            }
        }
    }

    /** A picture's vector. */
    Optional<float[]> vector(String name) throws IOException {
        ScoreDoc[] found = searcher.search(new TermQuery(new Term(Fields.NAME, name)), 1).scoreDocs;
        if (found.length == 0) {
            return Optional.empty();
        }
        int doc = found[0].doc;
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
        FloatVectorValues vectors = leaf.reader().getFloatVectorValues(Fields.VECTOR);
        return vectors != null && vectors.advance(doc - leaf.docBase) == doc - leaf.docBase
                ? Optional.of(vectors.vectorValue().clone())
                : Optional.empty();
    }

    private static float cosine(float[] unit, float[] other) {
        return Math.max(-1, Math.min(1, VectorUtil.dotProduct(unit, other)));
    }

    private static void keep(PriorityQueue<Near> nearest, Near near, int k) {
        nearest.add(near);
        if (nearest.size() > k) {
            nearest.poll();
        }
    }

    private List<Found> found(PriorityQueue<Near> nearest) throws IOException {
        List<Near> ordered = new ArrayList<>(nearest);
        ordered.sort(Near.FARTHEST_FIRST.reversed());
        StoredFields stored = searcher.storedFields();
        List<Found> found = new ArrayList<>(ordered.size());
        for (Near each : ordered) {
            Document document = stored.document(each.document());
            String label = document.get(Fields.LABEL);
            found.add(new Found(document.get(Fields.NAME), label == null ? "" : label, each.cosine()));
        }
        return found;
    }
}
