package io.juxta.spark;

import io.juxta.Encoder;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** The rows of a part of a table with their embeddings, in their order; memory is that of a batch of pictures' files. */
final class EmbeddedRows implements Iterator<Row> {
    private static final byte[] NOTHING = {};

    private final Iterator<Row> pictures;
    private final Encoder encoder;
    private final int bytes;
    private final int length;
    private final int mostBytes;
    private final Deque<Row> ready = new ArrayDeque<>();

    /**
     * @param bytes the place of the column of pictures' files
     * @param length the place of the column that says how long a file is that was not read; below 0 where there is none
     * @param mostBytes that a picture's file may have; in batches, all of a batch
     */
    EmbeddedRows(Iterator<Row> pictures, Encoder encoder, int bytes, int length, int mostBytes) {
        this.pictures = pictures;
        this.encoder = encoder;
        this.bytes = bytes;
        this.length = length;
        this.mostBytes = mostBytes;
    }

    @Override
    public boolean hasNext() {
        return !ready.isEmpty() || pictures.hasNext();
    }

    @Override
    public Row next() {
        if (ready.isEmpty()) {
            if (!pictures.hasNext()) {
                throw new NoSuchElementException();
            }
            embed();
        }
        return ready.remove();
    }

    private void embed() {
        List<Row> rows = new ArrayList<>();
        List<byte[]> files = new ArrayList<>();
        long taken = 0;
        while (pictures.hasNext() && rows.size() < encoder.options().batchSize() && taken < mostBytes) {
            Row row = pictures.next();
            rows.add(row);
            byte[] file = row.isNullAt(bytes) ? NOTHING : row.getAs(bytes);
            files.add(file);
            taken += file.length;
        }
        if (rows.size() > 1 && files.stream().allMatch(file -> file.length > 0 && file.length <= mostBytes)) {
            try {
                float[][] embeddings = encoder.embed(files);
                for (int i = 0; i < embeddings.length; i++) {
                    add(rows.get(i), embeddings[i]);
                }
                return;
            } catch (IOException e) {
                ready.clear(); // which of them it is comes out below
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            embed(rows.get(i), files.get(i));
        }
    }

    private void embed(Row row, byte[] file) {
        long size = row.isNullAt(bytes) && length >= 0 && !row.isNullAt(length) ? row.getLong(length) : file.length;
        if (size > mostBytes) {
            add(row, null, tooLarge(size));
            return;
        }
        if (row.isNullAt(bytes)) {
            add(row, null, "no bytes: the column is null");
            return;
        }
        try {
            add(row, encoder.embed(file));
        } catch (IOException e) {
            add(row, null, reason(e));
        }
    }

    private String tooLarge(long size) {
        return String.format(
                Locale.ROOT,
                "file of %,d bytes is above the limit of %,d: shrink it, or raise the limit",
                size,
                mostBytes);
    }

    /** Without the name that the decoder gave what has none. */
    private static String reason(IOException e) {
        String said = String.valueOf(e.getMessage());
        return e instanceof UnreadableImageException && said.startsWith("image: ") ? said.substring(7) : said;
    }

    /** A picture of one colour may leave a network nothing but zeros, with which nothing can be compared. */
    private void add(Row row, float[] embedding) {
        boolean any = false;
        for (float value : embedding) {
            if (!Float.isFinite(value)) {
                add(row, null, "its embedding has values that are no numbers");
                return;
            }
            any |= value != 0;
        }
        add(row, any ? embedding : null, any ? null : "its embedding is zeros alone");
    }

    private void add(Row row, float @Nullable [] embedding, @Nullable String reason) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            if (i != bytes) {
                values.add(row.get(i));
            }
        }
        values.add(embedding);
        values.add(reason);
        ready.add(RowFactory.create(values.toArray()));
    }
}
