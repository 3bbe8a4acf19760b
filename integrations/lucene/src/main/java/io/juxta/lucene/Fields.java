package io.juxta.lucene;

import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.VectorSimilarityFunction;

/** What lies in the index of each picture. */
final class Fields {
    static final String NAME = "name";
    static final String LABEL = "label";
    static final String VECTOR = "vector";
    /** Each folder that the picture lies in or below: {@code birds} and {@code birds/owls} of {@code birds/owls/7.jpg}. */
    static final String FOLDER = "folder";

    static final String MARK = "mark";

    /** Lucene's own limit of a term, in bytes of UTF-8. */
    static final int LONGEST = 32_766;

    private Fields() {}

    /** @param unit of length 1 */
    static Document of(String name, String label, float[] unit, String mark) {
        Document document = new Document();
        document.add(new StringField(NAME, name, Field.Store.YES));
        document.add(new KnnFloatVectorField(VECTOR, unit, VectorSimilarityFunction.DOT_PRODUCT));
        if (!label.isEmpty()) {
            document.add(new StringField(LABEL, label, Field.Store.NO));
            document.add(new StoredField(LABEL, label));
        }
        if (!mark.isEmpty()) {
            document.add(new StoredField(MARK, mark));
        }
        for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
            document.add(new StringField(FOLDER, name.substring(0, slash), Field.Store.NO));
        }
        return document;
    }
}
