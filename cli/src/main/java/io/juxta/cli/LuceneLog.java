package io.juxta.cli;

import java.util.logging.Level;
import java.util.logging.Logger;

/** What Lucene says of the JVM that it runs on is no news to who searches pictures. */
final class LuceneLog {
    /** Held, as the JDK forgets a logger that nobody holds, and its level with it. */
    private static final Logger LUCENE = Logger.getLogger("org.apache.lucene");

    private LuceneLog() {}

    static void quiet() {
        LUCENE.setLevel(Level.SEVERE);
    }
}
