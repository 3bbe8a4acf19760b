package io.juxta.lucene;

import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apiguardian.api.API;

/** Which pictures a search is among. */
@API(status = API.Status.EXPERIMENTAL)
public final class Among {
    private final Query query;

    private Among(Query query) {
        this.query = query;
    }

    /** All there are. */
    public static Among all() {
        return new Among(new MatchAllDocsQuery());
    }

    /**
     * Those in a folder or below it.
     *
     * @param folder as names have it: {@code birds/owls}, without a slash at its end
     */
    public static Among folder(String folder) {
        return new Among(new TermQuery(new Term(Fields.FOLDER, folder)));
    }

    /** Those that were put with this label. */
    public static Among label(String label) {
        return new Among(new TermQuery(new Term(Fields.LABEL, label)));
    }

    /** Those among these and among others at once. */
    public Among and(Among other) {
        if (isAll() || other.isAll()) {
            return isAll() ? other : this;
        }
        return new Among(new BooleanQuery.Builder()
                .add(query, BooleanClause.Occur.FILTER)
                .add(other.query, BooleanClause.Occur.FILTER)
                .build());
    }

    Query query() {
        return query;
    }

    boolean isAll() {
        return query instanceof MatchAllDocsQuery;
    }
}
