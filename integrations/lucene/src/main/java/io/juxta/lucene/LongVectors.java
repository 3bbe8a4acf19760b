package io.juxta.lucene;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene99.Lucene99HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/**
 * Lucene's graph over quantised vectors, for more than the 1,024 values that it lets others have: a ResNet-50's features are 2,048. What
 * is written is Lucene's own format and goes by its name.
 */
final class LongVectors extends KnnVectorsFormat {
    static final int MOST = 8192;
    private static final int BITS = 7;

    private final KnnVectorsFormat format;

    LongVectors(DiskIndexOptions options) {
        super(Lucene99HnswScalarQuantizedVectorsFormat.NAME);
        format = new Lucene99HnswScalarQuantizedVectorsFormat(
                options.connections(), options.candidates(), 1, BITS, false, null, null);
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
        return format.fieldsWriter(state);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
        return format.fieldsReader(state);
    }

    @Override
    public int getMaxDimensions(String field) {
        return MOST;
    }
}
