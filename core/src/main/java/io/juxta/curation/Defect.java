package io.juxta.curation;

import org.apiguardian.api.API;

/** What may be wrong with a picture by itself or among others. */
@API(status = API.Status.EXPERIMENTAL)
public enum Defect {
    UNREADABLE("unreadable", ""),
    TRUNCATED("truncated", ""),
    EMPTY("zero-byte", ""),
    CHANGED("changed meanwhile", ""),
    ENDING("wrong ending", ""),
    ROTATED("turned by EXIF", ""),
    DARK("dark", "light"),
    BRIGHT("bright", "shade"),
    BLURRED("blurred", "sharpness"),
    PLAIN("little information", "information"),
    SMALL("small among the others", "side"),
    LARGE("large among the others", "side"),
    LONG("long among the others", "ratio"),
    GREY("grey among colour", "colour");

    private final String called;
    private final String measure;

    Defect(String called, String measure) {
        this.called = called;
        this.measure = measure;
    }

    /** In a word or a few, for people. */
    public String called() {
        return called;
    }

    /** The name of what it is judged by; empty where that is no number. */
    public String measure() {
        return measure;
    }
}
